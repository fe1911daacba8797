import math

import mpmath as mp
import numpy as np
import pytest

from widelimit.kernels.activations import MAX_HERMITE_DEGREE, parse_activation

NAMES = [
    "relu",
    "leaky_relu:0.1",
    "gelu",
    "sin",
    "cos",
    "erf",
    "hermite:1",
    "hermite:2",
    "hermite:5",
]


def hermite(n, u):
    lower, value = mp.mpf(0), mp.mpf(1)
    for k in range(n):
        lower, value = value, (u * value - mp.sqrt(k) * lower) / mp.sqrt(k + 1)
    return value


def exact(name, u):
    family, _, argument = name.partition(":")
    u = mp.mpf(u)
    match family:
        case "relu":
            return max(u, 0)
        case "leaky_relu":
            return u if u > 0 else mp.mpf(float(argument)) * u
        case "gelu":
            return u * mp.ncdf(u)
        case "hermite":
            return hermite(int(argument), u)
        case _:
            return getattr(mp, family)(u)


@pytest.fixture(autouse=True)
def _digits():
    with mp.workdps(40):
        yield


@pytest.mark.parametrize("name", NAMES)
def test_value_and_derivative(name):
    phi = parse_activation(name)
    u = np.concatenate([np.linspace(-6, 6, 24), [-1e-9, 1e-9]])
    values = [float(exact(name, x)) for x in u]
    slopes = [float(mp.diff(lambda v: exact(name, v), x, h=mp.mpf(10) ** -20)) for x in u]
    scale = 1 + np.abs(values)
    np.testing.assert_allclose(phi.value(u) / scale, values / scale, atol=1e-14)
    np.testing.assert_allclose(phi.derivative(u), slopes, atol=1e-12 * max(scale))


@pytest.mark.parametrize("name", NAMES)
def test_second_moment(name):
    phi = parse_activation(name)
    moment = mp.quad(lambda u: exact(name, u) ** 2 * mp.npdf(u), [-14, -7, -3, -1, 0, 1, 3, 7, 14])
    assert phi.second_moment == pytest.approx(float(moment), rel=1e-14)
    assert phi.scale * phi.second_moment == pytest.approx(1.0, rel=1e-15)


@pytest.mark.parametrize("degree", [30, MAX_HERMITE_DEGREE])
def test_high_hermite_degrees_keep_their_digits(degree):
    phi = parse_activation(f"hermite:{degree}")
    u = np.linspace(-12, 12, 97)
    weight = np.exp(-(u**2) / 4)
    values = np.array([float(hermite(degree, mp.mpf(x))) for x in u]) * weight
    np.testing.assert_allclose(phi.value(u) * weight, values, atol=1e-14 * np.abs(values).max())
    slopes = math.sqrt(degree) * np.array([float(hermite(degree - 1, mp.mpf(x))) for x in u])
    slopes *= weight
    np.testing.assert_allclose(
        phi.derivative(u) * weight, slopes, atol=1e-14 * np.abs(slopes).max()
    )


def test_the_kink_takes_the_derivative_of_the_negative_side():
    at_zero = np.array([0.0, -0.0])
    np.testing.assert_array_equal(parse_activation("relu").derivative(at_zero), 0.0)
    np.testing.assert_array_equal(parse_activation("leaky_relu:0.25").derivative(at_zero), 0.25)


@pytest.mark.parametrize("name", NAMES)
def test_a_slope_means_homogeneous(name):
    phi = parse_activation(name)
    u = np.linspace(-3, 3, 13)
    homogeneous = np.allclose(phi.value(2.5 * u), 2.5 * phi.value(u))
    # h_1(u) = u is homogeneous too, but belongs to the Hermite family.
    assert homogeneous == (phi.slope is not None or name == "hermite:1")


def test_names_carry_their_parameter():
    assert parse_activation("leaky_relu:0.3").slope == 0.3
    assert parse_activation("hermite:4").parameter == 4
    assert parse_activation("relu").parameter is None


@pytest.mark.parametrize(
    "name",
    [
        "tanhh",
        "relu:1",
        "leaky_relu",
        "leaky_relu:2",
        "leaky_relu:nan",
        "leaky_relu:x",
        "hermite:0",
        "hermite:1.5",
        f"hermite:{MAX_HERMITE_DEGREE + 1}",
        "",
        None,
    ],
)
def test_unknown_names_are_named(name):
    with pytest.raises(ValueError, match=r"activation .*; got "):
        parse_activation(name)
