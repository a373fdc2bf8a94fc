//! Writes sheets as a PDF: embedded TrueType fonts as Type0/CIDFontType2 with Identity-H, and a ToUnicode map of the
//! glyphs used, so that the text can be searched, copied and read by our own inspection (ISO 32000-1 §9.7, §9.10).

use std::collections::BTreeMap;
use std::io::Write;

use pdf_writer::types::{CidFontType, FontFlags, SystemInfo, UnicodeCmap};
use pdf_writer::{Content, Date, Filter, Finish, Name, Pdf, Rect, Ref, Str, TextStr};

use super::font::{Face, Fonts, Weight};
use super::sheet::{Mark, PAGE};
use crate::domain::{Timestamp, Zone};

const CATALOG: Ref = Ref::new(1);
const PAGES: Ref = Ref::new(2);
const INFO: Ref = Ref::new(3);
/// Each font takes five objects from here on; the pages follow, two objects each.
const FONTS: i32 = 4;
const FIRST_PAGE: i32 = FONTS + 10;

const SYSTEM_INFO: SystemInfo<'static> = SystemInfo {
    registry: Str(b"Adobe"),
    ordering: Str(b"Identity"),
    supplement: 0,
};

/// Glyphs that a font shows, with the character of each.
type Used = BTreeMap<u16, char>;

/// The file's bytes; the same input gives the same bytes.
pub(super) fn write(
    fonts: &Fonts,
    pages: &[Vec<Mark>],
    title: &str,
    created: Timestamp,
) -> Vec<u8> {
    let mut pdf = Pdf::new();
    let page_ids: Vec<Ref> = (0..pages.len() as i32)
        .map(|n| Ref::new(FIRST_PAGE + 2 * n))
        .collect();
    let mut catalog = pdf.catalog(CATALOG);
    catalog.pages(PAGES).lang(TextStr("id-ID"));
    catalog.viewer_preferences().display_doc_title(true);
    catalog.finish();
    pdf.pages(PAGES)
        .kids(page_ids.iter().copied())
        .count(pages.len() as i32);
    pdf.document_info(INFO)
        .title(TextStr(title))
        .producer(TextStr(concat!("ams ", env!("CARGO_PKG_VERSION"))))
        .creation_date(date(created));

    let mut used = [Used::new(), Used::new()];
    for (marks, id) in pages.iter().zip(&page_ids) {
        let content = Ref::new(id.get() + 1);
        let mut page = pdf.page(*id);
        page.parent(PAGES)
            .media_box(Rect::new(0.0, 0.0, PAGE.0, PAGE.1))
            .contents(content);
        let mut resources = page.resources();
        let mut names = resources.fonts();
        for weight in [Weight::Regular, Weight::Bold] {
            names.pair(font_name(weight), font_ref(weight, 0));
        }
        names.finish();
        resources.finish();
        page.finish();
        let drawn = deflate(&draw(fonts, marks, &mut used));
        pdf.stream(content, &drawn).filter(Filter::FlateDecode);
    }
    let [regular, bold] = &used;
    embed(&mut pdf, &fonts.regular, Weight::Regular, regular);
    embed(&mut pdf, &fonts.bold, Weight::Bold, bold);
    pdf.finish()
}

const fn font_name(weight: Weight) -> Name<'static> {
    match weight {
        Weight::Regular => Name(b"R"),
        Weight::Bold => Name(b"B"),
    }
}

/// Object `part` (0 to 4) of a font.
fn font_ref(weight: Weight, part: i32) -> Ref {
    let font = match weight {
        Weight::Regular => 0,
        Weight::Bold => 5,
    };
    Ref::new(FONTS + font + part)
}

