"""Where the points of a study are drawn, and what of its tables belongs to the main experiment."""

import numpy as np
import pandas as pd

from widelimit.tables.columns import real, text

POSITION = (
    text("axis", "what position is: t, angle (radians), theory's mean, none"),
    real("position", "where the point is drawn", "the points have no order"),
)

AXIS_LABELS = {
    "t": "input $t$",
    "angle": "angle of the input (radians)",
    "mean": "theory's mean",
}


def locate(data: pd.DataFrame) -> pd.DataFrame:
    """data.parquet with the columns of `POSITION`: t, the angle on a circle, or no order."""
    inputs = [name for name in data.columns if name.startswith("x_")]
    if data["t"].notna().all():
        axis, position = "t", data["t"]
    elif len(inputs) == 2:
        axis, position = "angle", np.arctan2(data["x_1"], data["x_0"])
    else:
        axis, position = "none", np.nan
    return data.assign(axis=axis, position=position)


def locate_tests(data: pd.DataFrame) -> pd.DataFrame:
    """index, axis and position of the test points."""
    points = locate(data)
    return points.loc[points["split"] == "test", ["index", "axis", "position"]]


def outputs(data: pd.DataFrame) -> int:
    """How many outputs the networks of data.parquet have."""
    return sum(name.startswith("y_") for name in data.columns)


def of_study(frame: pd.DataFrame) -> pd.DataFrame:
    """The rows of metrics.parquet or slopes.parquet about the main experiment, no variants."""
    return frame[frame["experiment"] == "step7"]


def last_finite_step(predictions: pd.DataFrame) -> int:
    """The last step with networks and an NTK prediction, neither diverged beyond all numbers."""
    finite = predictions[np.isfinite(predictions["f"].astype(float)) & predictions["step"].notna()]
    steps = (set(finite["step"][finite["model"] == model]) for model in ("network", "ntk"))
    return int(max(set.intersection(*steps)))
