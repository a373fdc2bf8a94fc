//! What stands where on the form: letterhead, title, data tables, boxes, statement, approval and signatures, in the
//! layout of Indonesian official letters.

use super::font::{Fonts, Style, bold, clean, regular};
use super::sheet::{Align, LEFT, Mark, PAGE, RIGHT, Sheet, WIDTH};
use super::{FormData, ReasonBox};
use crate::domain::{Day, Language, month};

pub(super) const TITLE: [&str; 2] = [
    "SURAT KETERANGAN ALASAN PENCABUTAN",
    "SERTIFIKAT ELEKTRONIK",
];

const BODY: Style = regular(11.0);
const STRONG: Style = bold(11.0);
const LEADING: f32 = 15.0;
/// Of a line that is to be filled in by hand.
const BY_HAND: f32 = 18.0;
const SMALL: Style = regular(8.5);
/// Where the colons and the values of a data table stand.
const COLON: f32 = LEFT + 128.0;
const VALUE: f32 = COLON + 9.0;
const INDENT: f32 = LEFT + 14.0;
/// Left edges of the two signature blocks, and their width.
const SUPERIOR: f32 = LEFT;
const APPLICANT: f32 = LEFT + WIDTH * 0.54;
const BLOCK: f32 = WIDTH * 0.46;
/// Five lines of statement and approval with the gaps behind them.
const STATEMENT: f32 = 5.0 * LEADING + 19.0;
/// Room for a signature and a stamp.
const SIGNATURE: f32 = 62.0;

pub(super) fn lay_out(fonts: &Fonts, data: &FormData) -> Vec<Vec<Mark>> {
    let mut sheet = Sheet::new(fonts);
    letterhead(&mut sheet, &data.letterhead);
    title(&mut sheet, &data.number);
    applicant(&mut sheet, data);
    certificate(&mut sheet, data);
    reasons(&mut sheet, data);
    statement(&mut sheet, data);
    signatures(&mut sheet, data);
    footers(&mut sheet, &data.reference);
    sheet.pages
}

/// Government small, agency large, address plain; a thick and a thin rule below.
fn letterhead(sheet: &mut Sheet<'_>, lines: &[String]) {
    let lines: Vec<String> = lines
        .iter()
        .map(|l| clean(l))
        .filter(|l| !l.is_empty())
        .collect();
    if lines.is_empty() {
        sheet.space(84.0);
        return;
    }
    for (index, line) in lines.iter().enumerate() {
        let (style, leading) = match (index, lines.len()) {
            (0, 2..) => (bold(13.0), 16.5),
            (0, _) | (1, _) => (bold(16.0), 20.0),
            _ => (regular(10.0), 13.0),
        };
        sheet.paragraph((LEFT, RIGHT), style, leading, Align::Centre, line);
    }
    sheet.space(5.0);
    for (below, weight) in [(0.0, 2.2), (2.9, 0.6)] {
        let y = sheet.y + below;
        sheet.put(Mark::Rule {
            x: (LEFT, RIGHT),
            y,
            weight,
            dotted: false,
        });
    }
    sheet.space(18.0);
}

fn title(sheet: &mut Sheet<'_>, number: &str) {
    for line in TITLE {
        sheet.paragraph((LEFT, RIGHT), bold(13.0), 16.5, Align::Centre, line);
    }
    let number = clean(number);
    if number.is_empty() {
        let y = sheet.y + BODY.size;
        let label = "Nomor: ";
        let length = 190.0;
        let width = sheet.fonts.width(label, BODY) + length;
        let x = LEFT + (WIDTH - width) / 2.0;
        sheet.text(x, y, BODY, label);
        sheet.blank((x + width - length, x + width), y);
        sheet.space(LEADING);
    } else {
        let text = format!("Nomor: {number}");
        sheet.paragraph((LEFT, RIGHT), BODY, LEADING, Align::Centre, &text);
    }
    sheet.space(13.0);
}

fn applicant(sheet: &mut Sheet<'_>, data: &FormData) {
    let who = &data.applicant;
    prose(sheet, "Yang bertanda tangan di bawah ini:");
    row(sheet, "Nama", STRONG, &who.name);
    row(sheet, "NIP", BODY, &who.nip);
    if let Some(rank) = &who.rank {
        row(sheet, "Pangkat/Golongan", BODY, rank);
    }
    row(sheet, "Jabatan", BODY, &who.position);
    row(sheet, "Unit kerja", BODY, &who.unit);
    row(sheet, "Instansi", BODY, &who.agency);
    row(sheet, "Surel dinas", BODY, &who.email);
    sheet.space(6.0);
}

