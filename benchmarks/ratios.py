"""From measurements to ratios: what each method costs in multiples of widelimit's own."""

import pandas as pd
import pyarrow as pa

from benchmarks.cases import FIRST_STEPS, MANY_STEPS
from widelimit.measure.slopes import fit_slope
from widelimit.tables.schemas import Column, Table

CASE = ["experiment", "activation", "width", "points", "dimension", "depth"]
"""The columns that name a case."""
FIT = ["smallest_width", "largest_width", "slope", "slope_low", "slope_high"]

TABLE = Table(
    "benchmark.parquet",
    "one method on one problem in one round, timed over a number of steps or calls",
    (
        Column("experiment", pa.string(), "training, width, gemm, gram_ntk or gram_gaussian"),
        Column("activation", pa.string(), "activation phi", null="there is none"),
        Column("width", pa.int64(), "hidden units k", "count", "a Gram matrix"),
        Column("points", pa.int64(), "points n", "count"),
        Column("dimension", pa.int64(), "dimension d of the points", "count"),
        Column("depth", pa.int64(), "hidden layers of an NTK", "count", "no NTK alone"),
        Column("method", pa.string(), "who computes: a library, an engine, or what bounds them"),
        Column("round", pa.int64(), "number of the round; ratios are taken within one", "count"),
        Column("steps", pa.int64(), "steps from the start, or calls, that were timed", "count"),
        Column("seconds", pa.float64(), "CPU time of all of them", "s"),
        Column("wall_seconds", pa.float64(), "wall-clock time of all of them", "s"),
        Column("set_up_seconds", pa.float64(), "CPU time before the first step", "s"),
        Column("warm_up_seconds", pa.float64(), "CPU time once a process: compiling", "s"),
        Column("deviation", pa.float64(), "from the first method's result", null="not checked"),
    ),
)


def relative_costs(table: pd.DataFrame) -> pd.DataFrame:
    """Cost of a step or call / that of widelimit's own in the same round: over rounds, the median.

    Its own is the circle engine's first steps where it applies, else the dense engine. Columns:
    those of `CASE`, method, long (the circle engine over its many steps), centre (the median),
    lower and upper (the least and the most of the rounds).
    """
    costs = table[table["experiment"].isin(["training", "gram_ntk", "gram_gaussian"])].copy()
    costs["cost"] = costs["seconds"] / costs["steps"]
    costs["long"] = (costs["method"] == "circle") & (costs["steps"] == MANY_STEPS)
    own = (costs["method"] == "widelimit") | (
        costs["method"] == costs["dimension"].map(lambda d: "circle" if d == 2 else "dense")
    )
    unit = costs.loc[own & ~costs["long"], [*CASE, "round", "cost"]]
    both = costs.merge(unit, on=[*CASE, "round"], suffixes=("", "_own"))
    both["ratio"] = both["cost"] / both["cost_own"]
    groups = both.groupby([*CASE, "method", "long"], dropna=False, sort=False)["ratio"]
    return groups.agg(centre="median", lower="min", upper="max").reset_index()


def width_costs(table: pd.DataFrame) -> pd.DataFrame:
    """The circle engine's cost of a step by points, steps and width, in multiples of the least.

    The least is that of the smallest width and fewest points over many steps.
    """
    costs = table[table["experiment"] == "width"].copy()
    costs["cost"] = costs["seconds"] / costs["steps"]
    medians = costs.groupby(["points", "steps", "width"])["cost"].median().reset_index()
    medians["cost"] /= (
        medians.query("steps == @MANY_STEPS").sort_values(["points", "width"])["cost"].iloc[0]
    )
    return medians


def exponents(table: pd.DataFrame, smallest: int = 2**12, largest: int = 2**20) -> pd.DataFrame:
    """Slope of log cost on log width of the circle engine: points, steps, and `fit_slope`'s."""
    costs = table[(table["experiment"] == "width") & table["width"].between(smallest, largest)]
    fits = []
    for (points, steps), rows in costs.groupby(["points", "steps"]):
        fit = fit_slope(rows["width"], rows["seconds"] / rows["steps"])
        if fit:
            fits.append({"points": points, "steps": steps} | fit)
    return pd.DataFrame(fits, columns=["points", "steps", *FIT])


def gemm_shares(table: pd.DataFrame) -> pd.DataFrame:
    """Which share of DGEMM's rate the dense engine reaches in the same round: over rounds, medians.

    share       of DGEMM on matrices of the engine's shapes: time of its two products / of a step
    peak_share  of DGEMM on large square matrices; 4 n k d operations a step count, no others
    """
    costs = table.assign(cost=table["seconds"] / table["steps"])
    costs["rate"] = 4.0 * costs["points"] * costs["width"] * costs["dimension"] / costs["cost"]
    training = costs[costs["experiment"] == "training"]
    dense, gemm = (training[training["method"] == method] for method in ("dense", "gemm"))
    peak = costs[costs["experiment"] == "gemm"]
    both = dense.merge(gemm[[*CASE, "round", "rate"]], on=[*CASE, "round"], suffixes=("", "_gemm"))
    both = both.merge(peak[["round", "rate"]], on="round", suffixes=("", "_peak"))
    both["share"] = both["rate"] / both["rate_gemm"]
    both["peak_share"] = both["rate"] / both["rate_peak"]
    return (
        both.groupby(CASE, sort=False, dropna=False)[["share", "peak_share"]].median().reset_index()
    )


def set_up_in_steps(table: pd.DataFrame) -> pd.DataFrame:
    """How many of its first steps the circle engine could take while it is set up, by case."""
    rows = table[(table["method"] == "circle") & (table["steps"] == FIRST_STEPS)]
    steps = rows["set_up_seconds"] / (rows["seconds"] / rows["steps"])
    return rows.assign(set_up=steps).groupby(CASE, dropna=False)["set_up"].median().reset_index()
