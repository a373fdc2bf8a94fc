//! The statement-letter form (SOP step 1) as a PDF to print, sign and scan: filled in with what the desk knows, dotted
//! where it does not, with room for both signatures. Relies on the embedded fonts; never holds a NIK.

mod document;
mod font;
mod page;
mod sheet;

use crate::domain::{Day, ReasonCatalogue, ReasonId, Serial, Timestamp};

/// What is printed. Empty texts become blanks to fill in by hand.
#[derive(Clone, PartialEq, Eq, Debug, Default)]
pub struct FormData {
    /// The setting "letterhead", line by line: government, agency, then address lines. Empty leaves room for
    /// preprinted paper.
    pub letterhead: Vec<String>,
    pub number: String,
    pub applicant: Applicant,
    pub certificate: Option<CertificateLines>,
    pub reasons: Vec<ReasonBox>,
    /// Further words on the reason.
    pub explanation: String,
    pub place: String,
    pub date: Option<Day>,
    pub superior: Superior,
    /// Draft or request that the form belongs to, for the footer.
    pub reference: String,
    /// When the form was made; the file's creation date. The same data gives the same bytes.
    pub created: Timestamp,
}

/// The person who asks (account data).
#[derive(Clone, PartialEq, Eq, Debug, Default)]
pub struct Applicant {
    pub name: String,
    pub nip: String,
    /// Pangkat/golongan; the line is left out when nobody states it.
    pub rank: Option<String>,
    pub position: String,
    pub unit: String,
    pub agency: String,
    pub email: String,
}

/// The direct superior who approves.
#[derive(Clone, PartialEq, Eq, Debug, Default)]
pub struct Superior {
    pub name: String,
    pub nip: String,
    pub position: String,
}

/// The certificate to be revoked.
#[derive(Clone, PartialEq, Eq, Debug)]
pub struct CertificateLines {
    pub subject: String,
    pub serial: Serial,
    pub issuer: String,
    pub valid_from: Day,
    pub valid_to: Day,
}

/// One reason with its box.
#[derive(Clone, PartialEq, Eq, Debug)]
pub struct ReasonBox {
    pub label: String,
    pub checked: bool,
    /// A suspension: the only reason after which the certificate may come back.
    pub hold: bool,
}

impl ReasonBox {
    /// The boxes of the desk's list with `chosen` ones checked. What only officers may give, and suspension where
    /// `allow_hold` is off, are left out unless chosen.
    pub fn of(catalogue: &ReasonCatalogue, chosen: &[ReasonId], allow_hold: bool) -> Vec<Self> {
        catalogue
            .0
            .iter()
            .map(|reason| (reason, chosen.contains(&reason.id)))
            .filter(|(reason, checked)| {
                *checked || (!reason.officer_only && (allow_hold || !reason.hold))
            })
            .map(|(reason, checked)| Self {
                label: reason.label_id.clone(),
                checked,
                hold: reason.hold,
            })
            .collect()
    }
}