fn certificate(sheet: &mut Sheet<'_>, data: &FormData) {
    prose(
        sheet,
        "dengan ini mengajukan pencabutan sertifikat elektronik atas nama yang bersangkutan, yaitu:",
    );
    let (subject, serial, issuer, validity) = match &data.certificate {
        Some(c) => (
            c.subject.clone(),
            in_groups(&c.serial.to_string()),
            c.issuer.clone(),
            format!("{} s.d. {}", in_words(c.valid_from), in_words(c.valid_to)),
        ),
        None => Default::default(),
    };
    row(sheet, "Subjek (CN)", BODY, &subject);
    row(sheet, "Nomor seri", BODY, &serial);
    row(sheet, "Penerbit", BODY, &issuer);
    row(sheet, "Masa berlaku", BODY, &validity);
    sheet.space(6.0);
}

/// Two columns of boxes, filled downwards.
fn reasons(sheet: &mut Sheet<'_>, data: &FormData) {
    prose(sheet, "dengan alasan:");
    let rows = data.reasons.len().div_ceil(2);
    let column = (RIGHT - INDENT) / 2.0;
    for index in 0..rows {
        let pair: Vec<(f32, &ReasonBox)> = [index, index + rows]
            .into_iter()
            .zip([INDENT, INDENT + column])
            .filter_map(|(i, x)| data.reasons.get(i).map(|r| (x, r)))
            .collect();
        let wrapped: Vec<(f32, &ReasonBox, Vec<String>)> = pair
            .into_iter()
            .map(|(x, reason)| {
                let style = if reason.checked { STRONG } else { BODY };
                let label = clean(&reason.label);
                (x, reason, sheet.fonts.wrap(&label, style, column - 26.0))
            })
            .collect();
        let height = wrapped.iter().map(|w| w.2.len()).max().unwrap_or(1) as f32;
        sheet.need(height * LEADING + 1.0);
        for (x, reason, lines) in wrapped {
            let style = if reason.checked { STRONG } else { BODY };
            let y = sheet.y + BODY.size;
            let mark = if reason.checked {
                "\u{2611}"
            } else {
                "\u{2610}"
            };
            sheet.text(x, y, regular(12.0), mark);
            for (n, line) in lines.iter().enumerate() {
                sheet.text(x + 18.0, y + n as f32 * LEADING, style, line);
            }
        }
        sheet.space(height * LEADING + 1.0);
    }
    sheet.space(2.0);
    row(sheet, "Keterangan", BODY, &data.explanation);
    if clean(&data.explanation).is_empty() {
        let y = sheet.y + BODY.size;
        sheet.blank((VALUE, RIGHT), y);
        sheet.space(BY_HAND);
    }
    sheet.space(8.0);
}

fn statement(sheet: &mut Sheet<'_>, data: &FormData) {
    // Signatures never stand on a page without the words that they sign.
    sheet.need(STATEMENT + SignatureBlock::of(sheet.fonts, data).height());
    let suspended = data.reasons.iter().any(|r| r.checked && r.hold);
    let consequence = if suspended {
        "Saya memahami bahwa sertifikat elektronik tersebut tidak dapat digunakan selama ditangguhkan."
    } else {
        "Saya memahami bahwa sertifikat elektronik yang telah dicabut tidak dapat digunakan kembali."
    };
    let text = format!(
        "Demikian surat keterangan ini saya buat dengan sebenarnya dan dengan persetujuan atasan langsung, untuk \
         digunakan sebagai kelengkapan permohonan pencabutan sertifikat elektronik. {consequence}"
    );
    sheet.paragraph((LEFT, RIGHT), BODY, LEADING, Align::Justified, &text);
    sheet.space(5.0);
    sheet.paragraph(
        (LEFT, RIGHT),
        BODY,
        LEADING,
        Align::Justified,
        "Atasan langsung pemohon, dengan menandatangani surat ini, menyetujui pencabutan sertifikat elektronik \
         tersebut di atas dengan alasan sebagaimana dinyatakan.",
    );
    sheet.space(14.0);
}

/// Superior at the left, applicant at the right under place and date. Never torn over two pages.
fn signatures(sheet: &mut Sheet<'_>, data: &FormData) {
    let block = SignatureBlock::of(sheet.fonts, data);
    sheet.need(block.height());

    let top = sheet.y + BODY.size;
    let place = clean(&data.place);
    let dated = data.date.map(in_words);
    place_and_date(sheet, top, &place, dated.as_deref());
    sheet.text(APPLICANT, top + LEADING, BODY, "Pemohon,");
    sheet.text(SUPERIOR, top, BODY, "Menyetujui,");
    sheet.text(SUPERIOR, top + LEADING, BODY, "Atasan langsung,");
    for (n, line) in block.position.iter().enumerate() {
        sheet.text(SUPERIOR, top + (2 + n) as f32 * LEADING, BODY, line);
    }
    sheet.space(block.head() + SIGNATURE);
    let y = sheet.y;
    signature(sheet, SUPERIOR, y, &data.superior.name, &data.superior.nip);
    signature(
        sheet,
        APPLICANT,
        y,
        &data.applicant.name,
        &data.applicant.nip,
    );
    sheet.space(block.height() - block.head() - SIGNATURE);
}

