//! The direction of dependency between rooms: `cli → session → tui → desk → {store, pki, notify, audit, letter} →
//! domain`, with `term` beside. Reads every path in `src` (test modules too) and fails where an arrow points back, or
//! where a room reaches for what it must not touch: clock, files, network, randomness.

use std::fs;
use std::path::{Path, PathBuf};

/// Each room and the rooms that it may use.
const ROOMS: [(&str, &[&str]); 11] = [
    ("domain", &[]),
    ("store", &["domain"]),
    ("pki", &["domain"]),
    ("notify", &["domain"]),
    ("audit", &["domain"]),
    ("letter", &["domain"]),
    (
        "desk",
        &["store", "pki", "notify", "audit", "letter", "domain"],
    ),
    ("term", &[]),
    ("tui", &["desk", "domain", "term"]),
    ("session", &["tui", "desk", "domain", "term"]),
    (
        "cli",
        &[
            "session", "tui", "desk", "store", "pki", "notify", "audit", "letter", "domain", "term",
        ],
    ),
];

/// Paths outside the crate that a room must not name: any run of these segments.
const FORBIDDEN: [(&str, &[&[&str]]); 4] = [
    (
        "domain",
        &[
            &["std", "fs"],
            &["std", "net"],
            &["std", "env"],
            &["std", "process"],
            &["std", "thread"],
            &["SystemTime"],
            &["Instant", "now"],
            &["OffsetDateTime", "now_utc"],
            &["rand"],
            &["getrandom"],
        ],
    ),
    (
        "term",
        &[
            &["std", "fs"],
            &["std", "net"],
            &["std", "env"],
            &["std", "process"],
            &["std", "thread"],
            &["SystemTime"],
            &["Instant", "now"],
        ],
    ),
    ("tui", &[&["std", "fs"], &["std", "env"], &["SystemTime"]]),
    // One desk process serves many terminals: what a terminal is comes in with its `Hello`.
    ("session", &[&["std", "env"]]),
];

/// Modules that run in the caller's own process, and so look at the caller's environment.
const CALLERS_SIDE: [&[&str]; 2] = [&["session", "relay"], &["session", "files"]];

/// A word or a sign of the source; text and comments are left out.
#[derive(Clone, PartialEq, Eq, Debug)]
struct Token {
    line: usize,
    text: String,
}

fn tokens(source: &str) -> Vec<Token> {
    let chars: Vec<char> = source.chars().collect();
    let at = |i: usize| chars.get(i).copied().unwrap_or('\0');
    let mut found = Vec::new();
    let (mut i, mut line) = (0, 1);
    while i < chars.len() {
        let start = i;
        let c = at(i);
        if c == '/' && at(i + 1) == '/' {
            while i < chars.len() && at(i) != '\n' {
                i += 1;
            }
        } else if c == '/' && at(i + 1) == '*' {
            i = block_comment_end(&chars, i);
        } else if let Some(end) = string_end(&chars, i) {
            i = end;
        } else if c == '\'' {
            i = quote_end(&chars, i);
        } else if c.is_alphanumeric() || c == '_' {
            while at(i).is_alphanumeric() || at(i) == '_' {
                i += 1;
            }
            found.push(Token {
                line,
                text: chars[start..i].iter().collect(),
            });
        } else {
            i += if c == ':' && at(i + 1) == ':' { 2 } else { 1 };
            if !c.is_whitespace() {
                found.push(Token {
                    line,
                    text: chars[start..i].iter().collect(),
                });
            }
        }
        line += chars[start..i].iter().filter(|c| **c == '\n').count();
    }
    found
}

fn block_comment_end(chars: &[char], mut i: usize) -> usize {
    let mut depth = 0;
    while i < chars.len() {
        match (chars[i], chars.get(i + 1)) {
            ('/', Some('*')) => {
                depth += 1;
                i += 2;
            }
            ('*', Some('/')) => {
                depth -= 1;
                i += 2;
                if depth == 0 {
                    break;
                }
            }
            _ => i += 1,
        }
    }
    i
}

/// The end of a string literal that begins at `i`, with its prefix (`b`, `c`, `r#`), if one does.
fn string_end(chars: &[char], i: usize) -> Option<usize> {
    let before = i.checked_sub(1).map(|p| chars[p]);
    if before.is_some_and(|c| c.is_alphanumeric() || c == '_') {
        return None;
    }
    let mut j = i;
    while j < i + 2 && matches!(chars.get(j), Some('b' | 'c' | 'r')) {
        j += 1;
    }
    let raw = chars[i..j].contains(&'r');
    let mut hashes = 0;
    while raw && chars.get(j) == Some(&'#') {
        hashes += 1;
        j += 1;
    }
    if chars.get(j) != Some(&'"') {
        return None;
    }
    j += 1;
    while j < chars.len() {
        match chars[j] {
            '\\' if !raw => j += 2,
            '"' if chars[j + 1..].iter().take(hashes).all(|c| *c == '#')
                && chars.len() - (j + 1) >= hashes =>
            {
                return Some(j + 1 + hashes);
            }
            _ => j += 1,
        }
    }
    Some(chars.len())
}

