import numpy as np
import pandas as pd
import pytest

from widelimit.report.figures import choices, study_points, words


def test_thin_keeps_the_ends_and_is_even_in_the_logarithm():
    widths = [2**i for i in range(6, 21)]
    assert choices.thin(widths, 3) == [2**6, 2**13, 2**20]
    assert choices.thin([5, 3], 4) == [3, 5]
    for most in range(2, 9):
        chosen = choices.thin(widths, most)
        assert len(chosen) == most
        assert chosen[0] == 2**6
        assert chosen[-1] == 2**20


def test_decades_are_powers_of_ten_and_the_last_step():
    assert choices.decades([0, 1, 10, 30, 100, 1000, 2500]) == [10, 100, 1000, 2500]
    assert choices.decades([0, 7]) == [7]
    assert len(choices.decades([10**i for i in range(10)])) == 6


def test_places_are_evenly_spread():
    assert choices.evenly(range(9), 3).tolist() == [0, 4, 8]
    assert choices.evenly("ab", 5).tolist() == [0, 1]


def test_locate_takes_t_or_the_angle_or_nothing():
    circle = pd.DataFrame({"t": [np.nan] * 3, "x_0": [1, 0, -1.0], "x_1": [0, 1, 0.0]})
    found = study_points.locate(circle)
    assert set(found["axis"]) == {"angle"}
    assert found["position"].to_numpy() == pytest.approx([0, np.pi / 2, np.pi])
    assert set(study_points.locate(circle.assign(t=[1, 2, 3.0]))["axis"]) == {"t"}
    assert set(study_points.locate(circle.assign(x_2=0.0))["axis"]) == {"none"}


@pytest.mark.parametrize(
    "phrases, text", [(["a"], "a"), (["a", "b"], "a and b"), (["a", "b", "c"], "a, b and c")]
)
def test_listed(phrases, text):
    assert words.listed(phrases) == text


def test_counts():
    assert words.steps(1) == "1 step"
    assert words.steps(1000) == "10³ steps"
    assert words.seeds([8, 8]) == "8 seeds"
    assert words.seeds([1]) == "1 seed"
    assert words.seeds(pd.Series([5, 12])) == "5 to 12 seeds"


def test_the_narrowest_and_the_widest_are_quoted():
    widths, values = pd.Series([4096, 64, 256]), pd.Series([0.1234, 8.0, 1.0])
    assert words.by_width(widths, values) == "8 at width 2⁶ and 0.12 at width 2¹²"
    assert words.by_width(widths[:1], values[:1], str) == "0.1234 at width 2¹²"
