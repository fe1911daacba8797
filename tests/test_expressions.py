import math
import re
from contextlib import suppress

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st

from checkout import ROOT
from widelimit.expressions import FUNCTIONS, check_expression, evaluate_expression

T = np.linspace(-0.9, 0.9, 7)

# Each function against the standard library.
PYTHON = {name: getattr(math, name, None) for name in FUNCTIONS} | {
    "arcsin": math.asin,
    "arccos": math.acos,
    "arctan": math.atan,
    "arcsinh": math.asinh,
    "arctanh": math.atanh,
    "abs": abs,
    "ln": math.log,
    "sign": lambda t: math.copysign(1, t),
}
SPECIAL = ("where", "arctan2", "arccosh", "min", "max")


@pytest.mark.parametrize("name", [n for n in FUNCTIONS if n not in SPECIAL])
def test_functions_are_those_of_the_standard_library(name):
    t = np.abs(T) + 0.05
    expected = [PYTHON[name](value) for value in t]
    np.testing.assert_allclose(evaluate_expression(f"{name}(t)", {"t": t}), expected, rtol=1e-14)


@pytest.mark.parametrize(
    "text, expected",
    [
        ("t + sin(10 * t)", T + np.sin(10 * T)),
        ("1/2 + 0*t", np.full(7, 0.5)),  # numbers are floats: no integer division
        ("t**2 - t*t", np.zeros(7)),
        ("2**-1 * t", T / 2),
        ("where(t > 0, 1, -1)", np.where(T > 0, 1.0, -1.0)),
        ("arctan2(t, 1)", np.arctan2(T, 1)),
        ("pi * e", np.full(7, math.pi * math.e)),
        ("10**30 * 0 + t % 0.5", T % 0.5),
        (" - t ", -T),
        ("(t > -0.5) + (t > 0.5)", (T > -0.5) * 1.0 + (T > 0.5)),
        ("(t > 0) - (t < 0)", np.sign(T)),
        ("-(t > 0) / 2", (T > 0) * -0.5),
        ("-0.5 < t <= 0.5", ((T > -0.5) & (T <= 0.5)) * 1.0),
        ("where(t + 2, t, 7)", T),
        ("where((t > -0.5) + (t > 0.5) == 1, 1, 0)", ((T > -0.5) & (T <= 0.5)) * 1.0),
        ("min(t, 0.5, -t) + max(0, t)", np.minimum(T, -T) + np.maximum(T, 0)),
        ("sign(t) * abs(t) ** (1/3)", np.cbrt(T)),
        ("(-8) ** 3 + t ** 3", T**3 - 512),
    ],
)
def test_values(text, expected):
    values = evaluate_expression(text, {"t": T})
    np.testing.assert_allclose(values, expected, rtol=1e-14, atol=1e-15)
    assert values.dtype == float


@pytest.mark.parametrize(
    "text",
    [
        "t.real",
        "t[0]",
        "__import__('os').system('true')",
        "(lambda: t)()",
        "[t for t in t]",
        "'a'",
        "t if t else 1",
        "t and 1",
        "~t",
        "t // 2",
        "t @ t",
        "sin(t, out=t)",
        "sin(*t)",
        "exp",
        "t; t",
        "t = 1",
        "",
        "1j * t",
        "True",
        "9**1" + "0" * 400,
        "1e999",
        "f'{t}'",
        "(t := 1)",
        "t" + "+t" * 600,
        "-" * 100 + "t",
        "t\x00",
    ],
)
def test_what_is_no_arithmetic_is_refused(text):
    with pytest.raises(ValueError, match=r"expression|unknown|range|allowed|nested"):
        check_expression(text, ["t"])


def test_a_value_that_is_not_finite_names_the_point():
    with pytest.raises(ValueError, match=r"not finite at 1 of 7 points, such as t = 0"):
        evaluate_expression("1 / t", {"t": np.array([-1.0, -0.5, 0, 0.5, 1, 2, 3])})
    with pytest.raises(ValueError, match=r"not finite at 7 of 7"):  # and does not hang
        evaluate_expression("9**9**9 + t", {"t": T})


@pytest.mark.parametrize(
    "text, power",
    [
        ("(-8) ** (1/3) + t", r"\(-8\) \*\* \(1 / 3\)"),
        ("t * (-4) ** 0.5 + 1", r"\(-4\) \*\* 0\.5"),
        ("(-1) ** 1.5 + t", r"\(-1\) \*\* 1\.5"),
        ("1 + t ** (1/3)", r"t \*\* \(1 / 3\)"),
    ],
)
def test_roots_of_negative_numbers_are_refused(text, power):
    with pytest.raises(ValueError, match=rf"not finite at .*; {power} is a fractional power"):
        evaluate_expression(text, {"t": T})


