"""Write data/fonts/: Noto Sans CJK SC, cut down to the characters that maps and sheets may need.

    pip install pypinyin-dict==0.9.0 && python -m tools.build_font NotoSansCJK-Regular.ttc

Debian has the collection in fonts-noto-cjk. Outlines become quadratic (TrueType): only those stay text in a PDF of
matplotlib. The same collection and the same fontTools write the same bytes.
"""

from __future__ import annotations

import argparse
import hashlib
from itertools import chain
from pathlib import Path
from typing import TYPE_CHECKING, Any

import pandas as pd
from fontTools import subset
from fontTools.pens.cu2quPen import Cu2QuPen
from fontTools.pens.ttGlyphPen import TTGlyphPen
from fontTools.ttLib import TTCollection, TTFont, newTable

if TYPE_CHECKING:
    from collections.abc import Iterator

ROOT = Path(__file__).resolve().parents[1]
OUT = ROOT / "data" / "fonts" / "NotoSansSC-Regular.ttf"
FACE = "Noto Sans CJK SC"
#: Latin with accents, punctuation, arrows and mathematics, circled numbers, shapes, kana-free CJK marks, full width.
RANGES = ((0x20, 0x180), (0x2000, 0x2070), (0x2190, 0x2270), (0x2460, 0x2500), (0x25A0, 0x2606), (0x3000, 0x3020))
FULL_WIDTH = (0xFF00, 0xFFEF)
GB2312_ROWS = range(0xA1, 0xF8)
GB2312_CELLS = range(0xA1, 0xFF)
#: Where names come from that a map may show.
TEXTS = ("data/gazetteer/*.csv", "data/orgs/*.csv", "data/business/*.toml", "words/zh/*.toml")
TABLES = ("data/gazetteer/*.parquet", "data/boundaries/*.parquet")
LEFT_OUT = ("BASE", "GDEF", "GPOS", "GSUB", "VORG", "vhea", "vmtx")
#: Thousandths of an em that a curve may move.
MAX_ERROR = 1.0
#: What maxp 1.0 counts beside points and contours: instructions, of which there are none.
NO_INSTRUCTIONS = {
    "maxZones": 1,
    "maxTwilightPoints": 0,
    "maxStorage": 0,
    "maxFunctionDefs": 0,
    "maxInstructionDefs": 0,
    "maxStackElements": 0,
    "maxSizeOfInstructions": 0,
    "maxComponentElements": 0,
}


def main() -> None:
    """Write the font and say what it holds."""
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("collection", type=Path, help="NotoSansCJK-Regular.ttc")
    collection = parser.parse_args().collection
    font = with_quadratic_outlines(cut_down(face(collection, FACE), wanted_characters()))
    font.recalcTimestamp = False
    font.save(OUT)
    content = OUT.read_bytes()
    print(f"source {hashlib.sha256(collection.read_bytes()).hexdigest()}")
    size, characters = len(content), len(font.getBestCmap())
    print(f"{OUT.name} {hashlib.sha256(content).hexdigest()}, {size:,} bytes, {characters:,} characters")


def face(collection: Path, name: str) -> TTFont:
    """Return the face of a collection with that full name."""
    return next(font for font in TTCollection(str(collection), lazy=True).fonts if font["name"].getDebugName(4) == name)


def wanted_characters() -> list[int]:
    """Return the code points to keep: 通用规范汉字表, GB 2312, signs, and all that our own tables and words write."""
    from pypinyin_dict.pinyin_data.kmandarin_8105 import pinyin_dict  # noqa: PLC0415 - only this build needs it

    signs = chain.from_iterable(range(*ends) for ends in (*RANGES, FULL_WIDTH))
    return sorted({*pinyin_dict, *gb2312(), *signs, *map(ord, "".join(own_texts()))})


def gb2312() -> Iterator[int]:
    """Yield every character of GB 2312."""
    for row in GB2312_ROWS:
        cells = bytes(chain.from_iterable((row, cell) for cell in GB2312_CELLS))
        yield from map(ord, cells.decode("gb2312", errors="ignore"))


def own_texts() -> Iterator[str]:
    """Yield the texts of the product's own tables and words."""
    for pattern in TEXTS:
        yield from (path.read_text(encoding="utf-8") for path in sorted(ROOT.glob(pattern)))
    for pattern in TABLES:
        for path in sorted(ROOT.glob(pattern)):
            table = pd.read_parquet(path)
            yield from ("".join(table[name].dropna()) for name in table if table[name].dtype == "str")


def cut_down(font: TTFont, characters: list[int]) -> TTFont:
    """Return a face with these characters alone, without hints, vertical metrics and features."""
    options = subset.Options()
    options.layout_features, options.name_IDs = [], ["*"]
    options.hinting, options.desubroutinize, options.notdef_outline = False, True, True
    options.recalc_timestamp = False
    options.drop_tables += LEFT_OUT
    subsetter = subset.Subsetter(options)
    subsetter.populate(unicodes=characters)
    subsetter.subset(font)
    return font


def with_quadratic_outlines(font: TTFont) -> TTFont:
    """Return a face of cubic outlines (CFF) as TrueType."""
    names, drawn = font.getGlyphOrder(), font.getGlyphSet()
    outlines = newTable("glyf")
    outlines.glyphOrder, outlines.glyphs = names, {name: quadratic(drawn[name]) for name in names}
    font["loca"], font["glyf"] = newTable("loca"), outlines
    metrics = font["hmtx"]
    for name in names:
        outlines[name].recalcBounds(outlines)
        metrics[name] = (metrics[name][0], getattr(outlines[name], "xMin", 0))
    font["maxp"].tableVersion = 0x00010000
    vars(font["maxp"]).update(NO_INSTRUCTIONS)
    font["post"].formatType = 3.0
    del font["CFF "]
    font.sfntVersion = "\x00\x01\x00\x00"
    return font


def quadratic(outline: Any) -> Any:
    """Return a glyph's outline in quadratic curves."""
    pen = TTGlyphPen(None)
    outline.draw(Cu2QuPen(pen, MAX_ERROR, reverse_direction=True))
    return pen.glyph()


if __name__ == "__main__":
    main()
