"""Step 4: what every dual activation has in common, measured."""

import numpy as np
import pandas as pd
from matplotlib.axes import Axes
from matplotlib.figure import Figure

from widelimit.kernels.activations import parse_activation
from widelimit.report.figures import looks, style
from widelimit.report.figures.labels import End, label_ends
from widelimit.report.numbers import number
from widelimit.tables.columns import ACTIVATION, VALUE, Table, text
from widelimit.tables.features import TABLES

TITLE = "Derivatives of dual activations, and their smoothness"

ROUNDING = 3e-14
"""Chebyshev coefficients below this share of phi^(1) are rounding, and not shown."""

TABLE = Table(
    "figures/step4_properties.parquet",
    "one derivative of a dual at one correlation, or one Chebyshev coefficient",
    (
        ACTIVATION,
        text(
            "quantity",
            "derivative: of c phi^ in closed form; derivative_definition: c E[phi'(u) phi'(v)] by"
            " quadrature; chebyshev: largest |coefficient| of c phi^ on [-0.9, 0.9] from this"
            " degree on; bound: what it cannot exceed; chebyshev_activation: the same of phi",
        ),
        TABLES["duals"].pick("xi")[0].but(null="a coefficient"),
        TABLES["chebyshev"].pick("degree")[0].but(null="a derivative"),
        VALUE,
    ),
)


def summarise(duals: pd.DataFrame, chebyshev: pd.DataFrame) -> pd.DataFrame:
    """Derivatives and coefficients, times c."""
    derivatives = duals[duals["quantity"].isin(("derivative", "derivative_definition"))]
    names = {"dual": "chebyshev", "activation": "chebyshev_activation"}
    # Half of the coefficients of an even or odd function are 0: the envelope shows how they fall.
    backwards = chebyshev.sort_values("degree", ascending=False)
    size = backwards.assign(value=backwards["coefficient"].abs())
    envelope = size.groupby(["activation", "function"])["value"].cummax()
    coefficients = chebyshev.assign(quantity=chebyshev["function"].map(names), value=envelope)
    bound = chebyshev[chebyshev["function"] == "dual"]
    bound = bound.assign(quantity="bound", value=bound["bound"])
    table = pd.concat([derivatives, coefficients, bound], ignore_index=True)
    scale = {name: parse_activation(name).scale for name in table["activation"].unique()}
    table["value"] *= table["activation"].map(scale)
    return TABLE.arrange(table)


@style.context()
def draw(table: pd.DataFrame) -> Figure:
    titles = (
        r"Derivative (lines), $c\,\mathrm{E}[\phi'(u)\,\phi'(v)]$ (markers)",
        "Smoothness inside the interval",
    )
    figure, (left, right) = style.row(3.4, *titles, width_ratios=(1, 1.1))
    activations = table.groupby("activation", sort=False)
    ends = {left: [_draw_derivative(left, name, rows) for name, rows in activations]}
    ends[right] = _draw_coefficients(right, table)
    left.set(xlabel=r"correlation $\xi$", ylabel=r"$c\,\frac{d\hat\phi}{d\xi}$")
    right.set_yscale("log")
    right.set(xlabel="degree $n$ of the Chebyshev polynomial", ylabel="coefficient on [−0.9, 0.9]")
    label_ends(ends)
    return figure


def _draw_derivative(axes: Axes, name: str, rows: pd.DataFrame) -> End:
    look = looks.activation(name)
    line = rows[rows["quantity"] == "derivative"].sort_values("xi")
    dots = rows[rows["quantity"] == "derivative_definition"].sort_values("xi").iloc[::8]
    axes.plot(line["xi"], line["value"], color=look.colour, linestyle=look.dash, linewidth=1.2)
    axes.plot(dots["xi"], dots["value"], look.marker, color=look.colour, markersize=3)
    return End(1.0, line["value"].iloc[-1], look.name, look.colour)


def _draw_coefficients(axes: Axes, table: pd.DataFrame) -> list[End]:
    ends = []
    for name, rows in table[table["value"] > ROUNDING].groupby("activation", sort=False):
        look = looks.activation(name)
        rows = rows.sort_values("degree")
        dual, itself = (
            rows[rows["quantity"] == quantity] for quantity in ("chebyshev", "chebyshev_activation")
        )
        line = {"color": look.colour, "linestyle": look.dash, "linewidth": 1}
        axes.plot(dual["degree"], dual["value"], **line)
        if parse_activation(name).slope == 0:
            axes.plot(itself["degree"], itself["value"], ".", color=look.colour, markersize=3)
            ends.append(_end(itself, f"{look.name}\nitself", look.colour))
    bound = table[table["quantity"] == "bound"].groupby("degree")["value"].max().reset_index()
    axes.plot(bound["degree"], bound["value"], color=style.THEORY, linewidth=1.6)
    return [*ends, _end(bound, "bound", style.THEORY)]


def _end(rows: pd.DataFrame, text: str, colour) -> End:
    return End(float(rows["degree"].iloc[-1]), float(rows["value"].iloc[-1]), text, colour)


def caption(table: pd.DataFrame) -> str:
    return (
        "a: derivative of each dual activation in closed form, and dual of the activation's"
        " derivative by quadrature. b: largest Chebyshev coefficient of each dual from a degree on;"
        " black: its bound; dots, for contrast: an activation with a kink.\na: all are times c;"
        " where the derivative is not negative the dual does not fall, where it rises the dual is"
        " convex. b: duals times c on [−0.9, 0.9], down to rounding; the bound is that of every"
        " power series that converges at 1."
    )


def finding(table: pd.DataFrame) -> str:
    values = table.pivot_table(
        index=["activation", "xi"],
        columns="quantity",
        values="value",
        aggfunc="first",
    )
    gap = (values["derivative"] - values["derivative_definition"]).abs().max()
    right = values[values.index.get_level_values("xi") >= 0]["derivative"]
    rises = right.groupby(level="activation").diff()
    coefficients = table.pivot_table(
        index=["activation", "degree"], columns="quantity", values="value", aggfunc="first"
    )
    known = coefficients[coefficients["chebyshev"] > ROUNDING]
    share = (known["chebyshev"] / known["bound"]).max()
    return (
        "The derivative of the dual and the dual of the derivative differ by at most"
        f" {number(gap, 2)}. On [0, 1] the smallest derivative is"
        f" {number(_clean(right.min()), 2)} and its smallest rise between two neighbouring"
        f" correlations {number(_clean(rises.min()), 2)}. The largest Chebyshev coefficient is"
        f" {number(share, 2)} of its bound."
    )


def _clean(value: float) -> float:
    """Rounding as 0."""
    return 0.0 if abs(value) < 1e-13 else float(np.round(value, 15))