/// The lines above and below the room for signing.
struct SignatureBlock {
    position: Vec<String>,
    /// Lines of the longer of the two names.
    name_lines: usize,
}

impl SignatureBlock {
    fn of(fonts: &Fonts, data: &FormData) -> Self {
        let names = [&data.superior.name, &data.applicant.name];
        let lines = names.map(|name| fonts.wrap(&clean(name), STRONG, BLOCK).len());
        Self {
            position: fonts.wrap(&clean(&data.superior.position), BODY, BLOCK),
            name_lines: lines[0].max(lines[1]),
        }
    }

    fn head(&self) -> f32 {
        (2 + self.position.len()) as f32 * LEADING
    }

    fn height(&self) -> f32 {
        self.head() + SIGNATURE + (self.name_lines + 1) as f32 * LEADING
    }
}

fn place_and_date(sheet: &mut Sheet<'_>, y: f32, place: &str, date: Option<&str>) {
    let mut x = APPLICANT;
    if place.is_empty() {
        sheet.blank((x, x + 80.0), y);
        x += 82.0;
    } else {
        sheet.text(x, y, BODY, place);
        x += sheet.fonts.width(place, BODY);
    }
    sheet.text(x, y, BODY, ", ");
    x += sheet.fonts.width(", ", BODY);
    match date {
        Some(date) => sheet.text(x, y, BODY, date),
        None => sheet.blank((x, APPLICANT + BLOCK), y),
    }
}

/// The name, underlined, over the NIP; dotted where it is not known.
fn signature(sheet: &mut Sheet<'_>, x: f32, y: f32, name: &str, nip: &str) {
    let name = clean(name);
    let mut y = y + BODY.size;
    if name.is_empty() {
        sheet.blank((x, x + BLOCK), y);
    } else {
        for line in sheet.fonts.wrap(&name, STRONG, BLOCK) {
            sheet.text(x, y, STRONG, &line);
            let end = x + sheet.fonts.width(&line, STRONG);
            sheet.put(Mark::Rule {
                x: (x, end),
                y: y + 1.9,
                weight: 0.6,
                dotted: false,
            });
            y += LEADING;
        }
        y -= LEADING;
    }
    y += LEADING;
    let nip = clean(nip);
    if nip.is_empty() {
        sheet.text(x, y, BODY, "NIP");
        sheet.blank((x + 26.0, x + BLOCK), y);
    } else {
        sheet.text(x, y, BODY, &format!("NIP {nip}"));
    }
}

fn footers(sheet: &mut Sheet<'_>, reference: &str) {
    let count = sheet.pages.len();
    let reference = clean(reference);
    let y = PAGE.1 - 30.0;
    for (index, page) in sheet.pages.iter_mut().enumerate() {
        let number = format!("Halaman {} dari {count}", index + 1);
        let x = RIGHT - sheet.fonts.width(&number, SMALL);
        let mut put = |x, text: &str| {
            page.push(Mark::Text {
                x,
                y,
                style: SMALL,
                text: text.to_owned(),
                stretch: 0.0,
            });
        };
        put(x, &number);
        if !reference.is_empty() {
            put(LEFT, &reference);
        }
        page.push(Mark::Rule {
            x: (LEFT, RIGHT),
            y: y - 11.0,
            weight: 0.4,
            dotted: false,
        });
    }
}

fn prose(sheet: &mut Sheet<'_>, text: &str) {
    sheet.paragraph((LEFT, RIGHT), BODY, LEADING, Align::Left, text);
    sheet.space(2.0);
}

/// A line of a data table; the value wraps under itself, and is a blank to fill in when nobody knows it.
fn row(sheet: &mut Sheet<'_>, label: &str, style: Style, value: &str) {
    sheet.need(LEADING);
    let y = sheet.y + BODY.size;
    sheet.text(INDENT, y, BODY, label);
    sheet.text(COLON, y, BODY, ":");
    let value = clean(value);
    if value.is_empty() {
        sheet.blank((VALUE, RIGHT), y);
        sheet.space(BY_HAND);
    } else {
        sheet.paragraph((VALUE, RIGHT), style, LEADING, Align::Left, &value);
    }
}

/// "22 November 2026".
fn in_words(day: Day) -> String {
    match month::name(day.month, Language::Id) {
        Some(month) => format!("{} {month} {}", day.day, day.year),
        None => day.to_string(),
    }
}

/// Hex digits in groups of four, for the eye.
fn in_groups(digits: &str) -> String {
    let digits: Vec<char> = digits.chars().collect();
    digits
        .chunks(4)
        .map(|group| group.iter().collect::<String>())
        .collect::<Vec<_>>()
        .join(" ")
}