/// The end of a character literal, or of the quote alone where it begins a lifetime.
fn quote_end(chars: &[char], i: usize) -> usize {
    match (chars.get(i + 1), chars.get(i + 2)) {
        (Some('\\'), _) => {
            let rest = chars[i + 3..].iter().position(|c| *c == '\'');
            rest.map_or(chars.len(), |p| i + 3 + p + 1)
        }
        (Some(_), Some('\'')) => i + 3,
        _ => i + 1,
    }
}

fn is_word(text: &str) -> bool {
    text.starts_with(|c: char| c.is_alphabetic() || c == '_')
}

/// The paths that begin at token `i` (several for a `{…}` group), and where they end.
fn paths(tokens: &[Token], mut i: usize) -> (Vec<Vec<String>>, usize) {
    let text = |i: usize| tokens.get(i).map_or("", |t| t.text.as_str());
    if text(i) == "{" {
        let mut all = Vec::new();
        i += 1;
        while i < tokens.len() && text(i) != "}" {
            if is_word(text(i)) || matches!(text(i), "{" | "*") {
                let (more, end) = paths(tokens, i);
                all.extend(more);
                i = end;
            } else {
                i += 1;
            }
        }
        return (all, i + 1);
    }
    let head = text(i).to_owned();
    i += 1;
    let goes_on = text(i) == "::" && (is_word(text(i + 1)) || matches!(text(i + 1), "{" | "*"));
    if !goes_on {
        return (vec![vec![head]], i);
    }
    let (tails, end) = paths(tokens, i + 1);
    let all = tails
        .into_iter()
        .map(|tail| std::iter::once(head.clone()).chain(tail).collect())
        .collect();
    (all, end)
}

/// The module of a file under `src`: `desk/mails.rs` is `desk::mails`, `desk/mod.rs` is `desk`.
fn module_of(file: &Path) -> Vec<String> {
    let mut module: Vec<String> = file
        .with_extension("")
        .components()
        .map(|c| c.as_os_str().to_string_lossy().into_owned())
        .collect();
    if matches!(
        module.last().map(String::as_str),
        Some("mod" | "lib" | "main")
    ) {
        module.pop();
    }
    module
}

/// A path as it reads from the crate's root (`["crate", "desk", …]`), or as it stands where it leads out of the crate.
fn resolve(path: &[String], module: &[String]) -> Vec<String> {
    let mut base = module.to_vec();
    let mut rest = path;
    match path[0].as_str() {
        "crate" | "ams" => {
            base.clear();
            rest = &path[1..];
        }
        "self" => rest = &path[1..],
        "super" => {
            while rest.first().is_some_and(|s| s == "super") {
                base.pop();
                rest = &rest[1..];
            }
        }
        _ => return path.to_vec(),
    }
    std::iter::once("crate".to_owned())
        .chain(base)
        .chain(rest.iter().cloned())
        .collect()
}

/// What one file does against the rules: `line: what`.
fn offences(file: &Path, source: &str) -> Vec<String> {
    let mut module = module_of(file);
    let room = module.first().cloned().unwrap_or_default();
    let tokens = tokens(source);
    let text = |i: usize| tokens.get(i).map_or("", |t| t.text.as_str());
    let mut found = Vec::new();
    // Braces that are open, and whether each is an inline module's.
    let mut braces: Vec<bool> = Vec::new();
    let mut i = 0;
    while i < tokens.len() {
        let line = tokens[i].line;
        match text(i) {
            "mod" if is_word(text(i + 1)) && text(i + 2) == "{" => {
                module.push(text(i + 1).to_owned());
                braces.push(true);
                i += 3;
            }
            "{" => {
                braces.push(false);
                i += 1;
            }
            "}" => {
                if braces.pop() == Some(true) {
                    module.pop();
                }
                i += 1;
            }
            word if is_word(word) => {
                let exempt = exempt(&module);
                let (all, end) = paths(&tokens, i);
                for path in &all {
                    let full = resolve(path, &module);
                    if let Some(what) = offence(&room, exempt, &full) {
                        found.push(format!("{line}: {what}"));
                    }
                }
                i = end.max(i + 1);
            }
            _ => i += 1,
        }
    }
    found
}

/// The path that a module may name although its room must not.
fn exempt(module: &[String]) -> &'static [&'static [&'static str]] {
    if module.iter().any(|m| m == "tests") {
        // A test may read the source tree it judges, and what its caller asks of it.
        &[&["std", "fs"], &["std", "env"]]
    } else if CALLERS_SIDE.iter().any(|side| module == *side) {
        &[&["std", "env"]]
    } else {
        &[]
    }
}

