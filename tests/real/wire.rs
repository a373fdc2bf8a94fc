//! What the program writes to the terminal, in bytes: opening, moving, typing, and nothing while nothing happens. Budgets,
//! not wishes: those of the queue are the ones promised for thin links, the others were found by measuring and rounded up.
//!
//! Every byte counts, status requests and mode switches too. The terminal answers like an xterm; a step ends when nothing
//! has come for a while, so that what is drawn lazily is in it.

use std::time::Duration;

use crate::program::binary;
use crate::support::demo::Demo;
use crate::support::terminal::{Size, Terminal};

const SMALL: Size = Size::new(80, 24);
const LARGE: Size = Size::new(120, 40);
/// A clock that stands: ages are part of what is drawn.
const NOW: &str = "2026-11-23T09:30:00+07:00";
/// Longer than the lazy delay and than any frame takes to draw.
const REST: Duration = Duration::from_millis(600);

/// Each test has its own: a data folder has one process at a time.
fn demo(requests: &str) -> Demo {
    Demo::make(binary(), &["--requests", requests, "--now", NOW])
}

struct Wire {
    terminal: Terminal,
    /// Bytes of each group's steps, for the message of a failure.
    seen: Vec<String>,
    over: Vec<String>,
    size: Size,
}

impl Wire {
    /// Opens a screen and holds its start against a budget.
    fn open(demo: &Demo, size: Size, user: &str, screen: &str, shows: &str, budget: usize) -> Self {
        let mut command = demo.ams();
        command.args(["demo", "--now", NOW, "--as", user, "--screen", screen]);
        let terminal = Terminal::start(&command, size, &[]);
        terminal.wait_for(shows);
        terminal.settle(REST);
        let mut wire = Self {
            terminal,
            seen: Vec::new(),
            over: Vec::new(),
            size,
        };
        let start = wire.terminal.bytes_received();
        wire.judge(&format!("{screen} start"), &[start], budget);
        wire
    }

    /// What a keystroke, or several at once, cost until everything is drawn.
    fn cost(&self, keys: &str) -> usize {
        let before = self.terminal.bytes_received();
        self.terminal.keys(keys);
        self.terminal.settle(REST);
        self.terminal.bytes_received() - before
    }

    /// The median of a group of keystrokes against its budget.
    fn group(&mut self, name: &str, keys: &[&str], budget: usize) {
        let costs: Vec<usize> = keys.iter().map(|key| self.cost(key)).collect();
        assert!(
            costs.iter().all(|&cost| cost > 0),
            "{name}: {costs:?}\n{}",
            self.terminal.screen_text()
        );
        self.judge(name, &costs, budget);
    }

    fn judge(&mut self, name: &str, costs: &[usize], budget: usize) {
        let mut sorted = costs.to_vec();
        sorted.sort_unstable();
        let median = sorted[sorted.len() / 2];
        let Size { columns, rows } = self.size;
        let line = format!("{columns}x{rows} {name}: {median} of {budget}, {costs:?}");
        if median > budget {
            self.over.push(line.clone());
        }
        self.seen.push(line);
    }

    /// Nothing is written while nothing happens; then the verdict on everything.
    fn end(self) {
        let before = self.terminal.bytes_received();
        self.terminal.settle(Duration::from_secs(2));
        assert_eq!(self.terminal.bytes_received(), before, "bytes while idle");
        println!("{}", self.seen.join("\n"));
        assert!(self.over.is_empty(), "{}", self.over.join("\n"));
        self.terminal.keys("q");
        self.terminal.assert_restored();
    }
}

/// Of the queue, in the order of the table: start, row, row at the edge, page, detail, modal.
fn queue_within(demo: &Demo, size: Size, budgets: [usize; 6]) {
    let [start, row, edge, page, detail, modal] = budgets;
    let mut wire = Wire::open(demo, size, "op", "queue", "PC-2026-", start);
    wire.group("row", &["j"; 5], row);
    wire.cost(&"j".repeat(usize::from(size.rows)));
    wire.group("row at the edge", &["j"; 5], edge);
    wire.group("page", &["<PgDn>"; 3], page);
    wire.group("detail", &["<Enter>"], detail);
    wire.cost("<Esc>");
    wire.group("modal", &[":"], modal);
    wire.cost("<Esc>");
    wire.group("filter", &["/"], 120);
    // The echo and the number of what is found; the rows follow when they differ.
    wire.group("filter key", &["i", "n", "s", "t", "a"], 640);
    wire.cost("<Esc>");
    wire.end();
}

#[test]
fn the_queue_stays_within_its_budgets() {
    let demo = demo("1000");
    queue_within(&demo, SMALL, [1500, 160, 250, 700, 900, 500]);
    queue_within(&demo, LARGE, [2400, 220, 360, 1100, 900, 620]);
}

#[test]
fn the_guided_review_stays_within_its_budgets() {
    let demo = demo("60");
    for (size, budgets) in [
        (SMALL, [1500, 1050, 130, 175]),
        (LARGE, [2400, 1400, 130, 195]),
    ] {
        let [start, open, tick, row] = budgets;
        let mut wire = Wire::open(&demo, size, "op", "queue", "PC-2026-", start);
        wire.group("review", &["p"], open);
        wire.group("tick", &["<Space>"; 3], tick);
        wire.group("item", &["j", "k", "j"], row);
        wire.cost("<Esc>");
        wire.end();
    }
}

#[test]
fn the_form_stays_within_its_budgets() {
    let demo = demo("60");
    let mut wire = Wire::open(
        &demo,
        SMALL,
        "pemohon",
        "my-certificates",
        "Nomor seri",
        1300,
    );
    wire.group("form", &["a"], 650);
    wire.group("step", &["<Enter>"], 750);
    wire.group("tick", &["<Space>"], 40);
    wire.group("reason", &["<Down>", "<Down>", "<Down>"], 200);
    wire.group("letter step", &["<C-n>"], 800);
    wire.group("field", &["<Down>", "<Down>", "<Up>"], 40);
    wire.group("typed letter", &["8", "0", "0"], 20);
    wire.cost("<Esc>");
    wire.cost("<Esc>");
    wire.end();
}

#[test]
fn the_dashboard_stays_within_its_budgets() {
    let demo = demo("60");
    for (size, start, back) in [(SMALL, 1700, 1650), (LARGE, 2850, 2700)] {
        let mut wire = Wire::open(&demo, size, "op", "dashboard", "Perlu dikerjakan", start);
        wire.cost("2");
        wire.group("dashboard again", &["1"], back);
        wire.end();
    }
}
