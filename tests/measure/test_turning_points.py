import numpy as np
import pytest

from widelimit.measure.features.turning_points import find_regimes, interpolation_width

WIDTHS = [1, 2, 4, 8, 16, 32, 64]
TRAIN = [0.9, 0.8, 0.5, 1e-8, 1e-9, 0.0, 1e-12]
TEST = [1.1, 0.7, 1.5, 9.0, 1.2, 0.6, 0.5]


def find(train=TRAIN, test=TEST, zero_train=1.0, zero_test=1.0):
    return find_regimes(WIDTHS, train, test, zero_train=zero_train, zero_test=zero_test)


def test_the_usual_curve():
    found = find()
    assert found.interpolation == 8
    assert found.peak == 8
    assert found.critical == (4, 16)  # width 1 is worse than predicting 0 too, but far away
    assert found.classical == 2


def test_errors_count_relative_to_those_of_predicting_0():
    assert find(zero_train=1e-3).interpolation == 16
    assert find(zero_test=1.3).critical == (4, 8)
    assert find(zero_test=10.0).critical is None
    assert find(zero_test=0.0).critical == (1, 64)


def test_a_curve_that_never_interpolates():
    found = find(train=[0.9, 0.8, 0.7, 0.6, 0.5, 0.4, 0.3])
    assert found.interpolation is None
    assert found.classical == 64


def test_a_single_exception_is_not_interpolation():
    assert find(train=[0.9, 0.0, 0.5, 0.0, 0.0, 1e-3, 0.0]).interpolation == 64


def test_a_curve_that_always_interpolates():
    found = find(train=np.zeros(7))
    assert found.interpolation == 1
    assert found.classical is None
    assert interpolation_width([3], [0.0], zero_train=1.0) == 3


@pytest.mark.parametrize(
    "widths, train, match",
    [
        ([1, 2], [0.1], "one shape"),
        ([], [], "one shape"),
        ([2, 1], [0.1, 0.2], "widths must ascend"),
        ([1, 1], [0.1, 0.2], "widths must ascend"),
    ],
)
def test_refuses(widths, train, match):
    with pytest.raises(ValueError, match=match):
        find_regimes(widths, train, train, zero_train=1.0, zero_test=1.0)
