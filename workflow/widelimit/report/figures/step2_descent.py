"""Step 2: gradient descent on each kernel, up to kernel regression."""

from __future__ import annotations

import pandas as pd
import pyarrow as pa
from matplotlib.figure import Figure
from matplotlib.lines import Line2D

from widelimit.report.figures import parts, step3_common, style
from widelimit.report.numbers import at_most, number
from widelimit.tables.schemas import Column, Table

TITLE = "Gradient descent tends to kernel regression"

TABLE = Table(
    "figures/step2_descent.parquet",
    "kernel regression by gradient descent with one kernel after so many steps",
    (
        step3_common.KERNEL,
        step3_common.SCALE,
        Column(
            "effective_condition",
            pa.float64(),
            "lambda_max / smallest eigenvalue that does not count as 0",
        ),
        Column("step", pa.int64(), "steps of gradient descent taken", "count"),
        Column("closed_form", pa.float64(), "|f_T - f| / |f| on the grid, f_T in closed form"),
        Column("distance", pa.float64(), "the same, step by step", null="not so many taken"),
        Column(
            "difference",
            pa.float64(),
            "largest |f_T step by step - in closed form| / largest |y|",
            null="not so many taken",
        ),
    ),
)

FLOOR = 1e-15
"""Below is rounding."""


def summarise(descent: pd.DataFrame) -> pd.DataFrame:
    relative = {
        name: descent[name] / descent["start"].where(descent["start"] > 0, 1)
        for name in ("closed_form", "distance")
    }
    return parts.arrange(descent.assign(**relative), TABLE)


@style.context()
def draw(table: pd.DataFrame) -> Figure:
    figure = style.figure(3.3)
    axes = figure.subplots()
    key = []
    for kernel, scale, rows in step3_common.each_kernel(table):
        colour = step3_common.COLOURS[kernel]
        line = rows[rows["closed_form"] > FLOOR]
        axes.plot(line["step"].astype(float), line["closed_form"], color=colour, linewidth=1.2)
        walked = rows[rows["distance"] > FLOOR]
        axes.plot(walked["step"].astype(float), walked["distance"], "o", color=colour, markersize=4)
        label = step3_common.label(kernel, scale)
        key.append(Line2D([], [], color=colour, marker="o", markersize=4, label=label))
    axes.set_xscale("log")
    axes.set_yscale("log")
    axes.set_ylim(1e-13, 10)
    axes.set_yticks([10.0**e for e in range(-12, 1, 4)])
    axes.minorticks_off()
    axes.set_xlabel(r"steps $T$ of gradient descent, $\eta = 1/\lambda_{\max}$")
    axes.set_ylabel(r"distance from kernel regression, $|f_T - f| \, / \, |f|$")
    figure.legend(handles=key, loc="outside upper center", ncols=5)
    return figure


def caption(table: pd.DataFrame) -> str:
    conditions = parts.listed(
        f"{number(rows['effective_condition'].iloc[0], 2)} ({step3_common.LABELS[kernel]})"
        for kernel, _, rows in step3_common.each_kernel(table)
    )
    return (
        "Distance on the grid between kernel regression and gradient descent from 0 after T steps,"
        " at half the largest stable learning rate. Dots: step by step; lines: closed form. How"
        " many steps it takes is the ratio of the largest to the smallest eigenvalue that does not"
        f" count as 0: {conditions}."
    )


def finding(table: pd.DataFrame) -> str:
    largest = number(float(table["difference"].max()), 2)
    walked = int(table.loc[table["distance"].notna(), "step"].max())
    last = table.loc[table.groupby(["kernel", "scale"], dropna=False)["step"].idxmax()]
    left = float(last["closed_form"].max())
    after = table[table["step"] == walked]
    at = after.loc[after["closed_form"].idxmax()]
    return (
        f"After {parts.steps_words(walked)} the farthest from its limit is"
        f" {step3_common.LABELS[at['kernel']]}, by {number(at['closed_form'], 2)};"
        f" at the last step shown every kernel is {at_most(left)} away. Step by step and in closed"
        f" form, gradient descent differs by {largest} of the largest target or less."
    )
