//! Filtering the queue while typing: every key's new list and first page among 100 000 requests.

use std::path::Path;

use ams::desk::demo::{DemoOptions, prepare};
use ams::desk::{Desk, Identity, QueueQuery};
use ams::domain::{Request, RequestId, Serial};
use ams::store::{Store, StoreError};

use super::{measure, milliseconds, report};

const REQUESTS: usize = 100_000;
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
    let data = folder.path().join("desk");
    let options = DemoOptions::default();
    let (desk, _) = prepare(&data, options).expect("a demo desk");
    let database = desk.folder().database();
    drop(desk);
    multiply(&database);
    let ((desk, _), spent) = measure(|| prepare(&data, options).expect("the same desk"));
    println!(
        "opening a desk of {REQUESTS} requests: {:.0} ms by the clock",
        milliseconds(spent.wall)
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

/// Copies the demo's requests in the closed desk's database, each with a number, an id and a certificate of its own:
/// to live through so many would take a demo desk many minutes.
fn multiply(database: &Path) {
    let store = Store::open(database).expect("the database");
    let reader = store.read().expect("a snapshot");
    let mut ids = Vec::new();
    reader
        .for_each_request_row(|row| ids.push(row.id))
        .expect("rows");
    let templates: Vec<Request> = ids
        .iter()
        .map(|id| reader.request(*id).expect("readable").expect("there"))
        .collect();
    for chunk in (templates.len()..REQUESTS)
        .collect::<Vec<_>>()
        .chunks(5_000)
    {
        store
            .write(|writer| {
                for &n in chunk {
                    let mut copy = templates[n % templates.len()].clone();
                    copy.id = RequestId((n as u128).to_be_bytes());
                    let mut serial = [0x2a; 20];
                    serial[4..].copy_from_slice(&copy.id.0);
                    copy.certificate.serial = Serial::from_magnitude(&serial).expect("20 octets");
                    if copy.number.is_some() {
                        copy.number = Some(writer.next_request_number(2026)?);
                    }
                    writer.put_request(&copy)?;
                }
                Ok(())
            })
            .unwrap_or_else(|e: StoreError| panic!("{e}"));
    }
}