/// Why no form could be made. Only a broken build can cause it: the fonts are part of the program.
#[derive(Clone, PartialEq, Eq, Debug, thiserror::Error)]
pub enum FormError {
    #[error("The built-in font {name} cannot be read ({why}). Install the program again.")]
    Font { name: &'static str, why: String },
}

/// Writes the form as a PDF.
pub fn render(data: &FormData) -> Result<Vec<u8>, FormError> {
    let fonts = font::Fonts::read()?;
    let pages = page::lay_out(&fonts, data);
    let title = if data.applicant.name.is_empty() {
        page::TITLE.join(" ")
    } else {
        format!(
            "{} — {}",
            page::TITLE.join(" "),
            font::clean(&data.applicant.name)
        )
    };
    Ok(document::write(&fonts, &pages, &title, data.created))
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::letter::confine::Confinement;
    use crate::letter::inspect::inspect;
    use crate::letter::{Finding, LetterFacts, Limits, Wanted, find};

    fn filled() -> FormData {
        let chosen = [ReasonId("lupa-passphrase".to_owned())];
        FormData {
            letterhead: [
                "PEMERINTAH PROVINSI SUMATERA BARAT",
                "DINAS KOMUNIKASI DAN INFORMATIKA",
                "Jalan Contoh Nomor 1, Kota Padang",
            ]
            .map(str::to_owned)
            .to_vec(),
            number: "800/017/Diskominfo/2026".to_owned(),
            applicant: Applicant {
                name: "Rahmi Wahyuni, S.Kom.".to_owned(),
                nip: "198704122010012003".to_owned(),
                rank: Some("Penata (III/c)".to_owned()),
                position: "Pranata Komputer Ahli Muda".to_owned(),
                unit: "Seksi Persandian dan Keamanan Informasi".to_owned(),
                agency: "Dinas Komunikasi dan Informatika".to_owned(),
                email: "rahmi.wahyuni@sumbar.example".to_owned(),
            },
            certificate: Some(CertificateLines {
                subject: "Rahmi Wahyuni".to_owned(),
                serial: Serial::parse("c3a91f004be277d0815fe63a90c2d418a7b35e66").unwrap(),
                issuer: "CN=CA Penerbit UJI, O=Instansi UJI, C=ID".to_owned(),
                valid_from: Day {
                    year: 2025,
                    month: 3,
                    day: 1,
                },
                valid_to: Day {
                    year: 2027,
                    month: 3,
                    day: 1,
                },
            }),
            reasons: ReasonBox::of(&ReasonCatalogue::default(), &chosen, false),
            explanation: String::new(),
            place: "Padang".to_owned(),
            date: Some(Day {
                year: 2026,
                month: 11,
                day: 20,
            }),
            superior: Superior {
                name: "Drs. Syafrizal, M.M.".to_owned(),
                nip: "196903151994031005".to_owned(),
                position: "Kepala Bidang Persandian".to_owned(),
            },
            reference: "Formulir surat keterangan · AMS".to_owned(),
            created: Timestamp::from_seconds(1_795_305_600),
        }
    }

    fn read(data: &FormData) -> LetterFacts {
        let bytes = render(data).unwrap();
        if let Some(folder) = std::env::var_os("AMS_KEEP_FORM") {
            let name = format!("{}.pdf", data.reference.replace(['/', ' ', '·'], "-"));
            std::fs::write(std::path::Path::new(&folder).join(name), &bytes).unwrap();
        }
        inspect(bytes, &Limits::default(), Confinement::default()).unwrap()
    }

    fn text(facts: &LetterFacts) -> String {
        facts.lines().map(|(_, l)| l).collect::<Vec<_>>().join("\n")
    }

    #[test]
    fn the_filled_form_is_one_page_whose_text_can_be_found() {
        let data = filled();
        let facts = read(&data);
        assert_eq!((facts.pages, facts.warnings.as_slice()), (1, &[][..]));
        let id = ReasonId("lupa-passphrase".to_owned());
        let marks = find::mark(
            &facts.text,
            &[
                Wanted::Name(&data.applicant.name),
                Wanted::Nip(&data.applicant.nip),
                Wanted::Reason {
                    id: &id,
                    labels: &["Lupa passphrase"],
                },
                Wanted::LetterNumber(&data.number),
                Wanted::LetterDate(Day {
                    year: 2026,
                    month: 11,
                    day: 20,
                }),
                Wanted::Superior(&data.superior.name),
                Wanted::SuperiorNip(&data.superior.nip),
            ],
        );
        for mark in marks {
            assert_eq!(mark.finding, Finding::Found, "{mark:?}\n{}", text(&facts));
        }
        assert!(
            text(&facts).contains("☑ Lupa passphrase"),
            "{}",
            text(&facts)
        );
        assert!(text(&facts).contains("☐ Perubahan data"));
        assert!(text(&facts).contains("c3a9 1f00 4be2 77d0 815f e63a 90c2 d418 a7b3 5e66"));
    }

    #[test]
    fn the_same_data_gives_the_same_bytes_in_little_room() {
        let first = render(&filled()).unwrap();
        assert_eq!(first, render(&filled()).unwrap());
        assert!(first.len() < 80_000, "{} bytes", first.len());
    }

    #[test]
    fn an_empty_form_has_blanks_and_every_label() {
        let data = FormData {
            reasons: ReasonBox::of(&ReasonCatalogue::default(), &[], false),
            reference: "kosong".to_owned(),
            ..FormData::default()
        };
        let facts = read(&data);
        let text = text(&facts);
        assert_eq!(facts.pages, 1);
        for label in [
            "Nomor:",
            "Nama",
            "NIP",
            "Unit kerja",
            "Jabatan",
            "Pemohon,",
            "Atasan langsung,",
        ] {
            assert!(text.contains(label), "{label} in {text}");
        }
        assert!(!text.contains('☑'));
        let fullest = FormData {
            letterhead: vec![
                "PEMERINTAH".into(),
                "DINAS".into(),
                "Jalan".into(),
                "Telepon".into(),
            ],
            reasons: ReasonBox::of(&ReasonCatalogue::default(), &[], true),
            reference: "kosong-berkepala".to_owned(),
            ..FormData::default()
        };
        assert_eq!(read(&fullest).pages, 1);
    }

    #[test]
    fn long_names_wrap_and_no_word_of_them_is_lost() {
        let mut data = filled();
        data.reference = "panjang".to_owned();
        data.applicant.name = format!(
            "{} Suryaningsih, S.Kom.",
            "Raden Ajeng Kartikasari ".repeat(6)
        );
        data.applicant.unit = "Subbagian Umum dan Kepegawaian ".repeat(12);
        data.applicant.agency = "X".repeat(400);
        data.superior.position = "Kepala Bidang Penyelenggaraan Persandian ".repeat(5);
        data.explanation = "Passphrase tidak diingat lagi setelah masa cuti. ".repeat(30);
        let facts = read(&data);
        assert_eq!(facts.pages, 2);
        let text = text(&facts);
        assert!(text.contains("Halaman 2 dari 2"));
        let last = facts.text[1].lines.join(" ");
        assert!(
            last.contains("Demikian surat keterangan") && last.contains("Pemohon,"),
            "{last}"
        );
        assert_eq!(text.matches("Kartikasari").count(), 12, "{text}");
        assert_eq!(text.matches("Kepegawaian").count(), 12);
        assert_eq!(text.matches("cuti").count(), 30);
        assert_eq!(text.matches('X').count(), 400);
    }

    #[test]
    fn characters_that_cannot_be_printed_stay_visible() {
        let mut data = filled();
        data.reference = "aneh".to_owned();
        data.applicant.name = "Łukasz 山田 Nurʿaini\u{1b}[31m\u{202e}".to_owned();
        let facts = read(&data);
        assert!(
            text(&facts).contains("Łukasz \u{fffd}\u{fffd} Nurʿaini·[31m·"),
            "{}",
            text(&facts)
        );
    }

    #[test]
    fn suspension_and_what_only_officers_give_are_offered_only_when_chosen() {
        let list = ReasonCatalogue::default();
        let labels = |chosen: &[&str], hold| {
            let ids: Vec<_> = chosen.iter().map(|c| ReasonId((*c).to_owned())).collect();
            let boxes = ReasonBox::of(&list, &ids, hold);
            boxes.into_iter().map(|b| b.label).collect::<Vec<_>>()
        };
        let has = |labels: &[String], start: &str| labels.iter().any(|l| l.starts_with(start));
        let plain = labels(&[], false);
        assert!(!has(&plain, "Penyalahgunaan") && !has(&plain, "Penangguhan"));
        assert!(has(&labels(&[], true), "Penangguhan"));
        assert!(has(&labels(&["penyalahgunaan"], false), "Penyalahgunaan"));
        let mut data = filled();
        data.reference = "tangguh".to_owned();
        data.reasons = ReasonBox::of(&list, &[ReasonId("penangguhan".to_owned())], false);
        let text = text(&read(&data)).replace('\n', " ");
        assert!(text.contains("selama ditangguhkan") && !text.contains("digunakan kembali"));
    }
}
