//! The command palette behind `:`: every action possible from here, found by fuzzy match; a greyed one says why.

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
pub(super) struct Entry {
    pub id: ActionId,
    pub keys: String,
    pub title: String,
    pub help: String,
    /// Why it cannot be done now.
    pub greyed: Option<String>,
}

/// The actions of a place; `all` with those that only move about.
pub(super) fn entries(
    place: Place,
    look: &Look,
    facts: &Facts,
    names: Names,
    all: bool,
) -> Vec<Entry> {
    action::of(place)
        .filter(|a| all || a.palette)
        .map(|a| Entry {
            id: a.id,
            keys: action::key_names(a),
            title: a.title(look.texts),
            help: a.help(look.texts),
            greyed: a
                .check(facts)
                .err()
                .map(|why| why.say(look.format(), names).0),
        })
        .collect()
}

/// The entries that match what was typed, the best first; all in their order when nothing was.
pub(super) fn matching(entries: &[Entry], typed: &str) -> Vec<usize> {
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

/// The palette.
pub struct CommandPalette {
    entries: Vec<Entry>,
    hits: Vec<usize>,
    list: ListState,
    typed: TextField,
}

impl CommandPalette {
    pub fn new(place: Place, look: &Look, facts: &Facts, names: Names) -> Self {
        let entries = entries(place, look, facts, names, false);
        let mut palette = Self {
            hits: Vec::new(),
            list: ListState::default(),
            typed: TextField::new(80),
            entries,
        };
        palette.find();
        palette
    }

    fn find(&mut self) {
        self.hits = matching(&self.entries, self.typed.text());
        self.list.set_len(self.hits.len());
        self.list.act(ActionId::First, 1);
    }
}

impl Component for CommandPalette {
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
        match action {
            ActionId::Back => Outcome::Close,
            ActionId::Enter => match self.hits.get(self.list.selected) {
                Some(hit) => Outcome::Run(self.entries[*hit].id),
                None => Outcome::Close,
            },
            action => {
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
        Some(ROWS)
    }

    fn view(&self, look: &Look, buffer: &mut Buffer, area: Rect) -> Option<(u16, u16)> {
        draw::bar(look, buffer, area, area.y, &look.texts.get("palette-title"));
        draw::text(buffer, area.x, area.y + 1, 1, ":", look.style(Tone::Key));
        let (shown, column) = self.typed.shown(area.width.saturating_sub(2));
        draw::text(
            buffer,
            area.x + 1,
            area.y + 1,
            area.width - 1,
            &shown,
            look.style(Tone::Heading),
        );
        for (nth, row) in self.list.window().enumerate() {
            let Some(entry) = self.hits.get(row).map(|hit| &self.entries[*hit]) else {
                continue;
            };
            let y = area.y + 2 + u16::try_from(nth).unwrap_or(0);
            if y >= area.bottom() {
                break;
            }
            view_entry(
                look,
                buffer,
                Rect::new(area.x, y, area.width, 1),
                entry,
                row == self.list.selected,
                8,
            );
        }
        Some((area.x + 1 + column, area.y + 1))
    }
}

/// Keys, title and help, or why not.
pub(super) fn view_entry(
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
