"""Expressions as machine code: what NumPy computes of the same tree."""

import subprocess
import sys

import numpy as np
import pytest

from widelimit.expressions import FUNCTIONS
from widelimit.kernels import written_code
from widelimit.kernels.activations import parse_activation
from widelimit.kernels.elementwise import evaluator

WITHIN = {"arcsin": "u / 20", "arccos": "u / 20", "arctanh": "u / 20", "arccosh": "2 + u * u"}
WITHIN |= dict.fromkeys(("log", "ln", "log10", "sqrt"), "2 + u * u") | {"log1p": "u * u"}
WITHIN |= dict.fromkeys(("sinh", "cosh", "exp", "expm1"), "u / 2") | {"tan": "u / 10"}
WITHIN |= dict.fromkeys(("sign", "floor", "ceil"), "u + 0.5")  # what jumps at 0 is refused
SEVERAL = {"arctan2": "u, 2", "where": "u > 1, u, 0.2 * u", "min": "u, 1, u * u", "max": "u, -u"}
EXPRESSIONS = [
    *(f"u + {name}({SEVERAL.get(name, WITHIN.get(name, 'u'))})" for name in FUNCTIONS),
    *("tanh", "sigmoid", "softplus", "swish"),
    *(
        "abs(u) ** 1.5",
        "u ** 2 / (1 + u * u)",
        "2 ** u",
        "(u + 1) % 3",
        "-u + +pi * e",
        "(u > 0) * u",
    ),
    *("where(u > 0, u, 0.2 * u)", "max(u, 0.1 * u)", "min(u, 0) + where(-1 < u < 1, u, 2)"),
    "where(1 > 0, u, 1 / 0) + where(u, 1, 0)",
]


@pytest.mark.parametrize("text", EXPRESSIONS)
def test_what_is_compiled_is_the_expression(text):
    phi = parse_activation(text)
    u = np.concatenate([np.random.default_rng(0).normal(size=198) * 3, [0.0, -0.0]]).clip(-12, 12)
    U, slope = u.reshape(8, 25).copy(), np.empty((8, 25))
    evaluator(phi)(U, slope)
    for found, expected in ((U, phi.value(u)), (slope, phi.derivative(u))):
        np.testing.assert_allclose(found.ravel(), expected, rtol=1e-13, atol=1e-15)


def test_the_machine_code_is_kept_for_later_jobs(tmp_path, monkeypatch):
    monkeypatch.setenv("NUMBA_CACHE_DIR", str(tmp_path))
    job = (
        "import numpy as np; from widelimit.kernels.written_code import written_evaluator as find;"
        "f = find('tanh(u) - u / 7'); f(np.ones((2, 3)), np.ones((2, 3)));"
        "print(sum(f.stats.cache_hits.values()), sum(f.stats.cache_misses.values()))"
    )
    runs = [
        subprocess.run([sys.executable, "-c", job], capture_output=True, text=True, check=True)
        for _ in range(2)
    ]
    assert [run.stdout.split() for run in runs] == [["0", "1"], ["1", "0"]]


@pytest.mark.parametrize("constant", [2.0, 3.0])
def test_a_corrected_rule_of_derivation_loads_no_old_machine_code(constant, monkeypatch):
    """The second program differs in a constant alone, which is not in the bytecode."""
    monkeypatch.setattr(written_code, "value_and_slope", lambda tree, u: (u, constant * u))
    U, slope = np.full((2, 3), 0.5), np.empty((2, 3))
    written_code.written_evaluator.__wrapped__("u")(U, slope)
    assert (slope == constant * 0.5).all()
