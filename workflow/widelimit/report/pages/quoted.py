"""The numbers that the text of a page quotes, from the tables of the study."""

from collections.abc import Mapping
from typing import Any

import pandas as pd

from widelimit.report import verdict
from widelimit.report.needed_widths import needed_widths

MOST_MARGIN = 0.5
"""Ratios that are known to no better than this are not quoted."""


def quoted_numbers(page: str, tables: Mapping[str, pd.DataFrame]) -> dict[str, Any]:
    """What the template of ``page`` finds as ``numbers``.

    ``tables`` are those that the catalog names for the page besides its figures', by name.
    """
    numbers = {}
    claims = {name: table for name, table in tables.items() if name.startswith("claims")}
    if claims:
        together = pd.concat(claims.values())
        numbers["verdict"] = verdict.answer(together)
        numbers["tally"] = verdict.tally(together)
    for name, table in claims.items():
        numbers[name] = list(table.itertuples(name="Claim"))
    match page:
        case "step3":
            numbers["worked"] = worked_numbers(tables["worked"])
        case "step4":
            numbers["step4"] = random_feature_numbers(tables["measured"])
        case "step5":
            numbers["examples"] = example_numbers(tables["example"])
        case "step7":
            numbers |= kernel_numbers(tables["measured"])
            numbers["distances"] = distance_numbers(tables["measured"])
        case "distance":
            numbers |= prediction_numbers(tables["ratios"], tables["predicted"])
    return numbers


def kernel_numbers(metrics: pd.DataFrame) -> dict[str, float]:
    """The numbers of an experiment that belong to its limit kernels alone, by metric's name.

    ``metrics`` as in schemas.METRICS; these are the rows without width, seed and step.
    """
    rows = _alone(metrics)
    return dict(zip(rows["metric"], rows["value"].astype(float), strict=True))


def _alone(metrics: pd.DataFrame) -> pd.DataFrame:
    return metrics[metrics[["width", "seed", "step"]].isna().all(axis=1)]


def distance_numbers(metrics: pd.DataFrame) -> dict[str, float]:
    """The two errors that make up the distance of networks from their NTK prediction, at the widest
    width and the last step: root mean squares over test points and seeds. Empty without networks.

    start, movement; width, step and seeds, which they are of
    """
    parts = {"start": "distance_start", "movement": "rmse_network_vs_empirical_ntk"}
    rows = metrics[metrics["metric"].isin(parts.values())]
    if rows.empty:
        return {}
    last = rows[rows["step"].eq(rows["step"].max()) & rows["width"].eq(rows["width"].max())]
    squares = last["value"].astype(float).pow(2).groupby(last["metric"]).mean()
    return {
        **{name: squares[metric] ** 0.5 for name, metric in parts.items()},
        "width": int(last["width"].iloc[0]),
        "step": int(last["step"].iloc[0]),
        "seeds": last["seed"].nunique(),
    }


def prediction_numbers(ratios: pd.DataFrame, predicted: pd.DataFrame) -> dict[str, Any]:
    """What theory predicts of the distance, and how the networks compare.

    ratios : the table behind figure distance_ratio; predicted : rows of METRICS

    steps : of the ratios; ratios : by quantity and width, for each step the ratio and its margin,
    or None where nothing can be told; crossover : pairs of step and width;
    plan : by share of what training changes, for each step the width it needs
    """
    steps = sorted(ratios["step"].unique())
    cells = {
        key: None if row.margin > MOST_MARGIN else (row.ratio, row.margin)
        for key, row in ratios.set_index(["quantity", "width", "step"]).iterrows()
    }
    crossover = predicted[predicted["metric"] == "crossover_width"].set_index("step")["value"]
    return {
        "steps": steps,
        "ratios": {
            quantity: {
                width: [cells.get((quantity, width, step)) for step in steps]
                for width in sorted(rows["width"].unique())
            }
            for quantity, rows in ratios.groupby("quantity")
        },
        "crossover": list(crossover.sort_index().items()),
        "plan": needed_widths(predicted),
    }


def worked_numbers(worked: pd.DataFrame) -> dict[str, Any]:
    """The three steps of kernel regression at the chosen x, from the table step3/worked.

    kernel, scale; t and f at x; rows of (i, t_i, y_i, alpha_i, K(x_i, x), alpha_i K(x_i, x)).
    """
    part = dict(iter(worked.groupby("quantity")))
    point = part["kernel"]["j"].iloc[0]
    terms = part["term"][part["term"]["j"] == point]
    by_sample = [
        part[name].set_index("i")["value"].rename(name) for name in ("y", "alpha", "kernel")
    ]
    rows = pd.concat([*by_sample, terms.set_index("i")["value"].rename("term")], axis=1)
    rows.insert(0, "t", part["y"].set_index("i")["t"])
    f = part["f"][part["f"]["j"] == point].iloc[0]
    return {
        "kernel": worked["kernel"].iloc[0],
        "scale": worked["scale"].iloc[0],
        "t": float(f["t"]),
        "f": float(f["value"]),
        "rows": list(rows.sort_index().itertuples(name="Term")),
    }


def random_feature_numbers(metrics: pd.DataFrame) -> dict[str, Any]:
    """What the page of step 4 quotes, from its rows of the table METRICS.

    duals : a row for each activation, of the numbers about its dual
    fits  : the other numbers that need no width, seed and step, by metric's name
    """
    of_dual = metrics["metric"].str.startswith("dual_")
    duals = _alone(metrics[of_dual])
    table = duals.pivot(index="activation", columns="metric", values="value")
    return {
        "duals": list(table.reindex(duals["activation"].unique()).itertuples(name="Dual")),
        "fits": kernel_numbers(metrics[~of_dual]),
    }


def example_numbers(example: pd.DataFrame) -> list[dict[str, Any]]:
    """Gradients and Gram matrix of step 5's networks of two units, from the table step5/example.

    For each activation: its name, x and z; rows, one a weight; and sums, of the products.
    """
    return [
        {
            "activation": activation,
            "x": rows["x"].iloc[0],
            "z": rows["z"].iloc[0],
            "rows": list(rows.itertuples(name="Weight")),
            "sums": rows[["product_xx", "product_xz", "product_zz"]].sum().to_dict(),
        }
        for activation, rows in example.groupby("activation", sort=False)
    ]
