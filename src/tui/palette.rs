//! The action table as a list to search: behind `:` what can be run from here, behind `?` what every key of the place
//! does. Both find by fuzzy match; a greyed action says why.

use nucleo_matcher::pattern::{CaseMatching, Normalization, Pattern};
use nucleo_matcher::{Config, Matcher};
use ratatui::buffer::Buffer;
use ratatui::layout::Rect;

use crate::term::Key;

use super::action::{self, ActionId, Facts};
use super::component::{Component, Cx, Outcome};
use super::draw;
use super::look::Look;
use super::place::Place;
use super::refusals::Names;
use super::theme::Tone;
use super::widgets::list::ListState;
use super::widgets::text_field::TextField;

/// Rows of the palette with its bar and its line to type in.
const ROWS: u16 = 7;

/// One action as it is listed.
struct Entry {
    id: ActionId,
    keys: String,
    title: String,
    help: String,
    /// Why it cannot be done now.
    greyed: Option<String>,
}

/// The actions of a place; `all` with those that only move about.
fn entries(place: Place, look: &Look, facts: &Facts, names: Names, all: bool) -> Vec<Entry> {
    action::of(place)
        .filter(|a| all || a.palette)
        .map(|a| Entry {
            id: a.id,
            keys: action::key_names(a),
            title: a.title(look.texts),
            help: a.help_in(place, look.texts),
            greyed: a
                .check(facts)
                .err()
                .map(|why| why.say(look.format(), names).0),
        })
        .collect()
}

/// The entries that match what was typed, the best first; all in their order when nothing was.
fn matching(entries: &[Entry], typed: &str) -> Vec<usize> {
    if typed.trim().is_empty() {
        return (0..entries.len()).collect();
    }
    let pattern = Pattern::parse(typed, CaseMatching::Ignore, Normalization::Smart);
    let mut matcher = Matcher::new(Config::DEFAULT);
    let mut buffer = Vec::new();
    let mut hits: Vec<(u32, usize)> = entries
        .iter()
        .enumerate()
        .filter_map(|(index, entry)| {
            let text = format!("{} {} {}", entry.title, entry.keys, entry.help);
            let haystack = nucleo_matcher::Utf32Str::new(&text, &mut buffer);
            let score = pattern.score(haystack, &mut matcher)?;
            // A match in the title outranks one in the help.
            let mut title_buffer = Vec::new();
            let title = nucleo_matcher::Utf32Str::new(&entry.title, &mut title_buffer);
            let title = pattern.score(title, &mut matcher).unwrap_or(0);
            Some((score + title * 4, index))
        })
        .collect();
    hits.sort_by_key(|(score, index)| (std::cmp::Reverse(*score), *index));
    hits.into_iter().map(|(_, index)| index).collect()
}

/// What the list is for.
#[derive(Clone, Copy, PartialEq, Eq)]
enum For {
    /// `:` runs what is chosen.
    Running,
    /// `?` tells what every key of the place does.
    Telling(Place),
}

/// The palette, or the help: a line to type in and the actions that match.
pub struct Palette {
    what: For,
    entries: Vec<Entry>,
    hits: Vec<usize>,
    list: ListState,
    typed: TextField,
}

impl Palette {
    /// What can be run from a place.
    pub fn commands(place: Place, look: &Look, facts: &Facts, names: Names) -> Self {
        Self::of(For::Running, entries(place, look, facts, names, false))
    }

    /// Every key of a place, over the whole body.
    pub fn help(place: Place, look: &Look, facts: &Facts, names: Names) -> Self {
        let entries = entries(place, look, facts, names, true);
        Self::of(For::Telling(place), entries)
    }

    fn of(what: For, entries: Vec<Entry>) -> Self {
        let mut palette = Self {
            what,
            entries,
            hits: Vec::new(),
            list: ListState::default(),
            typed: TextField::new(80),
        };
        palette.find();
        palette
    }

    fn find(&mut self) {
        self.hits = matching(&self.entries, self.typed.text());
        self.list.set_len(self.hits.len());
        self.list.act(ActionId::First, 1);
    }

    fn chosen(&self) -> Option<&Entry> {
        let hit = self.hits.get(self.list.selected)?;
        self.entries.get(*hit)
    }
}

impl Component for Palette {
    fn place(&self) -> Place {
        Place::Choice
    }

    fn typing(&self) -> bool {
        true
    }

