import math

import pytest

from widelimit.measure.log_steps import log_steps


def test_decades():
    assert log_steps(1) == [1]
    assert log_steps(9) == [1]
    assert log_steps(1000) == [1, 10, 100, 1000]
    assert log_steps(10**9 - 1) == [10**e for e in range(9)]


@pytest.mark.parametrize("last", [1, 2, 4, 5, 7, 19, 20, 21, 49, 50, 99, 12345])
def test_one_two_five(last):
    expected = [m * 10**e for e in range(6) for m in (1, 2, 5) if m * 10**e <= last]
    assert log_steps(last, 3, digits=1) == expected


@pytest.mark.parametrize("per_decade", [1, 4, 10])
@pytest.mark.parametrize("last", [1, 3, 17, 1000, 54321])
def test_even_in_the_logarithm(last, per_decade):
    steps = log_steps(last, per_decade)
    assert steps == sorted(set(steps))
    assert steps[0] == 1
    assert steps[-1] <= last < 10 ** (math.log10(steps[-1] + 0.5) + 1 / per_decade) + 0.5
    for i in range(int(per_decade * math.log10(last)) + 1):
        assert min(abs(10 ** (i / per_decade) - step) for step in steps) <= 0.5