/// The content stream of one page.
fn draw(fonts: &Fonts, marks: &[Mark], used: &mut [Used; 2]) -> Vec<u8> {
    let mut content = Content::new();
    for mark in marks {
        match mark {
            Mark::Rule {
                x,
                y,
                weight,
                dotted,
            } => {
                content.save_state().set_line_width(*weight);
                if *dotted {
                    // Round caps on dashes without length are dots.
                    content
                        .set_line_cap(pdf_writer::types::LineCapStyle::RoundCap)
                        .set_dash_pattern([0.0, 2.4], 0.0);
                }
                content
                    .move_to(x.0, PAGE.1 - y)
                    .line_to(x.1, PAGE.1 - y)
                    .stroke()
                    .restore_state();
            }
            Mark::Text {
                x,
                y,
                style,
                text,
                stretch,
            } => {
                let face = fonts.face(style.weight);
                content
                    .begin_text()
                    .set_font(font_name(style.weight), style.size)
                    .next_line(*x, PAGE.1 - y);
                let mut shown = content.show_positioned();
                let mut items = shown.items();
                for piece in text.split_inclusive(' ') {
                    let mut codes = Vec::with_capacity(piece.len() * 2);
                    for c in piece.chars() {
                        let (glyph, c) = face.glyph(c);
                        used[usize::from(style.weight == Weight::Bold)].insert(glyph.0, c);
                        codes.extend(glyph.0.to_be_bytes());
                    }
                    items.show(Str(&codes));
                    if *stretch > 0.0 && piece.ends_with(' ') {
                        items.adjust(-stretch * 1000.0 / style.size);
                    }
                }
                items.finish();
                shown.finish();
                content.end_text();
            }
        }
    }
    content.finish().into_vec()
}

/// The five objects of a font: Type0, CIDFont, descriptor, ToUnicode, file.
fn embed(pdf: &mut Pdf, face: &Face, weight: Weight, used: &Used) {
    let [type0, cid, descriptor, to_unicode, file] =
        [0, 1, 2, 3, 4].map(|part| font_ref(weight, part));
    let base = format!("AMSFRM+{}", face.post_script_name);
    let base = Name(base.as_bytes());
    pdf.type0_font(type0)
        .base_font(base)
        .encoding_predefined(Name(b"Identity-H"))
        .descendant_font(cid)
        .to_unicode(to_unicode);

    let mut font = pdf.cid_font(cid);
    font.subtype(CidFontType::Type2)
        .base_font(base)
        .system_info(SYSTEM_INFO)
        .font_descriptor(descriptor)
        .default_width(0.0)
        .cid_to_gid_map_predefined(Name(b"Identity"));
    let mut widths = font.widths();
    for glyph in used.keys() {
        let advance = face.advance(ttf_parser::GlyphId(*glyph));
        widths.same(*glyph, *glyph, (advance * 100.0).round() / 100.0);
    }
    widths.finish();
    font.finish();

    let scale = face.per_mille();
    let bounds = face.parsed.global_bounding_box();
    let scaled = |value: i16| (f32::from(value) * scale).round();
    pdf.font_descriptor(descriptor)
        .name(base)
        .flags(FontFlags::SERIF | FontFlags::SYMBOLIC)
        .bbox(Rect::new(
            scaled(bounds.x_min),
            scaled(bounds.y_min),
            scaled(bounds.x_max),
            scaled(bounds.y_max),
        ))
        .italic_angle(0.0)
        .ascent(scaled(face.parsed.ascender()))
        .descent(scaled(face.parsed.descender()))
        .cap_height(scaled(face.parsed.capital_height().unwrap_or_default()))
        .stem_v(if weight == Weight::Bold { 140.0 } else { 84.0 })
        .font_file2(file);

    let mut cmap = UnicodeCmap::new(Name(b"Adobe-Identity-UCS"), SYSTEM_INFO);
    for (glyph, c) in used {
        cmap.pair(*glyph, *c);
    }
    let cmap = deflate(&cmap.finish().into_vec());
    pdf.stream(to_unicode, &cmap).filter(Filter::FlateDecode);

    let packed = deflate(face.data);
    let mut stream = pdf.stream(file, &packed);
    stream.filter(Filter::FlateDecode);
    stream.pair(Name(b"Length1"), face.data.len() as i32);
    stream.finish();
}

fn deflate(bytes: &[u8]) -> Vec<u8> {
    let mut encoder = flate2::write::ZlibEncoder::new(Vec::new(), flate2::Compression::best());
    // Writing to memory does not fail; if it did, the stream would be empty and the tests would show it.
    let _ = encoder.write_all(bytes);
    encoder.finish().unwrap_or_default()
}

fn date(at: Timestamp) -> Date {
    let t = at.local(Zone::Utc);
    Date::new(u16::try_from(t.year()).unwrap_or(0))
        .month(t.month().into())
        .day(t.day())
        .hour(t.hour())
        .minute(t.minute())
        .second(t.second())
        .utc_offset_hour(0)
        .utc_offset_minute(0)
}
