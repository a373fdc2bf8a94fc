//! How letters word things: other words for a reason, dates, and names with their titles.

use super::words::fold;
use crate::domain::{Day, ReasonId};

/// Other words in which letters give the reasons of the desk's list.
pub(super) fn wordings(id: &ReasonId) -> &'static [&'static str] {
    match id.0.as_str() {
        "lupa-passphrase" => &[
            "lupa kata sandi",
            "lupa frasa sandi",
            "lupa sandi",
            "lupa password",
            "lupa pass phrase",
            "passphrase terlupa",
            "tidak ingat passphrase",
        ],
        "perubahan-data" => &[
            "perubahan nama",
            "perubahan jabatan",
            "perubahan unit kerja",
            "perubahan nip",
            "perubahan email",
            "perubahan identitas",
            "pembaruan data",
            "kesalahan data",
            "perbaikan data",
            "data berubah",
        ],
        "kehilangan" => &["kehilangan", "hilang"],
        "kompromi-kunci" => &[
            "diketahui pihak lain",
            "diketahui orang lain",
            "kunci bocor",
            "kebocoran kunci",
            "passphrase bocor",
        ],
        "mutasi" => &[
            "mutasi",
            "pindah instansi",
            "pindah tugas",
            "alih tugas",
            "pindah unit kerja",
        ],
        "berhenti" => &[
            "pensiun",
            "purna tugas",
            "berhenti",
            "pemberhentian",
            "mengundurkan diri",
            "meninggal dunia",
            "wafat",
        ],
        "digantikan" => &["diganti", "penggantian sertifikat", "sertifikat baru"],
        "penyalahgunaan" => &[
            "penyalahgunaan",
            "disalahgunakan",
            "data palsu",
            "pemalsuan",
        ],
        "penangguhan" => &["penangguhan", "ditangguhkan", "pembekuan sementara"],
        _ => &[],
    }
}

/// The ways in which a date is written in a letter, folded.
pub(super) fn written_dates(day: Day) -> Vec<String> {
    const MONTHS: [[&str; 4]; 12] = [
        ["januari", "january", "jan", "jan"],
        ["februari", "february", "pebruari", "feb"],
        ["maret", "march", "mar", "mrt"],
        ["april", "april", "apr", "apr"],
        ["mei", "may", "mei", "may"],
        ["juni", "june", "jun", "jun"],
        ["juli", "july", "jul", "jul"],
        ["agustus", "august", "agu", "aug"],
        ["september", "september", "sep", "sept"],
        ["oktober", "october", "okt", "oct"],
        ["november", "november", "nopember", "nov"],
        ["desember", "december", "des", "dec"],
    ];
    let Day { year, month, day } = day;
    let names = MONTHS
        .get(usize::from(month).saturating_sub(1))
        .map_or(&[][..], |names| &names[..]);
    let mut forms = vec![
        format!("{day:02}{month:02}{year}"),
        format!("{day}{month}{year}"),
        format!("{year}{month:02}{day:02}"),
    ];
    for name in names {
        forms.push(format!("{day}{name}{year}"));
        forms.push(format!("{day:02}{name}{year}"));
        forms.push(format!("{name}{day}{year}"));
    }
    forms
}

/// The name without titles: what follows the first comma, and titles before the name.
pub(super) fn bare_name(name: &str) -> &str {
    const BEFORE: [&str; 16] = [
        "prof", "dr", "drs", "dra", "ir", "h", "hj", "kh", "k", "drg", "drh", "ns", "apt", "pdt",
        "tgk", "st",
    ];
    let mut rest = name.split(',').next().unwrap_or(name).trim();
    // A lone word is the name, whatever it looks like.
    while let Some((first, after)) = rest.split_once(['.', ' ']) {
        let title = BEFORE.contains(&first.trim().to_lowercase().as_str());
        let after = after.trim_start_matches(['.', ' ']);
        if !title || after.is_empty() {
            break;
        }
        rest = after;
    }
    rest
}

pub(super) fn name_parts(name: &str) -> Vec<String> {
    bare_name(name)
        .split_whitespace()
        .map(fold)
        .filter(|part| !part.is_empty())
        .collect()
}
