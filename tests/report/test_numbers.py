import math
import re

import numpy as np
import pytest

from widelimit.report.numbers import at_most, fixed, limits, number, power


@pytest.mark.parametrize(
    "value, digits, text",
    [
        (0.123456, 4, "0.1235"),
        (0.0085, 2, "0.0085"),
        (-2.5, 4, "−2.5"),
        (0.6801, 3, "0.68"),
        (1.999999, 7, "1.999999"),
        (0.0, 4, "0"),
        (-0.0, 4, "0"),
        # Never 2.5e+02.
        (249.2, 2, "250"),
        (4138.0, 2, "4100"),
        (93450.0, 4, "93\u202f450"),
        (12345.678, 7, "12\u202f345.68"),
        (99999.9, 4, "10⁵"),
        (0.0001, 2, "0.0001"),
        (9.99e-5, 2, "0.0001"),
        (9.94e-5, 2, "9.9\u202f×\u202f10⁻⁵"),
        (1.5e-7, 4, "1.5\u202f×\u202f10⁻⁷"),
        (-3.2e12, 4, "−3.2\u202f×\u202f10¹²"),
        (np.float64(1e5), 4, "10⁵"),
        (-1e-9, 4, "−10⁻⁹"),
        (np.nan, 4, "–"),
        (np.inf, 4, "∞"),
        (-np.inf, 4, "−∞"),
    ],
)
def test_significant_digits(value, digits, text):
    assert number(value, digits) == text


@pytest.mark.parametrize(
    "value, text",
    [
        *((3, "3"), (-3, "−3"), (9999, "9999"), (-12345, "−12\u202f345")),
        *((np.int32(7), "7"), (1048576, "1\u202f048\u202f576")),
    ],
)
def test_integers_are_exact(value, text):
    assert number(value, 1) == text


def read(text):
    """The value of a number as `number` writes it."""
    scientific = re.fullmatch(r"(−?)(?:(.+)\u202f×\u202f)?10([⁻⁰¹²³⁴⁵⁶⁷⁸⁹]+)", text)
    if scientific:
        sign, factor, exponent = scientific.groups()
        text = f"{sign}{factor or 1}e{exponent}"
    ascii = str.maketrans("⁻⁰¹²³⁴⁵⁶⁷⁸⁹−", "-0123456789-", "\u202f")
    return float(text.translate(ascii))


@pytest.mark.parametrize("digits", [1, 2, 3, 7])
def test_what_is_written_is_the_rounded_value(digits):
    rng = np.random.default_rng(0)
    for value in rng.standard_normal(300) * 10.0 ** rng.integers(-20, 20, 300):
        assert read(number(value, digits)) == float(f"{value:.{digits - 1}e}")


@pytest.mark.parametrize(
    "value, decimals, text",
    [(-0.5, 2, "−0.50"), (0.456, 1, "0.5"), (-0.001, 2, "0.00"), (12, 3, "12.000")],
)
def test_fixed(value, decimals, text):
    assert fixed(value, decimals) == text


@pytest.mark.parametrize(
    "value, text",
    [
        *((10, "10"), (100, "100"), (1000, "10³"), (100_000, "10⁵"), (64, "2⁶"), (2**20, "2²⁰")),
        *((4, "4"), (0, "0"), (1, "1"), (300, "300"), (20_000, "20\u202f000"), (4000, "4000")),
        (np.int64(1024), "2¹⁰"),
    ],
)
def test_power(value, text):
    assert power(value) == text


def test_rounding_is_not_quoted():
    assert at_most(3e-15) == "less than 10⁻¹⁰"
    assert at_most(0.2512) == "at most 0.25"


@pytest.mark.parametrize(
    "low, high, text",
    [
        (1, 1, "= 1"),
        (math.nan, 1e-9, "≤ 10⁻⁹"),
        (2, math.nan, "≥ 2"),
        (2 - 1e-6, 2 + 1e-6, "1.999999 to 2.000001"),
    ],
)
def test_limits(low, high, text):
    assert limits(low, high) == text
