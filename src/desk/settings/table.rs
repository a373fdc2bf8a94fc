//! The table of settings: one row a key, in the order they are listed.

use std::path::PathBuf;

use crate::domain::instant::{DAY, HOUR, MINUTE, SECOND};
use crate::domain::{Day, FourEyes, Language, Zone};
use crate::pki::plan::CrlPeriod;

use super::{ABSOLUTE_PATH, MailMode, Setting};

fn flag(text: &str) -> Option<bool> {
    match text.trim().to_ascii_lowercase().as_str() {
        "on" | "true" | "yes" | "ya" | "1" => Some(true),
        "off" | "false" | "no" | "tidak" | "0" => Some(false),
        _ => None,
    }
}

fn on_off(value: bool) -> String {
    if value { "on" } else { "off" }.to_owned()
}

/// A whole number of `unit` milliseconds between `low` and `high` units.
fn span(text: &str, unit: i64, low: i64, high: i64) -> Option<i64> {
    let amount: i64 = text.trim().parse().ok()?;
    (low..=high).contains(&amount).then_some(amount * unit)
}

/// One line without control characters, at most 200 characters.
fn line(text: &str) -> Option<String> {
    let text = text.trim();
    let fits = text.chars().count() <= 200
        && !text
            .chars()
            .any(crate::domain::distinguished_name::is_unprintable);
    fits.then(|| text.to_owned())
}

/// An absolute path, or nothing.
fn folder(text: &str) -> Option<Option<PathBuf>> {
    let text = line(text)?;
    if text.is_empty() {
        return Some(None);
    }
    let path = PathBuf::from(text);
    path.is_absolute().then_some(Some(path))
}

fn path_text(path: Option<&PathBuf>) -> String {
    path.map(|p| p.display().to_string()).unwrap_or_default()
}

macro_rules! setting {
    ($key:literal, $id:literal, $en:literal, $form:expr, $read:expr, $show:expr) => {
        Setting {
            key: $key,
            help: [$id, $en],
            form: $form,
            secret: false,
            read: $read,
            show: $show,
        }
    };
}

