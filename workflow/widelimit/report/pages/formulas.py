"""Formulas: LaTeX in the text of a template becomes MathML, in a font that every page carries."""

import re
import xml.etree.ElementTree as ElementTree

from jinja2.ext import Extension
from latex2mathml.converter import convert
from markupsafe import Markup

_MATHML = "http://www.w3.org/1998/Math/MathML"
_BEFORE_SIGN = frozenset("([{⟨|,;=<>≤≥≈∼→⟶↦∈×·/:")
"""Operators after which a minus or plus is a sign of what follows, not a difference or a sum."""
_PRIMES = frozenset("′″‴")
_IDENTIFIERS = frozenset(["∞", "∂", "∇", "min", "max"])


def formula(latex: str, *, block: bool = False) -> Markup:
    """LaTeX as MathML; a block formula may be scrolled sideways where it is wider than the page."""
    root = ElementTree.fromstring(convert(latex.strip(), display="block" if block else "inline"))
    for row in root.iter():
        _mend(row)
    _pair_bars(root)
    ElementTree.register_namespace("", _MATHML)
    mathml = Markup(ElementTree.tostring(root, encoding="unicode"))
    return Markup('<div class="formula" tabindex="0">{}</div>').format(mathml) if block else mathml


def _mend(row: ElementTree.Element) -> None:
    """What the converter gets wrong among the children of an element, by MathML Core's rules.

    Primes are operators, as are angle brackets; infinity, derivatives, min and max are identifiers;
    a minus after a bracket, a comma or a relation is a sign; a slash has no space about it; a
    relation at the end of a row keeps its space; a wide hat over several signs is an accent.
    """
    before = None
    for child in row:
        name, text = child.tag.removeprefix(f"{{{_MATHML}}}"), child.text or ""
        if name == "mo" and text in _IDENTIFIERS:
            child.tag = f"{{{_MATHML}}}mi"
        elif name == "mi" and (text in _PRIMES or text in "⟨⟩"):
            child.tag = f"{{{_MATHML}}}mo"
            if text in "⟨⟩":
                child.attrib |= {
                    "stretchy": "false",
                    "form": "prefix" if text == "⟨" else "postfix",
                }
        elif name == "mo" and text == "/":
            child.attrib |= {"lspace": "0", "rspace": "0"}
        elif name == "mo" and text in "−+-" and before in _BEFORE_SIGN:
            child.set("form", "prefix")
        elif name == "mo" and text in "=≤≥" and child is row[-1] and len(row) > 1:
            child.set("form", "infix")
        elif name == "mover" and (child[-1].text or "") == "^":
            child.set("accent", "true")
        before = child.text if child.tag.endswith("}mo") else None


def _pair_bars(root: ElementTree.Element) -> None:
    # A bar between two signs is taken for a relation, with space about it, unless it is told apart.
    bars = (mo for mo in root.iter(f"{{{_MATHML}}}mo") if mo.text in ("|", "‖"))
    for place, bar in enumerate(bar for bar in bars if "form" not in bar.attrib):
        bar.set("form", "postfix" if place % 2 else "prefix")


class Formulas(Extension):
    r"""\( ... \) and \[ ... \] in the text of a template become MathML."""

    _INLINE = re.compile(r"\\\((.+?)\\\)([,.;:)]*)", re.DOTALL)
    _BLOCK = re.compile(r"\\\[(.+?)\\\]", re.DOTALL)

    def preprocess(self, source, name, filename=None):
        source = self._BLOCK.sub(lambda match: formula(match[1], block=True), source)
        return self._INLINE.sub(_with_punctuation, source)


def _with_punctuation(match: re.Match) -> str:
    # A line may break between a formula and the comma after it unless something forbids it.
    mathml, after = formula(match[1]), match[2]
    return f'<span class="unbroken">{mathml}{after}</span>' if after else mathml
