import math

import mpmath as mp
import numpy as np
import pytest

from widelimit.kernels import elementary

DIGITS = 60
ROUNDING = 2.0**-53


def scaled_tail(u):
    return mp.exp(u * u / 2) * mp.ncdf(-u)


def scaled_erf_over_z(z):
    return (1 - mp.exp(z * z) * mp.erfc(z)) / z


def chebyshev_nodes(count, low, high):
    angles = [mp.pi * (2 * k + 1) / (2 * count) for k in range(count)]
    return [(low + high) / 2 + (high - low) / 2 * mp.cos(angle) for angle in angles]


def polynomial_through(function, degree, low, high):
    nodes = chebyshev_nodes(degree + 1, low, high)
    powers = mp.matrix([[x**k for k in range(degree + 1)] for x in nodes])
    return mp.lu_solve(powers, mp.matrix([function(x) for x in nodes]))


def ratio_through(function, above, below, *, turn, last):
    """P/Q, Q(0) = 1, of these degrees; (z - turn) / (z + turn) is at Chebyshev nodes."""
    high = mp.mpf(last - turn) / (last + turn)
    nodes = [turn * (1 + x) / (1 - x) for x in chebyshev_nodes(above + below + 1, mp.mpf(-1), high)]
    values = [function(z) for z in nodes]
    rows = [
        [z**k for k in range(above + 1)] + [-value * z**k for k in range(1, below + 1)]
        for z, value in zip(nodes, values, strict=True)
    ]
    solution = list(mp.lu_solve(mp.matrix(rows), mp.matrix(values)))
    return solution[: above + 1], [mp.mpf(1), *solution[above + 1 :]]


def test_the_coefficients_are_those_of_a_new_fit():
    with mp.workdps(DIGITS):
        exp = polynomial_through(
            lambda r: mp.expm1(-r / 2) / r if r else -mp.mpf(1) / 2, 10, -mp.log(2), mp.log(2)
        )
        arcsin = polynomial_through(
            lambda s: mp.asin(mp.sqrt(s)) / mp.sqrt(s), 12, mp.mpf(0), mp.mpf(1) / 4
        )
        tail = ratio_through(scaled_tail, 8, 8, turn=mp.mpf(4), last=mp.mpf("8.5"))
        erf = ratio_through(scaled_erf_over_z, 7, 8, turn=mp.mpf(3), last=mp.mpf(6))
    fits = {
        "EXP": exp,
        "ARCSIN": arcsin,
        "TAIL_ABOVE": tail[0],
        "TAIL_BELOW": tail[1],
        "ERF_ABOVE": erf[0],
        "ERF_BELOW": erf[1],
    }
    for name, fit in fits.items():
        assert getattr(elementary, name) == tuple(map(float, fit)), name


def test_the_parts_of_a_quarter_turn_add_up():
    with mp.workdps(DIGITS):
        assert abs(mp.fsum(elementary.QUARTER) - mp.pi / 2) < 1e-31
    for part in elementary.QUARTER[:2]:
        assert (math.frexp(part)[0] * 2**33).is_integer()


def worst(function, exact, points):
    """Largest relative error in units of 2^-53, at most one in the last place."""
    with mp.workdps(400):  # 1 - erfc loses 300 of them where z is 1e-300
        exacts = [exact(mp.mpf(x)) for x in points.tolist()]
        errors = [abs(function(x) / y - 1) for x, y in zip(points.tolist(), exacts, strict=True)]
    return float(max(errors)) / ROUNDING


def first(function):
    return lambda x: function(x)[0]


def second(function):
    return lambda x: function(x)[1]


NEAR_0 = 10.0 ** -np.arange(1, 300, 13)
UP_TO_1 = np.concatenate([NEAR_0, np.linspace(0.003, 1, 300)])
UP_TO_6 = np.concatenate([NEAR_0, np.linspace(0.02, 6, 300)])
UP_TO_8 = np.concatenate([NEAR_0, np.linspace(0.02, 8.5, 300)])

CASES = {
    "exp": (elementary.bell, lambda s: mp.exp(-s / 2), UP_TO_1, 2),
    "exp with rest": (first(elementary.bell_and_rest), lambda s: mp.exp(-s / 2), UP_TO_1, 2),
    "1 - exp": (second(elementary.bell_and_rest), lambda s: -mp.expm1(-s / 2), UP_TO_6, 4),
    "normal tail": (elementary.scaled_tail, scaled_tail, UP_TO_8, 8),
    "1 - erfc": (elementary.scaled_erf, lambda z: z * scaled_erf_over_z(z), UP_TO_6, 6),
    "arcsin": (lambda z: elementary.arcsine(z, z * z), mp.asin, UP_TO_1 / 2, 4),
    "sinh": (first(elementary.hyperbolic_sine_and_cosine), mp.sinh, UP_TO_1, 4),
    "cosh": (second(elementary.hyperbolic_sine_and_cosine), mp.cosh, UP_TO_1, 4),
}


@pytest.mark.parametrize("name", CASES)
def test_relative_errors(name):
    function, exact, points, units = CASES[name]
    assert worst(function, exact, points) <= units


def test_an_exponential_is_as_exact_as_its_argument():
    points = np.linspace(0, 1400, 3001)
    with mp.workdps(DIGITS):
        for s in points:
            for e in (elementary.bell(s), elementary.bell_and_rest(s)[0]):
                assert abs(e / mp.exp(-mp.mpf(s) / 2) - 1) <= (2.5 + 0.31 * s / 2) * ROUNDING, s


def test_arccosine_keeps_the_digits_of_small_angles():
    gaps = np.concatenate([NEAR_0[:12], np.linspace(0.01, 1, 200)])
    with mp.workdps(DIGITS):
        for gap in gaps:
            exact = 2 * mp.asin(mp.sqrt(mp.mpf(gap) / 2))
            assert abs(elementary.arccosine(1 - gap, gap) / exact - 1) < 8 * ROUNDING, gap


def test_sines_and_cosines():
    points = np.concatenate([np.linspace(-50, 50, 500), 2.0**20 * np.linspace(-1, 1, 100)])
    with mp.workdps(DIGITS):
        for u in points[:-1]:
            sine, cosine = elementary.sine_and_cosine(u)
            assert abs(sine - mp.sin(mp.mpf(u))) < 3 * ROUNDING
            assert abs(cosine - mp.cos(mp.mpf(u))) < 3 * ROUNDING


def test_nan_stays_nan():
    assert math.isnan(elementary.bell(math.nan))
    assert all(map(math.isnan, elementary.bell_and_rest(math.nan)))