/// The table of settings, in the order they are listed.
#[rustfmt::skip]
pub static SETTINGS: &[Setting] = &[
    setting!(
        "desk.name",
        "Nama meja layanan",
        "Name of this desk",
        "one line",
        |s, v| {
            s.desk_name = line(v)?;
            Some(())
        },
        |s| s.desk_name.clone()
    ),
    setting!(
        "desk.contact",
        "Kontak yang disebut dalam surel",
        "Contact named in mails",
        "one line",
        |s, v| {
            s.contact = line(v)?;
            Some(())
        },
        |s| s.contact.clone()
    ),
    setting!(
        "desk.zone",
        "Zona waktu",
        "Time zone",
        "WIB, WITA, WIT or UTC",
        |s, v| {
            s.policy.zone = Zone::parse(v)?;
            Some(())
        },
        |s| s.policy.zone.label().to_owned()
    ),
    setting!(
        "desk.language",
        "Bahasa bawaan",
        "Default language",
        "id or en",
        |s, v| {
            s.language = Language::parse(v)?;
            Some(())
        },
        |s| s.language.tag().to_owned()
    ),
    setting!(
        "desk.ssh_name",
        "Nama meja layanan untuk ssh, seperti pada petunjuk",
        "Name of the desk for ssh, as instructions give it",
        "a host name, or nothing for the machine's own",
        |s, v| {
            let name = v.bytes().all(|b| b.is_ascii_alphanumeric() || b"._-@".contains(&b));
            s.ssh_name = (name && !v.starts_with('-')).then(|| v.to_owned())?;
            Some(())
        },
        |s| s.ssh_name.clone()
    ),
    setting!(
        "sop.number",
        "Nomor SOP",
        "Number of the SOP",
        "one line",
        |s, v| {
            s.sop_number = line(v)?;
            Some(())
        },
        |s| s.sop_number.clone()
    ),
    setting!(
        "letter.letterhead",
        "Kop surat, baris dipisah |",
        "Letterhead, lines separated by |",
        "up to 5 lines separated by |",
        |s, v| {
            let lines = v.split('|').map(line).collect::<Option<Vec<_>>>()?;
            if lines.len() > 5 {
                return None;
            }
            s.letterhead = lines;
            Some(())
        },
        |s| s.letterhead.join("|")
    ),
    setting!(
        "letter.place",
        "Kota pada surat",
        "City on the letter",
        "one line",
        |s, v| {
            s.letter_place = line(v)?;
            Some(())
        },
        |s| s.letter_place.clone()
    ),
    setting!(
        "letter.limit",
        "Ukuran surat terbesar, byte",
        "Largest letter, bytes",
        "10000 to 20000000",
        |s, v| {
            s.policy.letter_limit = span(v, 1, 10_000, 20_000_000)?.unsigned_abs();
            Some(())
        },
        |s| s.policy.letter_limit.to_string()
    ),
    setting!(
        "mail.mode",
        "Cara surel dikirim",
        "How mail is sent",
        "folder, starttls, tls or plain",
        |s, v| {
            s.mail.mode = match v.trim().to_ascii_lowercase().as_str() {
                "folder" => MailMode::Folder,
                "starttls" => MailMode::StartTls,
                "tls" => MailMode::ImplicitTls,
                "plain" => MailMode::Plain,
                _ => return None,
            };
            Some(())
        },
        |s| match s.mail.mode {
            MailMode::Folder => "folder",
            MailMode::StartTls => "starttls",
            MailMode::ImplicitTls => "tls",
            MailMode::Plain => "plain",
        }
        .to_owned()
    ),
    setting!(
        "mail.folder",
        "Folder berkas .eml",
        "Folder of .eml files",
        ABSOLUTE_PATH,
        |s, v| {
            s.mail.folder = folder(v)?;
            Some(())
        },
        |s| path_text(s.mail.folder.as_ref())
    ),
    setting!(
        "mail.host",
        "Server SMTP",
        "SMTP server",
        "a host name",
        |s, v| {
            let host = line(v)?;
            if host.contains(char::is_whitespace) {
                return None;
            }
            s.mail.host = host;
            Some(())
        },
        |s| s.mail.host.clone()
    ),
    setting!(
        "mail.port",
        "Porta SMTP",
        "SMTP port",
        "1 to 65535",
        |s, v| {
            s.mail.port = v.trim().parse().ok().filter(|p| *p > 0)?;
            Some(())
        },
        |s| s.mail.port.to_string()
    ),
    setting!(
        "mail.user",
        "Pengguna SMTP",
        "SMTP user",
        "one line",
        |s, v| {
            s.mail.user = line(v)?;
            Some(())
        },
        |s| s.mail.user.clone()
    ),
    Setting {
        key: "mail.password",
        help: ["Kata sandi SMTP", "SMTP password"],
        form: "text from standard input",
        secret: true,
        read: |s, v| {
            s.mail.password = v.to_owned();
            Some(())
        },
        show: |s| {
            if s.mail.password.is_empty() {
                String::new()
            } else {
                "••••".to_owned()
            }
        },
    },
    setting!(
        "mail.from",
        "Alamat pengirim",
        "Sender address",
        "an e-mail address",
        |s, v| {
            let from = line(v)?;
            if !from.contains('@') {
                return None;
            }
            s.mail.from = from;
            Some(())
        },
        |s| s.mail.from.clone()
    ),
    setting!(
        "mail.ca_file",
        "Sertifikat root tambahan (PEM)",
        "Additional root certificate (PEM)",
        ABSOLUTE_PATH,
        |s, v| {
            s.mail.ca_file = folder(v)?;
            Some(())
        },
        |s| path_text(s.mail.ca_file.as_ref())
    ),
    setting!(
        "mail.send_delay",
        "Jeda kirim surel pengembalian, detik",
        "Delay of return mails, seconds",
        "0 to 3600",
        |s, v| {
            s.policy.send_delay = span(v, SECOND, 0, 3600)?;
            Some(())
        },
        |s| (s.policy.send_delay / SECOND).to_string()
    ),
    setting!(
        "pkcs11.module",
        "Modul PKCS#11 untuk kunci pada token",
        "PKCS#11 module for keys on tokens",
        ABSOLUTE_PATH,
        |s, v| {
            s.pkcs11_module = folder(v)?;
            Some(())
        },
        |s| path_text(s.pkcs11_module.as_ref())
    ),
    setting!(
        "crl.folder",
        "Folder terbitan CRL",
        "Folder of published CRLs",
        ABSOLUTE_PATH,
        |s, v| {
            s.crl.folder = folder(v)?;
            Some(())
        },
        |s| path_text(s.crl.folder.as_ref())
    ),
    setting!(
        "crl.url",
        "URL terbitan CRL",
        "URL of published CRLs",
        "http://…",
        |s, v| {
            let url = line(v)?;
            if !url.is_empty() && !url.starts_with("http://") && !url.starts_with("https://") {
                return None;
            }
            s.crl.url = url.trim_end_matches('/').to_owned();
            Some(())
        },
        |s| s.crl.url.clone()
    ),
    setting!(
        "crl.outside_look",
        "Tengok CRL di URL terbitannya setelah terbit",
        "Look at the CRL's URL after a publication",
        "on or off",
        |s, v| {
            s.crl.outside_look = flag(v)?;
            Some(())
        },
        |s| on_off(s.crl.outside_look)
    ),
    setting!(
        "crl.validity_hours",
        "Masa berlaku CRL, jam",
        "Validity of a CRL, hours",
        "13 to 240, at least twice the interval",
        |s, v| {
            let validity = span(v, HOUR, 13, 240)?;
            CrlPeriod::new(s.crl.interval, validity, CrlPeriod::LONGEST).ok()?;
            s.crl.validity = validity;
            Some(())
        },
        |s| (s.crl.validity / HOUR).to_string()
    ),
    setting!(
        "crl.interval_hours",
        "Jarak CRL rutin, jam",
        "Regular CRL every, hours",
        "1 to 120, at most half the validity",
        |s, v| {
            let interval = span(v, HOUR, 1, 120)?;
            CrlPeriod::new(interval, s.crl.validity, CrlPeriod::LONGEST).ok()?;
            s.crl.interval = interval;
            Some(())
        },
        |s| (s.crl.interval / HOUR).to_string()
    ),
    setting!(
        "crl.history",
        "Banyaknya CRL lama yang disimpan",
        "Old CRLs kept",
        "1 to 10000",
        |s, v| {
            s.crl.history = v.trim().parse().ok().filter(|n| (1..=10_000).contains(n))?;
            Some(())
        },
        |s| s.crl.history.to_string()
    ),
    setting!(
        "crl.history_days",
        "Lama CRL lama disimpan, hari",
        "Old CRLs kept for, days",
        "1 to 36500, or nothing for however long",
        |s, v| {
            s.crl.history_age = match v.trim() {
                "" => None,
                days => Some(span(days, DAY, 1, 36_500)?),
            };
            Some(())
        },
        |s| s.crl.history_age.map(|age| (age / DAY).to_string()).unwrap_or_default()
    ),
    setting!(
        "policy.four_eyes",
        "Persetujuan petugas kedua",
        "Approval by a second officer",
        "off, normal or always",
        |s, v| {
            s.policy.four_eyes = match v.trim().to_ascii_lowercase().as_str() {
                "off" => FourEyes::Off,
                "normal" => FourEyes::Normal,
                "always" => FourEyes::Always,
                _ => return None,
            };
            Some(())
        },
        |s| match s.policy.four_eyes {
            FourEyes::Off => "off",
            FourEyes::Normal => "normal",
            FourEyes::Always => "always",
        }
        .to_owned()
    ),
    setting!(
        "policy.break_glass_minutes",
        "Satu petugas boleh memutus setelah, menit",
        "One officer may decide after, minutes",
        "1 to 1440",
        |s, v| {
            s.policy.break_glass_after = span(v, MINUTE, 1, 1440)?;
            Some(())
        },
        |s| (s.policy.break_glass_after / MINUTE).to_string()
    ),
    setting!(
        "policy.companion_may_decide",
        "Pendamping boleh memutus",
        "A companion may decide",
        "on or off",
        |s, v| {
            s.policy.companion_may_decide = flag(v)?;
            Some(())
        },
        |s| on_off(s.policy.companion_may_decide)
    ),
    setting!(
        "policy.allow_hold",
        "Penangguhan diizinkan",
        "Suspension allowed",
        "on or off",
        |s, v| {
            s.policy.allow_hold = flag(v)?;
            Some(())
        },
        |s| on_off(s.policy.allow_hold)
    ),
    setting!(
        "policy.claim_minutes",
        "Masa pengambilan, menit",
        "Claim lease, minutes",
        "1 to 480",
        |s, v| {
            s.policy.claim_lease = span(v, MINUTE, 1, 480)?;
            Some(())
        },
        |s| (s.policy.claim_lease / MINUTE).to_string()
    ),
    setting!(
        "policy.letter_due_days",
        "Batas surat menyusul, hari kerja",
        "Letter that follows is due within, working days",
        "1 to 30",
        |s, v| {
            s.policy.letter_due_days = u8::try_from(span(v, 1, 1, 30)?).ok()?;
            Some(())
        },
        |s| s.policy.letter_due_days.to_string()
    ),
    setting!(
        "policy.holidays",
        "Hari libur, YYYY-MM-DD dipisah koma",
        "Holidays, YYYY-MM-DD separated by commas",
        "dates separated by commas",
        |s, v| {
            s.policy.holidays = v
                .split(',')
                .map(str::trim)
                .filter(|d| !d.is_empty())
                .map(Day::parse)
                .collect::<Option<Vec<_>>>()?;
            Some(())
        },
        |s| s
            .policy
            .holidays
            .iter()
            .map(ToString::to_string)
            .collect::<Vec<_>>()
            .join(",")
    ),
    setting!(
        "policy.acknowledge_days",
        "Selesai tanpa konfirmasi setelah, hari",
        "Closed without confirmation after, days",
        "1 to 90",
        |s, v| {
            s.policy.acknowledge_within = span(v, 24 * HOUR, 1, 90)?;
            Some(())
        },
        |s| (s.policy.acknowledge_within / (24 * HOUR)).to_string()
    ),
    setting!(
        "policy.decide_hours",
        "Batas layanan, jam",
        "Service clock, hours",
        "1 to 168",
        |s, v| {
            s.policy.decide_within = span(v, HOUR, 1, 168)?;
            Some(())
        },
        |s| (s.policy.decide_within / HOUR).to_string()
    ),
    setting!(
        "policy.grant_hours",
        "Jeda pemberian peran, jam",
        "Delay of grants, hours",
        "1 to 168",
        |s, v| {
            s.policy.grant_delay = span(v, HOUR, 1, 168)?;
            Some(())
        },
        |s| (s.policy.grant_delay / HOUR).to_string()
    ),
    setting!(
        "policy.keep_expired",
        "Entri kedaluwarsa tetap di CRL",
        "Expired entries stay on the CRL",
        "on or off",
        |s, v| {
            s.policy.keep_expired = flag(v)?;
            Some(())
        },
        |s| on_off(s.policy.keep_expired)
    ),
    setting!(
        "policy.require_totp",
        "TOTP wajib bagi op dan admin",
        "TOTP demanded from op and admin",
        "on or off",
        |s, v| {
            s.policy.require_totp = flag(v)?;
            Some(())
        },
        |s| on_off(s.policy.require_totp)
    ),
    setting!(
        "session.idle_minutes",
        "Layar terkunci setelah, menit",
        "Screen locks after, minutes",
        "1 to 240",
        |s, v| {
            s.idle_lock = span(v, MINUTE, 1, 240)?;
            Some(())
        },
        |s| (s.idle_lock / MINUTE).to_string()
    ),
    setting!(
        "session.end_hours",
        "Sesi berakhir setelah, jam",
        "A session ends after, hours",
        "1 to 24",
        |s, v| {
            s.session_end = span(v, HOUR, 1, 24)?;
            Some(())
        },
        |s| (s.session_end / HOUR).to_string()
    ),
    setting!(
        "session.resume_minutes",
        "Sesi terputus dapat dilanjutkan, menit",
        "A dropped session resumes within, minutes",
        "1 to 240",
        |s, v| {
            s.draft_resume = span(v, MINUTE, 1, 240)?;
            Some(())
        },
        |s| (s.draft_resume / MINUTE).to_string()
    ),
];
