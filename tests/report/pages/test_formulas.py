"""Formulas are MathML that every browser lays out alike, and each of their signs is in the font."""

import re
import xml.etree.ElementTree as ElementTree

import pytest
from fontTools.ttLib import TTFont

from checkout import ROOT
from widelimit.report.pages.formulas import Formulas, formula
from widelimit.report.pages.math_font import FONT, characters, italic

TEMPLATES = ROOT / "workflow/widelimit/report/pages/templates"
LATEX = re.compile(r"\\\((.+?)\\\)|\\\[(.+?)\\\]", re.DOTALL)
MATHML = "{http://www.w3.org/1998/Math/MathML}"


def all_formulas():
    texts = [path.read_text(encoding="utf-8") for path in sorted(TEMPLATES.iterdir())]
    return {one or two for text in texts for one, two in LATEX.findall(text)}


def elements(latex):
    return ElementTree.fromstring(formula(latex)).iter()


def drawn(latex):
    """The characters that a browser draws: identifiers of one letter are italic."""
    for element in elements(latex):
        text = element.text or ""
        is_letter = element.tag == MATHML + "mi" and len(text) == 1
        yield from italic(text) if is_letter else text


def test_every_sign_of_every_formula_is_in_the_font():
    assert len(all_formulas()) > 100
    glyphs = set(map(chr, TTFont(FONT).getBestCmap()))
    for latex in all_formulas():
        assert set(drawn(latex)) - {" ", "\n"} <= glyphs, latex


def test_the_font_holds_what_it_says_and_can_lay_out_mathematics():
    font = TTFont(FONT)
    assert characters() <= set(map(chr, font.getBestCmap()))
    assert "MATH" in font
    assert font["MATH"].table.MathConstants.RadicalRuleThickness.Value > 0
    assert "SIL Open Font License" in str(font["name"].getName(13, 3, 1))
    assert FONT.with_suffix(".LICENSE").exists()
    assert FONT.stat().st_size < 100_000


@pytest.mark.parametrize(
    "letter, drawn",
    [
        ("x", "𝑥"),
        ("h", "ℎ"),
        ("Z", "𝑍"),
        ("α", "𝛼"),
        ("ω", "𝜔"),
        ("ϕ", "𝜙"),
        ("Γ", "𝛤"),
        ("∞", "∞"),
    ],
)
def test_identifiers_are_italic(letter, drawn):
    assert italic(letter) == drawn


def operators(latex):
    """(text, form) of the operators in a formula."""
    return [(e.text, e.get("form")) for e in elements(latex) if e.tag == MATHML + "mo"]


@pytest.mark.parametrize("latex", ["(-1)", "[-1, 1]", "x = -y", "a, -b", r"x \to -y", r"x \le -1"])
def test_a_minus_after_a_bracket_or_a_relation_is_a_sign(latex):
    assert ("−", "prefix") in operators(latex)


@pytest.mark.parametrize("latex", ["a - b", "(a) - b", r"\xi_1 - 1", "2 - 1"])
def test_a_minus_between_two_is_a_difference(latex):
    assert ("−", None) in operators(latex)


def test_a_relation_at_the_end_keeps_its_space():
    assert operators("L =") == [("=", "infix")]


def test_primes_and_angles_are_operators_and_infinity_is_not():
    assert ("′", None) in operators(r"\phi'(u)")
    assert ("⟨", "prefix") in operators(r"\langle x, y \rangle")
    assert not operators(r"\infty")


@pytest.mark.parametrize("latex", ["s |a|", "e^{-L|x - z|^2}", r"\|K\|_2"])
def test_bars_embrace(latex):
    bars = [form for text, form in operators(latex) if text in "|‖"]
    assert bars == ["prefix", "postfix"]


def test_a_wide_hat_is_an_accent():
    hats = [e for e in elements(r"\widehat{\phi'}") if e.tag == MATHML + "mover"]
    assert [hat.get("accent") for hat in hats] == ["true"]


def test_formulas_in_the_text_of_a_template():
    extension = Formulas.__new__(Formulas)
    source = r"a \(x < y\) b \[ z^2 \] (c) [d] {{ e }}"
    html = extension.preprocess(source, "name")
    assert html.startswith("a <math")
    assert html.endswith("(c) [d] {{ e }}")
    assert html.count("<math") == 2
    assert 'display="inline"' in html
    assert 'display="block"' in html
    glued = extension.preprocess(r"(as \(k\)), so", "name")
    assert re.fullmatch(r'\(as <span class="unbroken"><math.*</math>\),</span> so', glued)
    root = ElementTree.fromstring(formula("x < y"))
    assert "".join(root.itertext()) == "x<y"
