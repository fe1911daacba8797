import math

import numpy as np
import pytest

from widelimit.measure.distances import (
    accuracy,
    common_part,
    ensemble_distance,
    one_hot,
    paired_difference,
    relative_frobenius,
    rmse,
)

RNG = np.random.default_rng(0)


def test_rmse_is_the_root_of_the_mean_square():
    f, g = RNG.standard_normal((2, 5, 3))
    total = sum((f[i, j] - g[i, j]) ** 2 for i in range(5) for j in range(3))
    assert math.isclose(rmse(f, g), math.sqrt(total / 15), rel_tol=1e-15)
    with pytest.raises(ValueError, match=r"one shape; got \(5, 3\) and \(5,\)"):
        rmse(f, g[:, 0])


def test_relative_frobenius():
    K, L = RNG.standard_normal((2, 4, 4))
    expected = math.sqrt(np.sum((K - L) ** 2)) / math.sqrt(np.sum(L**2))
    assert math.isclose(relative_frobenius(K, L), expected, rel_tol=1e-15)


def test_distance_splits_into_bias_and_variance():
    F, mean, std = RNG.standard_normal((6, 9)) + 2, RNG.standard_normal(9), RNG.uniform(1, 2, 9)
    result = ensemble_distance(F, mean, std)
    distance = np.mean([(F[s, i] - mean[i]) ** 2 for s in range(6) for i in range(9)])
    assert math.isclose(result.distance_squared, distance, rel_tol=1e-14)
    assert math.isclose(result.bias_squared + result.variance, distance, rel_tol=1e-14)
    assert math.isclose(result.mean_rmse, math.sqrt(result.bias_squared), rel_tol=1e-14)


def test_the_ratio_of_a_true_ensemble_is_one():
    std = RNG.uniform(0.5, 2, 50)
    ratios = [
        ensemble_distance(std * RNG.standard_normal((10, 50)), np.zeros(50), std).std_ratio
        for _ in range(200)
    ]
    error = np.std(ratios) / math.sqrt(200)
    # The root is biased downwards by a quarter of the relative variance of the mean square.
    assert abs(np.mean(np.square(ratios)) - 1) < 8 * error


def test_no_ratio_without_spread():
    assert math.isnan(ensemble_distance(np.ones((1, 3)), np.zeros(3), np.ones(3)).std_ratio)
    assert math.isnan(ensemble_distance(np.ones((4, 3)), np.zeros(3), np.zeros(3)).std_ratio)


def test_paired_differences_have_the_error_of_a_table_of_four_cells():
    """By the sums of its cells, each with half a point more."""
    a = np.repeat([1, 1, 0, 0], [4, 7, 2, 27])
    b = np.repeat([1, 0, 1, 0], [4, 7, 2, 27])
    value, error = paired_difference(a, b)
    assert value == 5 / 40
    cells = {1: 7.5, -1: 2.5, 0: 32.0}
    mean = sum(d * n for d, n in cells.items()) / 42
    variance = sum((d - mean) ** 2 * n for d, n in cells.items()) / 42
    assert math.isclose(error, math.sqrt(variance / 42), rel_tol=1e-14)


@pytest.mark.parametrize("m, alone", [(50, (0.02, 0.02)), (50, (0.1, 0.02)), (1000, (0.01, 0.01))])
def test_two_errors_cover_the_true_difference(m, alone):
    """Of points of which a or b alone has so large a share wrong; 2 errors are for 95.4 %."""
    rng = np.random.default_rng(0)
    d = rng.choice([1, -1, 0], p=[*alone, 1 - sum(alone)], size=(4000, m))
    pairs = np.array([paired_difference(row == 1, row == -1) for row in d])
    covered = np.abs(pairs[:, 0] - (alone[0] - alone[1])) <= 2 * pairs[:, 1]
    assert covered.mean() > 0.94


def test_accuracy_counts_the_rows_with_the_largest_entry_in_the_right_place():
    f, classes = RNG.standard_normal((40, 3)), RNG.integers(3, size=40)
    y = np.array([[1.0 if o == c else 0.0 for o in range(3)] for c in classes])
    right = 0
    for row, c in zip(f.tolist(), classes, strict=True):
        right += all(row[c] > other for o, other in enumerate(row) if o != c)
    assert 0 < right < 40
    assert accuracy(f, y) == right / 40
    with pytest.raises(ValueError, match=r"matrices of one shape; got \(40, 3\) and \(40, 2\)"):
        accuracy(f, y[:, :2])


@pytest.mark.parametrize(
    "y, expected",
    [
        ([[1, 0], [0, 1]], True),
        ([[1.0], [1.0]], False),
        ([[1, 0], [1, 1]], False),
        ([[0, 0], [0, 1]], False),
        ([[0.5, 0.5], [0, 1]], False),
        ([[2, -1], [0, 1]], False),
    ],
)
def test_one_hot(y, expected):
    assert one_hot(np.array(y)) is expected


def differences(bias, rng, members=10, points=40, noise=1.0):
    """Members with a common bias at each point, and noise that is the same at all points of one."""
    wave = np.cos(np.arange(points) / 4)
    scatter = noise * rng.standard_normal((members, 1)) * np.sin(np.arange(points) / 7)
    return bias * wave / np.sqrt(np.mean(wave**2)) + scatter


def test_the_square_of_the_common_part_has_no_bias():
    rng = np.random.default_rng(0)
    draws = (differences(2.0, rng) for _ in range(4000))
    squares = np.square([common_part(draw)[0] for draw in draws])
    assert np.mean(squares) == pytest.approx(4, abs=4 * np.std(squares) / np.sqrt(4000))


def test_the_error_of_the_common_part_is_its_spread():
    rng = np.random.default_rng(1)
    draws = (differences(2.0, rng, members=20, noise=0.5) for _ in range(2000))
    bias, error = np.transpose([common_part(draw) for draw in draws])
    assert np.median(error) == pytest.approx(bias.std(), rel=0.1)
    inside = np.abs(bias - 2.0) <= 2 * error
    assert 0.9 < inside.mean() < 0.98


def test_a_common_part_by_hand():
    bias, error = common_part(np.array([[1.0, 3.0], [2.0, 3.0], [3.0, 3.0]]))
    # Means 2 and 3, variances 1 and 0: (4 - 1/3 + 9 - 0) / 2.
    assert bias == pytest.approx(np.sqrt((4 - 1 / 3 + 9) / 2))
    # Leaving one out: means 2.5, 2, 1.5 with variances 0.5, 2, 0.5 at the first point.
    squares = np.array([6.25 - 0.25 + 9, 4 - 1 + 9, 2.25 - 0.25 + 9]) / 2
    assert error == pytest.approx(np.sqrt(2 * squares.var()) / (2 * bias))


def test_a_common_part_of_few_members():
    assert np.isnan(common_part(np.ones((1, 4)))).all()
    bias, error = common_part(np.ones((2, 4)))
    assert bias == 1
    assert np.isnan(error)
    assert common_part(np.array([[1.0], [-1.0], [0.0]]))[0] == 0
    with np.errstate(invalid="ignore"):
        assert np.isnan(common_part(np.array([[1.0], [np.inf], [0.0]]))).all()
