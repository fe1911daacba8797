import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st
from hypothesis.extra.numpy import arrays
from scipy.stats import kstest

from widelimit.circle.arrangement import on_unit_circle
from widelimit.data.datasets import DATASETS, load_dataset
from widelimit.data.sources import (
    CURVES,
    SOURCES,
    lift,
    normalise_rows,
    on_circle,
    points,
    source_dimension,
)
from widelimit.study.config.data import Data


@pytest.mark.parametrize("source, d", [("lift", 2), ("circle", 2), ("sphere", 2), ("sphere", 30)])
@pytest.mark.parametrize("n", [1, 2, 101])
def test_points_have_unit_norm(source, d, n):
    X, t = points(source, n, design="uniform", dimension=d, rng=np.random.default_rng(0))
    assert X.shape == (n, d)
    np.testing.assert_allclose(np.linalg.norm(X, axis=1), 1, atol=4e-16 * np.sqrt(d))
    assert (t is None) == (source == "sphere")


def test_the_interval_is_left_as_it_is():
    X, t = points("interval", 5, design="equispaced", dimension=1, rng=None)
    np.testing.assert_array_equal(X[:, 0], [-1, -0.5, 0, 0.5, 1])
    np.testing.assert_array_equal(t, X[:, 0])


def test_the_lift_goes_from_west_over_north_to_east():
    np.testing.assert_allclose(
        lift(np.array([-1.0, 0, 0.6, 1])), [[-1, 0], [0, 1], [0.6, 0.8], [1, 0]], atol=1e-16
    )


def test_the_circle_is_closed_without_a_point_twice():
    X, _ = points("circle", 4, design="equispaced", dimension=2, rng=None)
    np.testing.assert_allclose(X, [[1, 0], [0, 1], [-1, 0], [0, -1]], atol=2e-16)


@pytest.mark.parametrize("d", [2, 3, 5])
def test_the_sphere_is_uniform(d):
    """A coordinate of a uniform point has (1 + x)/2 ~ Beta((d-1)/2, (d-1)/2)."""
    rng = np.random.default_rng(1)
    X, _ = points("sphere", 20_000, design="uniform", dimension=d, rng=rng)
    for i in (0, d - 1):
        assert kstest((1 + X[:, i]) / 2, "beta", args=((d - 1) / 2,) * 2).pvalue > 1e-3


@pytest.mark.parametrize("source", ["lift", "circle", "interval"])
def test_positions_are_uniform(source):
    rng = np.random.default_rng(2)
    _, t = points(source, 20_000, design="uniform", dimension=2, rng=rng)
    low, high = (0, 2 * np.pi) if source == "circle" else (-1, 1)
    assert kstest((t - low) / (high - low), "uniform").pvalue > 1e-3


@pytest.mark.parametrize("source", [*SOURCES, "digits"])
@pytest.mark.parametrize("dimension", [2, 3])
def test_what_a_source_says_of_its_points_holds(source, dimension):
    d = source_dimension(source, dimension)
    if source in DATASETS:
        assert d == load_dataset(source)[0].shape[1]
        return
    X, t = points(source, 50, design="uniform", dimension=dimension, rng=np.random.default_rng(0))
    assert X.shape == (50, d)
    assert on_unit_circle(X) == on_circle(source, dimension)
    assert (t is not None) == (source in CURVES)


@pytest.mark.parametrize(
    "given, expected",
    [
        ({"source": "lecture", "dimension": 2}, True),
        ({"source": "lecture", "dimension": 3}, False),
        ({"source": "file", "path": "a.csv", "inputs": ["a", "b"], "outputs": ["y"]}, True),
        ({"source": "file", "path": "a.csv", "inputs": ["a"], "outputs": ["y"]}, False),
        ({"source": "lift", "bias": True}, False),
        ({"source": "iris"}, False),
    ],
)
def test_which_data_lie_on_the_circle(given, expected):
    assert Data(**given).on_circle is expected


def test_what_is_not_defined_is_refused():
    with pytest.raises(ValueError, match="lift, circle, interval"):
        points("sphere", 3, design="equispaced", dimension=3, rng=None)
    with pytest.raises(ValueError, match="source must be one of"):
        points("cube", 3, design="uniform", dimension=3, rng=np.random.default_rng(0))


@given(
    arrays(float, (4, 3), elements=st.floats(-1e3, 1e3)).filter(
        lambda X: (np.abs(X).max(axis=1) > 1e-3).all()
    ),
    st.sampled_from([1e-200, 1e-3, 1.0, 1e200]),
)
def test_normalising_keeps_the_direction_of_huge_and_tiny_rows(X, scale):
    Y = normalise_rows(X * scale)
    np.testing.assert_allclose(np.linalg.norm(Y, axis=1), 1, atol=1e-15)
    expected = X / np.linalg.norm(X, axis=1, keepdims=True)
    np.testing.assert_allclose(Y, expected, atol=1e-13)


def test_a_row_of_norm_zero_is_named():
    with pytest.raises(ValueError, match=r"1 of 3 points have norm 0, the first in row 2"):
        normalise_rows(np.array([[1.0, 0], [0, 0], [0, 2]]))
