"""Classes: the test error of kernels chosen by validation, and the choice."""

import pandas as pd
from matplotlib.axes import Axes
from matplotlib.figure import Figure

from widelimit.report.figures import style, words
from widelimit.report.figures.labels import End, label_ends
from widelimit.report.figures.looks import KERNELS
from widelimit.report.numbers import fixed, number
from widelimit.tables.classes import TABLES
from widelimit.tables.columns import Table, missing

TITLE = "Kernels on classes: ridge and scale chosen by validation"

TABLE = Table(
    "figures/classes_kernels.parquet",
    "one kernel as it was chosen and tested, or one candidate of the choice",
    (
        *TABLES["choices"].pick("kernel", "scale", "ridge"),
        *missing(
            TABLES["choices"].pick("validation_error", "validation_rmse"), "chosen and tested"
        ),
        *missing(
            TABLES["errors"].pick(
                "source", "n_train", "n_test", "test_error", "standard_error", "lower", "upper"
            ),
            "a candidate",
        ),
        *missing(TABLES["errors"].pick("published"), "none was, or a candidate"),
    ),
)


def summarise(errors: pd.DataFrame, choices: pd.DataFrame) -> pd.DataFrame:
    """Test errors, and the validation errors of each kernel over the ridge at its chosen scale."""
    chosen = errors.set_index("kernel")["scale"]
    at = choices["kernel"].map(chosen)
    same = choices["scale"].eq(at) | (choices["scale"].isna() & at.isna())
    return TABLE.arrange(pd.concat([errors, choices[same].sort_values(["kernel", "ridge"])]))


@style.context()
def draw(table: pd.DataFrame) -> Figure:
    titles = ("Test error", "The choice of the ridge")
    figure, (left, right) = style.row(2.9, *titles, width_ratios=(1, 1.1))
    tested = table[table["test_error"].notna()].iloc[::-1].reset_index(drop=True)
    _draw_tests(left, tested)
    right.set_xscale("log")
    ends = []
    for kernel, rows in table[table["test_error"].isna()].groupby("kernel", sort=False):
        rows = rows[rows["ridge"] > 0]
        look = KERNELS[kernel]
        right.plot(rows["ridge"], 100 * rows["validation_error"], "o-", color=look.colour)
        if len(rows):
            last = rows.iloc[-1]
            ends.append(End(last["ridge"], 100 * last["validation_error"], look.name, look.colour))
    right.set(xlabel="ridge", ylabel="wrong on validation, %")
    label_ends({right: ends})
    return figure


def _draw_tests(axes: Axes, tested: pd.DataFrame):
    for place, row in tested.iterrows():
        look = KERNELS[row["kernel"]]
        axes.plot([100 * row["lower"], 100 * row["upper"]], [place, place], color=look.colour)
        axes.plot(100 * row["test_error"], place, "o", color=look.colour)
    axes.set_yticks(range(len(tested)), [KERNELS[kernel].name for kernel in tested["kernel"]])
    axes.set_ylim(-0.6, len(tested) - 0.2)
    published = tested["published"].dropna()
    for value in published:
        axes.axvline(100 * value, color=style.THEORY, linestyle=style.DASHED, linewidth=1)
        axes.text(
            100 * value, len(tested) - 0.45, " published, NTK", fontsize=7, va="center", ha="left"
        )
    axes.set_xlabel("wrong on test points, %")


def caption(table: pd.DataFrame) -> str:
    row = table[table["test_error"].notna()].iloc[0]
    return (
        f"Kernel regression on {number(row['n_train'])} training points. a: share of"
        f" {number(row['n_test'])} test points classified wrong, with 95 % interval. b: the same on"
        " validation points, by ridge, at the chosen scale.\nThe interval (Wilson, 1927) is for"
        " test points drawn anew with the training points as they are. A ridge of 0 is not drawn."
    )


def finding(table: pd.DataFrame) -> str:
    tested = table[table["test_error"].notna()]
    errors = words.listed(f"{_error(row)} ({_name(row)})" for _, row in tested.iterrows())
    text = f"Wrong on test points: {errors}; ± is the standard error."
    if tested["published"].notna().any():
        ntk = tested[tested["published"].notna()].iloc[0]
        inside = "in" if ntk["lower"] <= ntk["published"] <= ntk["upper"] else "outside"
        text += (
            f" The lecture published {fixed(100 * ntk['published'], 2)} % for its NTK, which lies"
            f" {inside} our interval for the NTK, {fixed(100 * ntk['lower'], 1)} to"
            f" {fixed(100 * ntk['upper'], 1)} %; its test images are others."
        )
    return text


def _error(row: pd.Series) -> str:
    return f"{fixed(100 * row['test_error'], 1)} ± {fixed(100 * row['standard_error'], 1)} %"


def _name(row: pd.Series) -> str:
    scale = "" if pd.isna(row["scale"]) else f", L = {number(row['scale'], 2)}"
    return f"{KERNELS[row['kernel']].name}{scale}, ridge {number(row['ridge'], 2)}"