fn offence(room: &str, exempt: &[&[&str]], path: &[String]) -> Option<String> {
    let shown = path.join("::");
    if path[0] == "crate" {
        let target = path.get(1).map_or("", String::as_str);
        let root = target.is_empty() || target == "self" || target == room;
        // The root declares the rooms and holds nothing else; the thin `main` starts `cli` or a child: the
        // reader of letters, the keeper of a key.
        let allowed = match ROOMS.iter().find(|(name, _)| *name == room) {
            Some((_, below)) => below.contains(&target),
            None => ["cli", "letter", "pki"].contains(&target),
        };
        return (!root && !allowed).then(|| format!("`{room}` may not use `{shown}`"));
    }
    let (_, forbidden) = FORBIDDEN.iter().find(|(name, _)| *name == room)?;
    forbidden
        .iter()
        .filter(|run| !exempt.contains(run))
        .any(|run| path.windows(run.len()).any(|w| w == *run))
        .then(|| format!("`{room}` must not touch `{shown}`"))
}

fn rust_files(folder: &Path, into: &mut Vec<PathBuf>) {
    for entry in fs::read_dir(folder).expect("src is readable") {
        let path = entry.expect("an entry").path();
        if path.is_dir() {
            rust_files(&path, into);
        } else if path.extension().is_some_and(|e| e == "rs") {
            into.push(path);
        }
    }
}

fn src() -> PathBuf {
    Path::new(env!("CARGO_MANIFEST_DIR")).join("src")
}

#[test]
fn no_arrow_points_back() {
    let mut files = Vec::new();
    rust_files(&src(), &mut files);
    assert!(files.len() > 50, "only {} files were found", files.len());
    let mut wrong = Vec::new();
    for file in files {
        let source = fs::read_to_string(&file).expect("a source file");
        let name = file.strip_prefix(src()).expect("under src").to_owned();
        for offence in offences(&name, &source) {
            wrong.push(format!("src/{}:{offence}", name.display()));
        }
    }
    assert!(wrong.is_empty(), "{}", wrong.join("\n"));
}

#[test]
fn every_room_of_src_is_in_the_table() {
    let mut folders: Vec<String> = fs::read_dir(src())
        .expect("src is readable")
        .map(|e| e.expect("an entry"))
        .filter(|e| e.path().is_dir())
        .map(|e| e.file_name().to_string_lossy().into_owned())
        .collect();
    folders.sort();
    let mut rooms: Vec<&str> = ROOMS.iter().map(|(name, _)| *name).collect();
    rooms.sort_unstable();
    assert_eq!(folders, rooms);
}

#[test]
fn a_wrong_arrow_is_found_however_it_is_written() {
    for (file, source) in [
        ("domain/reason.rs", "use crate::store::Store;"),
        ("tui/app.rs", "fn f() { let x = crate::store::open(); }"),
        ("tui/app.rs", "use crate::{desk::Desk, pki::read};"),
        ("tui/app/mod.rs", "use super::super::pki;"),
        (
            "desk/mails.rs",
            "#[cfg(test)] mod tests { use crate::tui::app; }",
        ),
        (
            "desk/mails.rs",
            "mod inner { use super::super::super::session; }",
        ),
        (
            "store/log.rs",
            "/* /* */ */ use crate::audit::Entry; // fine",
        ),
        (
            "term/encode.rs",
            "let c = '\"'; let d = crate::domain::State::Draf;",
        ),
        ("main.rs", "fn main() { ams::desk::run() }"),
        ("domain/decide.rs", "use std::{collections::BTreeMap, fs};"),
        ("domain/decide.rs", "let t = std::time::SystemTime::now();"),
        ("domain/decide.rs", "use ring::rand::SystemRandom;"),
        ("domain/decide.rs", "let t = Instant::now();"),
        ("tui/app.rs", "std::fs::read(x)"),
        (
            "tui/theme.rs",
            "if std::env::var_os(\"NO_COLOR\").is_some() {}",
        ),
        ("term/capabilities.rs", "use std::env;"),
        ("term/pace.rs", "let now = std::time::Instant::now();"),
        ("session/host.rs", "std::env::var(\"TERM\")"),
    ] {
        let found = offences(Path::new(file), source);
        assert_eq!(found.len(), 1, "{file}: {source}: {found:?}");
    }
}

#[test]
fn what_is_allowed_or_only_written_about_is_left_alone() {
    for (file, source) in [
        (
            "desk/mails.rs",
            "use crate::notify::outbox; use crate::domain::Act;",
        ),
        (
            "domain/reason.rs",
            "// use crate::store::Store;\n/// [`crate::store`]\nfn f() {}",
        ),
        (
            "domain/reason.rs",
            r##"let s = r#"crate::store::x "#; let t = "std::fs";"##,
        ),
        (
            "audit/word.rs",
            "pub(in crate::audit) fn decode<'a>(word: &'a str) {}",
        ),
        (
            "tui/tests/app.rs",
            "use super::super::app; use crate::tui::app;",
        ),
        ("session/relay.rs", "std::env::var(name)"),
        ("main.rs", "fn main() { ams::cli::run() }"),
        ("cli/list.rs", "use crate::{session, desk, audit::Entry};"),
    ] {
        let found = offences(Path::new(file), source);
        assert_eq!(found, Vec::<String>::new(), "{file}: {source}");
    }
}
