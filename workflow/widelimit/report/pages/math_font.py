"""The font of formulas: the part of STIX Two Math that pages use, small enough to be on each page.

Without a font that has a MATH table a browser sets every constant of the layout to 0: the bar of a
root vanishes, and so do primes. ``python -m widelimit.report.pages.math_font FONT.ttf`` cuts the
part out of the whole font; `make font` gets that and calls it.
"""

import sys
from pathlib import Path

FONT = Path(__file__).parent / "style" / "stix-two-math.woff"
"""Under the SIL Open Font License, whose text is next to it."""

_LATIN = "abcdefghijklmnopqrstuvwxyzABCDEFGHIJKLMNOPQRSTUVWXYZ"
_GREEK = "αβγδεζηθικλμνξοπρςστυφχψωϑϕϖϱϵΓΔΘΛΞΠΣΦΨΩ"
_SIGNS = "0123456789 !()[]{}|‖⟨⟩,.;:/+-−±×·∘*=≠<>≤≥≪≫≈∼∝→↦∈∉⊂∪∩∞∂∇√∑∏∫′″…⋯^ˆ˜¯~_⊤⊥𝔼ℝℓ"
_ITALIC = {"h": "ℎ"}
_FIRST_ITALIC = {"a": 0x1D44E, "A": 0x1D434, "α": 0x1D6FC, "Α": 0x1D6E2}


def characters() -> set[str]:
    """All characters of the subset: letters as they are and in italics, digits, signs."""
    return set(_LATIN + _GREEK + _SIGNS) | {italic(letter) for letter in _LATIN + _GREEK}


def italic(letter: str) -> str:
    """The mathematical italic that a browser draws for an identifier of one letter, such as x."""
    special = {"ϑ": 0x1D717, "ϕ": 0x1D719, "ϖ": 0x1D71B, "ϱ": 0x1D71A, "ϵ": 0x1D716}
    if letter in _ITALIC:
        return _ITALIC[letter]
    if letter in special:
        return chr(special[letter])
    for first in ("α", "Α", "a", "A"):
        if ord(first) <= ord(letter) <= ord(first) + 25:
            return chr(_FIRST_ITALIC[first] + ord(letter) - ord(first))
    return letter


def subset(source: str) -> None:
    """Write `FONT` from a TrueType or OpenType file of STIX Two Math; no date goes into it."""
    from fontTools import subset as tool

    options = tool.Options()
    options.flavor = "woff"
    options.layout_features = ["ssty", "kern"]
    options.hinting = False
    options.name_IDs = [0, 1, 2, 5, 13, 14]
    options.recalc_timestamp = False
    font = tool.load_font(source, options)
    cut = tool.Subsetter(options)
    cut.populate(unicodes=[ord(character) for character in characters()])
    cut.subset(font)
    _one_width_of_roots(font)
    tool.save_font(font, str(FONT), options)


def _one_width_of_roots(font) -> None:
    """Make tall root signs as wide as the first, and leave out the one that is put together.

    Chromium keeps room for the widest sign beside each root, however low: "√k ." with a gap.
    """
    variants = font["MATH"].table.MathVariants
    root = font.getBestCmap()[ord("√")]
    signs = variants.VertGlyphConstruction[variants.VertGlyphCoverage.glyphs.index(root)]
    signs.GlyphAssembly = None
    width, _ = font["hmtx"][root]
    for variant in signs.MathGlyphVariantRecord:
        name = variant.VariantGlyph
        advance, bearing = font["hmtx"][name]
        glyph = font["glyf"][name]
        glyph.coordinates.scale((width / advance, 1))
        glyph.coordinates.toInt()
        glyph.recalcBounds(font["glyf"])
        font["hmtx"][name] = (width, round(bearing * width / advance))


if __name__ == "__main__":
    subset(sys.argv[1])
