"""Activations written as expressions, and their duals by quadrature."""

import mpmath
import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st
from numpy.testing import assert_allclose

from spheres import sphere
from widelimit import dual_activation, dual_derivative, empirical_ntk, initialise, ntk_gram, train
from widelimit.kernels.activations import Activation, parse_activation
from widelimit.kernels.dual_quadrature import quadrature_duals
from widelimit.kernels.duals import dual_error
from widelimit.kernels.hermite import dual_series, hermite_coefficients

XI = np.linspace(-1, 1, 41)

EXPRESSIONS = [
    "u",
    "tanh",
    "sigmoid",
    "softplus",
    "swish",
    "tanh(u) + 0.1 * u",
    "where(u > 0, u, 0.2 * u)",
    "abs(u) ** 1.5 * exp(-u * u / 4)",
    "arctan(u) / (1 + u ** 2) - cos(2 * u) % 7",
    "max(u, 0.1 * u, -3) * min(1, 2 + u)",
    "2 ** (sin(u) / 3) + log1p(u ** 2) + sqrt(1 + u * u) + arcsinh(u) - expm1(-u * u)",
]


@pytest.mark.parametrize("name", EXPRESSIONS)
def test_derivatives_are_limits_of_differences(name):
    phi = parse_activation(name)
    u = np.random.default_rng(0).uniform(0.1, 4, 200) * np.repeat([-1, 1], 100)
    h = 1e-6
    differences = (phi.value(u + h) - phi.value(u - h)) / (2 * h)
    assert_allclose(phi.derivative(u), differences, atol=1e-8, rtol=1e-7)


@given(st.floats(-30, 30))
def test_the_named_ones_are_what_they_are_called(u):
    sigmoid = 1 / (1 + np.exp(-u))
    for name, value in {
        "tanh": np.tanh(u),
        "sigmoid": sigmoid,
        "softplus": np.logaddexp(0, u),
        "swish": u * sigmoid,
    }.items():
        rounding = 1e-15 * (1 + abs(u))
        assert_allclose(parse_activation(name).value(u), value, rtol=1e-12, atol=rounding)


@pytest.mark.parametrize(
    "text", ["max(u, 0)", "max(0, u)", "where(u > 0, u, 0)", "(abs(u) + u) / 2"]
)
def test_at_a_kink_the_derivative_is_that_of_the_negative_side(text):
    assert parse_activation(text).derivative(np.zeros(3)).tolist() == [0, 0, 0]


@pytest.mark.parametrize(
    "name", ["relu", "leaky_relu:0.2", "gelu", "erf", "sin", "cos", "hermite:3", "hermite:5"]
)
def test_quadrature_finds_the_closed_forms(name):
    """To the error that it states, ends included."""
    phi = parse_activation(name)
    value, derivative, error = quadrature_duals(phi)
    theta = np.arccos(XI)
    assert error <= 1e-11
    for found, exact in ((value, dual_activation), (derivative, dual_derivative)):
        worst = phi.scale * np.abs(found(theta) - exact(name, XI)).max()
        assert worst <= 2 * error + 1e-13 * phi.scale


def by_mpmath(f, xi):
    """sum_n E[f h_n]^2 xi^n in 25 digits; at the ends E[f(u) f(xi u)]."""
    mpmath.mp.dps = 25

    def mean(g):
        return mpmath.quad(lambda u: g(u) * mpmath.npdf(u), [-12, -4, 0, 4, 12])

    if abs(xi) == 1:
        return float(mean(lambda u: f(u) * f(xi * u)))
    terms = (
        mean(lambda u, n=n: f(u) * mpmath.hermite(n, u / mpmath.sqrt(2))) ** 2
        / (mpmath.mpf(2) ** n * mpmath.factorial(n))
        * mpmath.mpf(xi) ** n
        for n in range(13)
    )
    return float(sum(terms))


@pytest.mark.parametrize("xi", [-1.0, -0.1, 1.0])
def test_tanh_against_mpmath(xi):
    assert dual_activation("tanh", xi) == pytest.approx(by_mpmath(mpmath.tanh, xi), abs=1e-11)
    slope = by_mpmath(lambda x: mpmath.sech(x) ** 2, xi)
    assert dual_derivative("tanh", xi) == pytest.approx(slope, abs=1e-11)


@pytest.mark.parametrize("name", ["tanh", "softplus", "tanh(u) + 0.1 * u"])
def test_smooth_duals_are_their_hermite_series(name):
    series = dual_series(hermite_coefficients(name, 90), XI[1:-1])
    assert_allclose(series, dual_activation(name, XI[1:-1]), atol=1e-11)


def test_a_kinked_expression_is_right_to_its_stated_error():
    """Its pieces combined from closed forms: where(u > 0, u, 0.2 u) is a leaky ReLU."""
    name = "where(u > 0, u, 0.2 * u)"
    off = dual_activation(name, XI) - dual_activation("leaky_relu:0.2", XI)
    assert np.abs(off).max() * parse_activation(name).scale <= 2 * dual_error(name)
    X = np.eye(3)
    assert_allclose(
        ntk_gram(X, activation=name), ntk_gram(X, activation="leaky_relu:0.2"), atol=1e-12
    )


@pytest.mark.parametrize(
    "name, message",
    [
        ("tanhh(u)", "unknown function 'tanhh'"),
        ("tanh(v)", "unknown name 'v'.*variables are u"),
        ("tanhh", "must be one of .*tanh, sigmoid, softplus, swish, or an expression in u"),
        ("|u|", r"the absolute value is abs\(u\)"),
        ("u if u > 0 else 0", r"write where\(u > 0, 1, -1\)"),
        ("1 + pi", "does not depend on u"),
        ("log(u)", "not finite at u = -12"),
        ("sqrt(abs(u))", "the derivative of .* is not finite at u = 0"),
        ("where(u > 0, 1, 0)", "jumps at u = 0, from 0 to 1"),
        ("u * sign(u) + sign(u)", "jumps at u = 0, from -1 to 1"),
        ("0 * u", "second moment 0"),
    ],
)
def test_what_is_no_activation_is_refused(name, message):
    with pytest.raises(ValueError, match=message) as caught:
        parse_activation(name)
    assert "\n" not in str(caught.value)


@pytest.mark.parametrize("name", ["where(u > 1, u, 0)", "sign(u - 0.5) + u"])
def test_what_quadrature_does_not_reach_is_refused_with_its_error(name):
    with pytest.raises(ValueError, match=r"quadrature finds to 0\.00\d+ only, not to 1e-10"):
        dual_activation(name, 0.5)


def test_networks_train_and_tend_to_the_kernel():
    name = "tanh(u) + 0.1 * u"
    rng = np.random.default_rng(0)
    X = sphere(rng, 6, 3)
    y = X[:, 0]
    A, B = initialise(20_000, 3, rng=rng)
    K = ntk_gram(X, activation=name)
    assert_allclose(empirical_ntk(X, None, A, B, activation=name), K, atol=6 / np.sqrt(20_000))
    phi: Activation = parse_activation(name)
    A, B = A[:, :40], B[:40]
    result = train(X, y, A, B, activation=name, learning_rate=0.05, steps=30)
    s = np.sqrt(phi.scale / 40)
    for _ in range(30):
        U = X @ B.T
        r = y - s * phi.value(U) @ A[0]
        A, B = (
            A + 0.05 * s * r @ phi.value(U),
            B + 0.05 * s * (np.outer(r, A[0]) * phi.derivative(U)).T @ X,
        )
    assert_allclose(result.A, A, rtol=1e-11)
    assert_allclose(result.B, B, rtol=1e-11)