@pytest.mark.parametrize(
    "text, hint",
    [
        *((text, r"written with \*, as") for text in ("2t", "t(1-t)", "(t+1)(t-1)", "2(t+1)")),
        *((text, r"written with \*, as") for text in ("3 t", "t t", "(t) t", "2pi*t", "2e")),
        *((text, r"power with \*\*") for text in ("t^2", "t²", "t2", "tpi", "2 * t(t)", "pi(t)")),
        *((text, r"is abs\(t\)") for text in ("|t|", "2*|t|", "1 + |t - 1|", "t | t")),
        *((text, r"as in sin\(t\)") for text in ("sin t", "1 + cos 2", "sin")),
        ("t // 2", "write floor"),
        ("t and 1", "write where"),
        ("t if t else 1", "write where"),
        ("True", "write 1 and 0"),
        ("sin(t, t)", "sin takes 1 argument; got 2"),
        ("where(t, 1)", "where takes 3 arguments; got 2"),
        ("max(t)", "max takes 2 arguments or more; got 1"),
        ("asin(t)", "functions are sin, cos"),
        ("1j * t", "not '1j': '1j"),
        ("t +", "'t \\+'; functions are"),
    ],
)
def test_what_is_meant_is_hinted_at(text, hint):
    with pytest.raises(ValueError, match=hint) as raised:
        check_expression(text, ["t"])
    inner = ("Call", "BinOp", "BoolOp", "IfExp", "Constant", "opcode", "ufunc")
    assert not any(word in str(raised.value) for word in inner)


class NotFinite(Exception):
    pass


def plain(tree, t):
    """An expression at one point, with the rules of arithmetic that one learns at school."""
    if not isinstance(tree, tuple):
        return t if tree == "t" else tree
    name, *parts = tree
    one, two, three, *_ = *(plain(part, t) for part in parts), 0.0, 0.0
    if name in ("/", "%") and two == 0:
        raise NotFinite
    value = {
        "+": lambda: one + two,
        "-": lambda: one - two,
        "*": lambda: one * two,
        "/": lambda: one / two,
        "%": lambda: one % two,
        "<": lambda: float(one < two),
        ">=": lambda: float(one >= two),
        "==": lambda: float(one == two),
        "min": lambda: min(one, two),
        "max": lambda: max(one, two),
        "abs": lambda: abs(one),
        "sign": lambda: float(one > 0) - float(one < 0),
        "floor": lambda: float(math.floor(one)),
        "where": lambda: two if one != 0 else three,
    }[name]()
    if not math.isfinite(value):
        raise NotFinite
    return value


def written(tree):
    if not isinstance(tree, tuple):
        return repr(tree).strip("'")
    name, *parts = tree
    texts = [written(part) for part in parts]
    return f"{name}({', '.join(texts)})" if name.isalpha() else f"({f' {name} '.join(texts)})"


def trees(children):
    signs = st.sampled_from(["+", "-", "*", "/", "%", "<", ">=", "==", "min", "max"])
    return (
        st.tuples(signs, children, children)
        | st.tuples(st.sampled_from(["abs", "sign", "floor"]), children)
        | st.tuples(st.just("where"), children, children, children)
    )


LEAVES = st.just("t") | st.integers(0, 5).map(float) | st.floats(0, 10)


@given(st.recursive(LEAVES, trees, max_leaves=12), st.floats(-3, 3))
def test_values_are_those_of_a_plain_evaluator(tree, t):
    """To the last bit: these operations are exact or rounded once, in NumPy as in Python."""
    with suppress(NotFinite):
        expected = plain(tree, t)
        assert evaluate_expression(written(tree), {"t": np.array([t])})[0] == expected


@given(st.text(max_size=40))
def test_any_text_is_a_number_or_a_value_error(text):
    with suppress(ValueError):
        values = evaluate_expression(text, {"t": T})
        assert values.shape == T.shape
        assert np.isfinite(values).all()


def test_functions_are_listed_wherever_targets_are_written():
    for path in ("config.yaml", "config/README.md"):
        words = set(re.findall(r"\w+", (ROOT / path).read_text()))
        assert set(FUNCTIONS) <= words, path
    for text in ("|t|", "absolute(t)", "u", "t[0]"):
        with pytest.raises(ValueError, match=", ".join(FUNCTIONS)):
            check_expression(text, ["t"])
