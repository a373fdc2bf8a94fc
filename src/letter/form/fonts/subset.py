#!/usr/bin/env python3
"""Makes the two fonts of the statement-letter form: Tinos (Debian package fonts-croscore, OFL 1.1) cut down to Latin,
punctuation and marks, with two check boxes drawn in, under a name of its own.

    pip install fonttools; ./subset.py FOLDER_WITH_TINOS
"""
import os
import sys

from fontTools.pens.ttGlyphPen import TTGlyphPen
from fontTools.subset import Options, Subsetter
from fontTools.ttLib import TTFont

RANGES = [(0x20, 0x7E), (0xA0, 0x17F), (0x218, 0x21B), (0x2B9, 0x2BF), (0x300, 0x331), (0x1E00, 0x1EFF),
          (0x2010, 0x2015), (0x2018, 0x201E), (0x2020, 0x2022), (0x2026, 0x2026), (0x2030, 0x2033), (0x2039, 0x203A),
          (0x20AC, 0x20AC), (0x2116, 0x2116), (0x2122, 0x2122), (0x2212, 0x2212), (0xFFFD, 0xFFFD)]
HERE = os.path.dirname(os.path.abspath(__file__))


def box(pen, low, high, left, right, line):
    for inset, clockwise in ((0, True), (line, False)):
        a, b, c, d = left + inset, right - inset, low + inset, high - inset
        corners = [(a, c), (a, d), (b, d), (b, c)]
        corners = corners if clockwise else corners[::-1]
        pen.moveTo(corners[0])
        for corner in corners[1:]:
            pen.lineTo(corner)
        pen.closePath()


def tick(pen, low, left, unit):
    points = [(0.16, 0.52), (0.28, 0.62), (0.42, 0.42), (0.86, 1.10), (0.98, 1.02), (0.44, 0.14)]
    pen.moveTo((left + points[0][0] * unit, low + points[0][1] * unit))
    for x, y in points[1:]:
        pen.lineTo((left + x * unit, low + y * unit))
    pen.closePath()


def add(font, codepoint, name, draw):
    pen = TTGlyphPen(None)
    draw(pen)
    glyph = pen.glyph()
    font.setGlyphOrder(font.getGlyphOrder() + [name])
    font["glyf"].glyphs[name] = glyph
    font["glyf"].glyphOrder = font.getGlyphOrder()
    glyph.recalcBounds(font["glyf"])
    font["hmtx"].metrics[name] = (1740, glyph.xMin)
    for table in font["cmap"].tables:
        if table.isUnicode():
            table.cmap[codepoint] = name


for weight in ("Regular", "Bold"):
    font = TTFont(os.path.join(sys.argv[1], f"Tinos-{weight}.ttf"))
    options = Options()
    options.hinting, options.layout_features, options.glyph_names = False, [], False
    options.drop_tables += ["DSIG", "GPOS", "GSUB", "GDEF", "kern", "FFTM", "meta", "VDMX", "hdmx", "LTSH", "PCLT"]
    options.name_IDs = [0, 1, 2, 3, 4, 5, 6, 13, 14]
    subsetter = Subsetter(options)
    subsetter.populate(unicodes=[c for low, high in RANGES for c in range(low, high + 1)])
    subsetter.subset(font)
    low, high, left, right, line = -160, 1300, 140, 1600, 110
    add(font, 0x2610, "uni2610", lambda pen: box(pen, low, high, left, right, line))
    add(font, 0x2611, "uni2611", lambda pen: (box(pen, low, high, left, right, line), tick(pen, low + 80, left, 1460)))
    for record in font["name"].names:
        text = {1: "AMS Serif", 3: f"AMS Serif {weight} 1.0", 4: f"AMS Serif {weight}", 6: f"AMSSerif-{weight}"}.get(record.nameID)
        if text:
            record.string = text
    font["head"].modified = font["head"].created
    font.recalcTimestamp = False
    font.save(os.path.join(HERE, f"AMSSerif-{weight}.ttf"))
