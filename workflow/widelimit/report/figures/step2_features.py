"""Step 2: the kernel's fit and the explicit one coincide, and no other fit has a smaller norm."""

import numpy as np
import pandas as pd
from matplotlib.axes import Axes
from matplotlib.figure import Figure

from widelimit.report.figures import choices, style, words
from widelimit.report.numbers import at_most, fixed
from widelimit.tables.regression import TABLES

TITLE = "One fit, by the kernel and by its features"

TABLE = TABLES["interpolants"].but(path="figures/step2_features.parquet")

KERNEL, FEATURES, OTHER = style.GREEN, style.THEORY, "#b5b5b5"


def summarise(interpolants: pd.DataFrame) -> pd.DataFrame:
    return TABLE.arrange(interpolants)


@style.context()
def draw(table: pd.DataFrame) -> Figure:
    degrees = choices.distinct(table["degree"])
    features = table.groupby("degree")["features"].first()
    titles = [f"degree {degree}, {features[degree]} features" for degree in degrees]
    figure, panels = style.row(2.9, *titles, sharey=True)
    for axes, degree in zip(panels, degrees, strict=True):
        _draw_fits(axes, table[table["degree"] == degree])
    samples = table.loc[table["fit"] == "samples", "f"]
    room = 0.25 * (samples.max() - samples.min() or 1)
    panels[0].set(ylim=(samples.min() - room, samples.max() + room), ylabel="fit")
    looks = {
        "kernel $K(x, X)K^+y$": {"color": KERNEL, "linewidth": 3},
        r"features $w \cdot \psi(x)$": {"color": FEATURES, "linestyle": style.DASHED},
        "other weights": {"color": OTHER, "linewidth": 0.8},
        "samples": {"color": style.INK, "linestyle": "none", "marker": "o", "markersize": 3.5},
    }
    style.key(figure, looks)
    return figure


def _draw_fits(axes: Axes, rows: pd.DataFrame):
    part = dict(iter(rows.groupby("fit")))
    for _, curve in part["other"].groupby("number"):
        axes.plot(curve["t"], curve["f"], color=OTHER, linewidth=0.8, zorder=1.5)
    axes.plot(part["kernel"]["t"], part["kernel"]["f"], color=KERNEL, linewidth=3)
    explicit = part["features"]
    axes.plot(explicit["t"], explicit["f"], color=FEATURES, linewidth=1.2, linestyle=style.DASHED)
    samples = part["samples"]
    axes.plot(samples["t"], samples["f"], "o", color=style.INK, markersize=3.5, zorder=3)
    axes.set_xticks([0, np.pi, 2 * np.pi], ["0", "π", "2π"])
    axes.set_xlabel("angle $t$")


def caption(table: pd.DataFrame) -> str:
    samples = int((table["fit"] == "samples").sum() / table["degree"].nunique())
    others = table.loc[table["fit"] == "other", "number"].nunique()
    degrees = words.listed(f"{degree}" for degree in choices.distinct(table["degree"]))
    return (
        f"Fits to {samples} samples around the unit circle. Green: from the kernel alone; dashed:"
        f" from polynomial features, with weights w of least norm; grey: {others} others with the"
        f" same squared error.\nThe features have degree {degrees}. Where they are too few to go"
        " through all samples, these are one curve."
    )


def finding(table: pd.DataFrame) -> str:
    curves = table.pivot_table(index=["degree", "t"], columns="fit", values="f", sort=False)
    scale = table.loc[table["fit"] == "samples", "f"].abs().max() or 1
    apart = float((curves["kernel"] - curves["features"]).abs().max() / scale)
    norms = table.groupby(["degree", "fit"])["norm"].min().unstack("fit")
    # Where all targets are 0, so are all weights.
    ratios = (norms["other"] / norms["features"]).where(norms["features"] > 0, 1)
    ratios = words.listed(f"{fixed(ratio)} (degree {degree})" for degree, ratio in ratios.items())
    return (
        f"Kernel and features differ by {at_most(apart)} of the"
        " largest target. The smallest norm among the other weights, in units of that of the"
        f" minimum-norm weights, is {ratios}."
    )
