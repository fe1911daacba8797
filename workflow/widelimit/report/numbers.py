"""Numbers as text: one format for figures, captions, findings, claims and pages."""

import math
from numbers import Integral

_SUPERSCRIPTS = str.maketrans("-0123456789", "⁻⁰¹²³⁴⁵⁶⁷⁸⁹")
_SPACE = "\u202f"
"""Narrow, and no line breaks at it."""


def number(value: float, digits: int = 4) -> str:
    """``value`` to ``digits`` significant digits, without trailing zeros; integers are exact.

    0.0085, −0.5, 4100, 93 450; below 10⁻⁴ and from 10⁵ on 3.4 × 10⁻¹⁶ or 10⁶. NaN is a dash.
    """
    if isinstance(value, Integral):
        return _grouped(f"{value:,}")
    if math.isnan(value):
        return "–"
    if math.isinf(value):
        return "∞" if value > 0 else "\u2212∞"
    rounded = f"{value:z.{digits - 1}e}"
    mantissa, exponent = rounded.split("e")
    shift = int(exponent)
    if -5 < shift < 5:
        return _grouped(_trimmed(f"{float(rounded):,.{max(digits - 1 - shift, 0)}f}"))
    factor, power_of_ten = _grouped(_trimmed(mantissa)), f"10{superscript(shift)}"
    if factor in ("1", "\u22121"):
        return factor.replace("1", power_of_ten)
    return f"{factor}{_SPACE}×{_SPACE}{power_of_ten}"


def _trimmed(decimal: str) -> str:
    return decimal.rstrip("0").rstrip(".") if "." in decimal else decimal


def _grouped(decimal: str) -> str:
    # Four digits are read at a glance: 9999, but 10 000.
    digits = sum(character.isdigit() for character in decimal.split(".")[0])
    return decimal.replace(",", _SPACE if digits > 4 else "").replace("-", "\u2212")


def fixed(value: float, decimals: int = 2) -> str:
    """Rounded to ``decimals`` places, for numbers that are compared or added: −0.50, 0.00."""
    return f"{value:z.{decimals}f}".replace("-", "\u2212")


def power(value: int) -> str:
    """2¹⁰ for 1024, 10⁵ for 100000; other integers as `number` writes them."""
    for base, smallest in ((10, 3), (2, 3)):
        exponent = round(math.log(value, base)) if value > 0 else 0
        if exponent >= smallest and base**exponent == value:
            return f"{base}{superscript(exponent)}"
    return number(int(value))


def superscript(exponent: int) -> str:
    """⁻¹⁶ for -16."""
    return str(exponent).translate(_SUPERSCRIPTS)


def at_most(value: float) -> str:
    """ "at most 0.25"; below 10⁻¹⁰ digits differ from machine to machine: "less than 10⁻¹⁰"."""
    return "less than 10⁻¹⁰" if value < 1e-10 else f"at most {number(value, 2)}"


def percent(share: float, decimals: int = 0) -> str:
    """98 % of 0.98; nothing of what is not known."""
    return "" if math.isnan(share) else f"{fixed(100 * share, decimals)} %"


def limits(low: float, high: float) -> str:
    """≤ 1, ≥ 1, 1 to 2, or = 1; a limit that there is not is missing."""
    if low == high:
        return f"= {number(low, 7)}"
    if math.isnan(low):
        return f"≤ {number(high, 7)}"
    if math.isnan(high):
        return f"≥ {number(low, 7)}"
    return f"{number(low, 7)} to {number(high, 7)}"