    fn key(&mut self, key: Key, _cx: &mut Cx) -> Outcome {
        if self.typed.key(key) {
            self.find();
            Outcome::Done
        } else {
            Outcome::Ignored
        }
    }

    fn paste(&mut self, text: &str, _cx: &mut Cx) {
        self.typed.insert(text);
        self.find();
    }

    fn act(&mut self, action: ActionId, cx: &mut Cx) -> Outcome {
        match (action, self.what) {
            (ActionId::Back, _) | (ActionId::Enter, For::Telling(_)) => Outcome::Close,
            (ActionId::Enter, For::Running) => match self.chosen() {
                Some(entry) => Outcome::Run(entry.id),
                None => Outcome::Close,
            },
            (action, _) => {
                self.list.act(action, cx.edge_step);
                Outcome::Done
            }
        }
    }

    fn settle(&mut self, _cx: &mut Cx, area: Rect) {
        self.list
            .set_height(usize::from(area.height.saturating_sub(2)));
    }

    fn rows(&self, _look: &Look, _columns: u16) -> Option<u16> {
        Some(match self.what {
            For::Running => ROWS,
            For::Telling(_) => u16::MAX,
        })
    }

    fn view(&self, look: &Look, buffer: &mut Buffer, area: Rect) -> Option<(u16, u16)> {
        let (title, sign, key_room) = match self.what {
            For::Running => (look.texts.get("palette-title"), ":", 8),
            For::Telling(place) => {
                let place = look.texts.get(&place.message());
                let title = look.texts.with("help-title", &[("place", place.into())]);
                (title, "/", 12)
            }
        };
        draw::bar(look, buffer, area, area.y, &title);
        let line = Rect::new(area.x, area.y + 1, area.width, 1);
        let cursor = self.typed.view_behind(look, buffer, line, sign);
        for (nth, row) in self.list.window().enumerate() {
            let Some(entry) = self.hits.get(row).map(|hit| &self.entries[*hit]) else {
                continue;
            };
            let y = area.y + 2 + u16::try_from(nth).unwrap_or(0);
            if y >= area.bottom() {
                break;
            }
            let line = Rect::new(area.x, y, area.width, 1);
            let selected = row == self.list.selected;
            view_entry(look, buffer, line, entry, selected, key_room);
        }
        Some(cursor)
    }
}

/// Keys, title and help, or why not.
fn view_entry(
    look: &Look,
    buffer: &mut Buffer,
    line: Rect,
    entry: &Entry,
    selected: bool,
    key_room: u16,
) {
    let greyed = entry.greyed.as_deref();
    let tone = match (selected, greyed) {
        (true, _) => Tone::Selected,
        (false, Some(_)) => Tone::Disabled,
        (false, None) => Tone::Plain,
    };
    draw::text(
        buffer,
        line.x + 1,
        line.y,
        key_room,
        &entry.keys,
        look.style(Tone::Key),
    );
    let x = line.x + key_room + 2;
    let title_room = 22.min(line.right().saturating_sub(x));
    draw::text(
        buffer,
        x,
        line.y,
        title_room,
        &entry.title,
        look.style(tone),
    );
    let x = x + title_room + 1;
    let room = line.right().saturating_sub(x);
    match greyed {
        Some(why) => {
            let text = look.texts.with("greyed-because", &[("why", why.into())]);
            draw::text(buffer, x, line.y, room, &text, look.style(Tone::Disabled))
        }
        None => draw::text(
            buffer,
            x,
            line.y,
            room,
            &entry.help,
            look.style(Tone::Plain),
        ),
    };
}

#[cfg(test)]
mod tests {
    use super::*;

    fn entry(title: &str, help: &str) -> Entry {
        Entry {
            id: ActionId::Up,
            keys: "x".into(),
            title: title.into(),
            help: help.into(),
            greyed: None,
        }
    }

    #[test]
    fn what_is_typed_need_not_be_contiguous_and_titles_come_first() {
        let list = [
            entry("Kembalikan", "dikembalikan untuk dicabut"),
            entry("Cabut", "mencabut sertifikat"),
            entry("Ambil", "mengambil permohonan"),
        ];
        assert_eq!(matching(&list, "cbt").first(), Some(&1));
        assert_eq!(matching(&list, "zzz"), Vec::<usize>::new());
        assert_eq!(matching(&list, ""), [0, 1, 2]);
    }
}
