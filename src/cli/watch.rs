//! `ams cert import --watch`, `ams cert watched` and `ams cert unwatch`: folders into which another program issues.

use std::path::Path;

use serde::Serialize;

use crate::desk::WatchedView;
use crate::tui::defects;

use super::ca;
use super::context::Context;
use super::failure::Failure;
use super::import::owner_by;
use super::output::rfc3339;

#[derive(Serialize)]
struct WatchedJson {
    path: String,
    #[serde(skip_serializing_if = "Option::is_none")]
    looked_at: Option<String>,
    files: u64,
    added: u64,
    revoked: u64,
    #[serde(skip_serializing_if = "Option::is_none")]
    gone: Option<String>,
    waiting: Vec<WaitingJson>,
}

#[derive(Serialize)]
struct WaitingJson {
    file: String,
    defect: &'static str,
    says: String,
}

pub fn add(context: &Context, dir: &str, owner: &str, issuer: Option<&str>) -> Result<(), Failure> {
    let issuer = match issuer {
        Some(word) => Some(ca::chosen(context, Some(word))?.id),
        None => None,
    };
    let folder =
        context
            .desk
            .watch_folder(&context.who, Path::new(dir), owner_by(owner), issuer)?;
    told(context, "cli-watching", &folder.path)
}

pub fn remove(context: &Context, dir: &str) -> Result<(), Failure> {
    let path = Path::new(dir);
    context.desk.unwatch_folder(&context.who, path)?;
    told(context, "cli-unwatched", path)
}

fn told(context: &Context, sentence: &str, path: &Path) -> Result<(), Failure> {
    let path = path.display().to_string();
    if context.out.json {
        return context.out.object(&serde_json::json!({ "path": path }));
    }
    context.out.sentence(sentence, &[("path", path)])
}

pub fn list(context: &Context) -> Result<(), Failure> {
    let out = &context.out;
    let views = context.desk.watched(&context.who)?;
    let mut listing = out.list(&[
        "cli-folder",
        "cli-looked",
        "cli-files",
        "cli-added",
        "cli-adopted",
        "cli-waiting-files",
    ]);
    for view in &views {
        let json = json(context, view);
        listing.row(&json, || {
            let looked = match &view.seen {
                None => out.texts().get("cli-not-looked"),
                Some(seen) => match &seen.gone {
                    Some(why) => out.message("cli-folder-gone", &[("why", why.clone())]),
                    None => out.time(Some(seen.at)),
                },
            };
            vec![
                json.path.clone(),
                looked,
                json.files.to_string(),
                json.added.to_string(),
                json.revoked.to_string(),
                json.waiting.len().to_string(),
            ]
        })?;
    }
    listing.finish()?;
    if out.json
        || views
            .iter()
            .all(|view| json(context, view).waiting.is_empty())
    {
        return Ok(());
    }
    out.heading("cli-waiting-files")?;
    let mut listing = out.list(&["cli-source", "cli-defect", "cli-says"]);
    for view in &views {
        for waiting in json(context, view).waiting {
            listing.row(&(), || {
                let defect = waiting.defect.to_owned();
                vec![waiting.file.clone(), defect, waiting.says.clone()]
            })?;
        }
    }
    listing.finish().map(drop)
}

fn json(context: &Context, view: &WatchedView) -> WatchedJson {
    let seen = view.seen.as_ref();
    WatchedJson {
        path: view.folder.path.display().to_string(),
        looked_at: seen.map(|seen| rfc3339(seen.at)),
        files: seen.map_or(0, |seen| seen.files),
        added: seen.map_or(0, |seen| seen.added),
        revoked: seen.map_or(0, |seen| seen.revoked),
        gone: seen.and_then(|seen| seen.gone.clone()),
        waiting: seen.map_or(Vec::new(), |seen| {
            let named = seen.waiting.iter().map(|(file, defect)| WaitingJson {
                file: file.clone(),
                defect: defect.id(),
                says: defects::certificate(context.out.format, defect).0,
            });
            named.collect()
        }),
    }
}
