import numpy as np
import pandas as pd
import pytest

from widelimit.measure.quantiles import over_seeds


def metrics(rows):
    frame = pd.DataFrame(rows, columns=["width", "seed", "step", "value"])
    return frame.astype({"width": "Int64", "seed": "Int32", "step": "Int64", "value": float})


def naive_quantile(values, q):
    values = sorted(values)
    at = q * (len(values) - 1)
    low = int(at)
    high = min(low + 1, len(values) - 1)
    return values[low] + (at - low) * (values[high] - values[low])


@pytest.mark.parametrize("seeds", [1, 2, 7, 10])
def test_over_seeds_is_the_naive_median_and_quantiles(seeds):
    rng = np.random.default_rng(seeds)
    rows = [
        (k, s, step, rng.lognormal()) for k in (4, 8) for s in range(seeds) for step in (10, None)
    ]
    frame = metrics(rows)
    found = over_seeds(frame, ["width", "step"], lower=0.25, upper=0.8)
    assert len(found) == 4
    for _, row in found.iterrows():
        same = frame["step"].isna() if pd.isna(row["step"]) else frame["step"].eq(row["step"])
        values = frame[same & frame["width"].eq(row["width"])]["value"]
        assert row["seeds"] == seeds
        for name, q in (("centre", 0.5), ("lower", 0.25), ("upper", 0.8)):
            assert row[name] == pytest.approx(naive_quantile(values, q), rel=1e-14)


def test_over_seeds_leaves_missing_values_out():
    frame = metrics([(4, 0, 1, 1.0), (4, 1, 1, np.nan), (8, 0, 1, np.nan)])
    found = over_seeds(frame, ["width"])
    assert found[["width", "centre", "seeds"]].to_numpy().tolist() == [[4, 1.0, 1]]


def test_over_seeds_of_nothing_is_empty():
    found = over_seeds(metrics([]), ["width"])
    assert list(found) == ["width", "centre", "lower", "upper", "seeds"]
    assert found.empty


@pytest.mark.parametrize("lower, upper", [(-0.1, 0.5), (0.5, 1.1), (0.9, 0.1)])
def test_over_seeds_refuses_quantiles_out_of_order(lower, upper):
    with pytest.raises(ValueError, match=r"in \[0, 1\], got lower="):
        over_seeds(metrics([]), ["width"], lower=lower, upper=upper)
