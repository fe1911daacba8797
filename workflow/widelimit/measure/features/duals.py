"""Step 4, duals: dual activations by closed form, definition, series and Monte Carlo."""

from collections.abc import Sequence

import numpy as np
import pandas as pd

from widelimit.kernels.activations import Activation, parse_activation
from widelimit.kernels.duals import dual_activation, dual_derivative
from widelimit.kernels.hermite import dual_series, hermite_coefficients, truncation_error
from widelimit.kernels.quadrature import pair_expectation
from widelimit.seeds import generator
from widelimit.tables.features import TABLES

XI = np.linspace(-1, 1, 81)
SOME = slice(None, None, 5)
"""Of XI, where Monte Carlo is drawn."""
MOST_TERMS = 30
"""Degree up to which the truncation error is measured."""
INTERIOR = 0.9
"""Inside of [-1, 1] on which smoothness and differences are measured."""
CHEBYSHEV_DEGREE = 60
DIFFERENCE = 2e-4
"""Half the step of the differences: their error and their rounding are both about 1e-12."""


def fit_duals(
    *, activations: Sequence[str], degrees: Sequence[int], width: int, seeds: int, root: int
) -> dict[str, pd.DataFrame]:
    """The tables of ``TABLES`` by name.

    degrees : highest powers of the truncated series shown
    width   : pairs that each Monte Carlo average takes, the same for all correlations of a seed
    """
    each = [parse_activation(name) for name in activations]
    frames = {
        "duals": pd.concat([_values(phi, degrees, width, seeds, root) for phi in each]),
        "truncation": pd.concat([_truncation(phi) for phi in each]),
        "chebyshev": pd.concat([_chebyshev(phi) for phi in each]),
    }
    return {name: TABLES[name].arrange(frame) for name, frame in frames.items()}


def _values(phi: Activation, degrees, width: int, seeds: int, root: int) -> pd.DataFrame:
    inside = XI[np.abs(XI) <= INTERIOR]
    steps = inside + DIFFERENCE * np.array([-2, -1, 1, 2])[:, None]
    differences = np.array([1, -8, 8, -1]) @ dual_activation(phi.name, steps) / (12 * DIFFERENCE)
    rows = [
        _rows("closed", XI, dual_activation(phi.name, XI)),
        _rows("definition", XI, pair_expectation(phi.value, phi.value, XI)),
        _rows("derivative", XI, dual_derivative(phi.name, XI)),
        _rows("derivative_definition", XI, pair_expectation(phi.derivative, phi.derivative, XI)),
        _rows("differences", inside, differences),
    ]
    for degree in sorted(degrees):
        series = dual_series(hermite_coefficients(phi.name, degree), XI)
        rows.append(_rows("series", XI, series).assign(degree=degree))
    for seed in range(seeds):
        drawn = _monte_carlo(phi, XI[SOME], width, generator(root, "dual pairs", width, seed))
        rows.append(_rows("monte_carlo", XI[SOME], drawn).assign(width=width, seed=seed))
    return pd.concat(rows).assign(activation=phi.name)


def _rows(quantity: str, xi: np.ndarray, values: np.ndarray) -> pd.DataFrame:
    frame = pd.DataFrame({"quantity": quantity, "xi": xi, "value": values})
    empty = pd.array([pd.NA] * len(xi), dtype="Int64")
    return frame.assign(degree=empty, width=empty, seed=empty)


def _monte_carlo(phi: Activation, xi: np.ndarray, width: int, rng) -> np.ndarray:
    """(1/k) sum_j phi(u_j) phi(v_j): the kernel of k random features at points of angle xi."""
    u, w = rng.standard_normal((2, width))
    v = xi[:, None] * u + np.sqrt((1 - xi) * (1 + xi))[:, None] * w
    return phi.value(v) @ phi.value(u) / width


def _truncation(phi: Activation) -> pd.DataFrame:
    exact = dual_activation(phi.name, XI)
    a = hermite_coefficients(phi.name, MOST_TERMS)
    degree = np.arange(MOST_TERMS + 1)
    measured = [np.abs(dual_series(a[: n + 1], XI) - exact).max() for n in degree]
    left_out = [truncation_error(phi.name, int(n)) for n in degree]
    columns = {"degree": degree, "measured": measured, "left_out": left_out}
    return pd.DataFrame(columns).assign(activation=phi.name)


def _chebyshev(phi: Activation) -> pd.DataFrame:
    """Coefficients c_n of phi^ and, for contrast, of phi on the interior.

    A power series in xi with coefficients a_n^2 >= 0 that converges at 1 is analytic in the unit
    disc and at most phi^(1) there. The disc holds the ellipse with foci -r, r and long half axis
    1, r = INTERIOR, so that |c_n| <= 2 phi^(1) rho^-n, rho = (1 + sqrt(1 - r^2))/r (Bernstein
    1912; Trefethen 2013, theorem 8.1).
    """
    rho = (1 + np.sqrt(1 - INTERIOR**2)) / INTERIOR
    degree = np.arange(CHEBYSHEV_DEGREE + 1)
    functions = {"dual": lambda xi: dual_activation(phi.name, xi), "activation": phi.value}
    frames = []
    for name, f in functions.items():
        c = np.polynomial.chebyshev.chebinterpolate(lambda x, f=f: f(INTERIOR * x), len(degree) - 1)
        columns = {"function": name, "degree": degree, "coefficient": c}
        frames.append(pd.DataFrame(columns))
    bound = 2 * phi.second_moment * rho ** -np.tile(degree.astype(float), 2)
    return pd.concat(frames).assign(activation=phi.name, bound=bound)
