//! Filtering the queue while typing: every key's new list and first page among 100 000 requests.

use ams::desk::demo::{DemoOptions, prepare};
use ams::desk::{Desk, Identity, QueueQuery};

use super::{measure, milliseconds, report};

const REQUESTS: u32 = 100_000;
/// Rows of the largest usual window.
const PAGE: usize = 60;
/// From DESIGN.md: per key, on the officer's screen.
const PER_KEY_MS: f64 = 16.0;
const TYPED: [&str; 4] = [
    "PC-2026-000123",
    "instansi:dinkes status:diajukan",
    "umur:>1d !contoh",
    "wulan teladan",
];

pub fn bench() {
    let folder = tempfile::tempdir().expect("a temporary folder");
    let options = DemoOptions {
        requests: Some(REQUESTS),
        ..DemoOptions::default()
    };
    let ((desk, _), spent) =
        measure(|| prepare(&folder.path().join("desk"), options).expect("a demo desk"));
    println!(
        "a demo desk of {REQUESTS} requests took {:.1} s to make",
        spent.wall.as_secs_f64()
    );
    let officer = desk.demo_login("op", None).expect("the demo's officer");

    page(&desk, &officer, "");
    let mut worst = (0.0, String::new());
    let mut all = Vec::new();
    for text in TYPED {
        for end in (1..=text.len()).filter(|end| text.is_char_boundary(*end)) {
            let (_, spent) = measure(|| page(&desk, &officer, &text[..end]));
            let took = milliseconds(spent.wall);
            all.push(took);
            if took > worst.0 {
                worst = (took, text[..end].to_owned());
            }
        }
    }
    all.sort_by(f64::total_cmp);
    report(
        "filter and first page, median of keys",
        all[all.len() / 2],
        "ms",
        PER_KEY_MS,
    );
    report(
        &format!("filter and first page, slowest key ({:?})", worst.1),
        worst.0,
        "ms",
        PER_KEY_MS,
    );
}

/// What one key costs the desk: the filtered list and the rows that are shown of it.
fn page(desk: &Desk, officer: &Identity, filter: &str) -> usize {
    let query = QueueQuery {
        filter: filter.to_owned(),
        ..QueueQuery::default()
    };
    let list = desk.queue(officer, &query);
    desk.queue_rows(&list.ids[..list.ids.len().min(PAGE)]).len()
}
