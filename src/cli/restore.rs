//! `ams restore`: a backup brought back into a data folder, on the desk's own host, with no desk running there.

use std::io::Read;

use serde::Serialize;

use crate::desk::{DeskError, Restored, Restoring, restore};
use crate::domain::CrlNumber;
use crate::store::StoreError;

use super::args::Global;
use super::context::bare_output;
use super::failure::{Failure, Said};
use super::files;
use super::output::{JsonNumber, Output};
use super::place::{self, data_folder, environment};
use super::route;
use crate::session::caller::this_process;

#[derive(Serialize)]
struct RestoredJson {
    data: String,
    log_entries: u64,
    contents_sha256: String,
    log_origin: String,
    issuers: Vec<IssuerJson>,
    #[serde(skip_serializing_if = "Option::is_none")]
    before: Option<String>,
}

#[derive(Serialize)]
struct IssuerJson {
    label: String,
    /// The next CRL gets a higher number.
    crl_number: JsonNumber,
    adopted: u64,
}

pub fn run(
    global: &Global,
    src: &str,
    last_number: Option<&str>,
    crls: &[String],
) -> Result<(), Failure> {
    let out = bare_output(global, this_process());
    let caller = &*out.caller;
    let last_number = last_number
        .map(|text| {
            CrlNumber::parse(text).ok_or_else(|| Failure::bad_value(text, "a decimal number"))
        })
        .transpose()?;
    let data = data_folder(global)?;
    let socket = route::socket_of(global, &data);
    let live = || Failure::Refused(Said::plain("cli-restore-live").with("path", data.display()));
    if route::running(global, &socket)?.is_some() {
        return Err(live());
    }
    let mut backup: Box<dyn Read + Send> = files::input(caller, src)?;
    let mut copies = crls
        .iter()
        .map(|name| files::input(caller, name))
        .collect::<Result<Vec<_>, _>>()?;
    let mut restoring = Restoring {
        backup: &mut backup,
        last_number,
        crls: copies
            .iter_mut()
            .map(|copy| copy as &mut dyn Read)
            .collect(),
        uid: caller.uid(),
    };
    match restore(&data, environment()?, &mut restoring) {
        Ok(restored) => tell(&out, &restored),
        Err(DeskError::Store(StoreError::Busy { .. })) => Err(place::busy(&data)),
        Err(error) => Err(error.into()),
    }
}

fn tell(out: &Output, restored: &Restored) -> Result<(), Failure> {
    let path = restored.path.display().to_string();
    let before = restored
        .aside
        .as_ref()
        .map(|path| path.display().to_string());
    let sha256 = hex::encode(restored.contents_sha256);
    if out.json {
        return out.object(&RestoredJson {
            data: path,
            log_entries: restored.log_entries,
            contents_sha256: sha256,
            log_origin: restored.origin.clone(),
            issuers: restored
                .issuers
                .iter()
                .map(|issuer| IssuerJson {
                    label: issuer.label.clone(),
                    crl_number: JsonNumber(issuer.floor),
                    adopted: issuer.adopted,
                })
                .collect(),
            before,
        });
    }
    let facts = [
        ("path", path),
        ("rows", restored.log_entries.to_string()),
        ("sha256", sha256),
    ];
    out.sentence("cli-restored", &facts)?;
    out.sentence(
        "cli-restored-origin",
        &[("origin", restored.origin.clone())],
    )?;
    for issuer in &restored.issuers {
        let facts = [
            ("issuer", issuer.label.clone()),
            ("number", issuer.floor.to_string()),
            ("adopted", issuer.adopted.to_string()),
        ];
        out.sentence("cli-restored-issuer", &facts)?;
    }
    if let Some(path) = before {
        out.sentence("cli-restored-aside", &[("path", path)])?;
    }
    out.sentence("cli-restored-next", &[])
}
