"""The Gram matrix of each kernel on the samples, and its eigenvalues."""

import numpy as np
import pandas as pd
from matplotlib.axes import Axes
from matplotlib.figure import Figure
from matplotlib.ticker import MaxNLocator

from widelimit.report.figures import style
from widelimit.report.figures.kernel_fits import each_kernel, label
from widelimit.report.figures.labels import End, label_ends
from widelimit.report.figures.looks import KERNELS
from widelimit.report.numbers import number
from widelimit.tables.columns import Table, count, real, text
from widelimit.tables.regression import KERNEL, SCALE, TABLES

TITLE = "Gram matrices and their spectra"

TABLE = Table(
    "figures/step3_gram.parquet",
    "one entry of a Gram matrix, or one of its eigenvalues",
    (
        KERNEL,
        SCALE,
        text("quantity", "entry or eigenvalue"),
        count("row", "number of the sample, or of the eigenvalue"),
        count("column", "number of the other sample", "an eigenvalue"),
        real("value", "K(x_i, x_j), or the eigenvalue"),
        TABLES["spectra"].pick("kept")[0].but(null="an entry"),
        *TABLES["spectra"].pick("condition_number"),
    ),
)


def summarise(gram: pd.DataFrame, spectra: pd.DataFrame) -> pd.DataFrame:
    gram = gram[gram["part"] == "kernels"].assign(quantity="entry")
    spectra = spectra[spectra["part"] == "kernels"].rename(
        columns={"index": "row", "eigenvalue": "value"}
    )
    spectra = spectra.assign(quantity="eigenvalue").astype({"kept": "boolean"})
    conditions = spectra.groupby("kernel")["condition_number"].first()
    gram = gram.assign(condition_number=gram["kernel"].map(conditions))
    return TABLE.arrange(pd.concat([gram, spectra]))


def caption(table: pd.DataFrame) -> str:
    samples = table["row"].nunique()
    return (
        f"Gram matrices of {samples} samples, and their eigenvalues. Top: K(xᵢ, xⱼ) in the order of"
        " t, one colour scale for all kernels. Bottom: eigenvalues from the largest; open markers:"
        " those that count as zero.\nRounding cannot tell these from zero; they are on the lower"
        " edge."
    )


def finding(table: pd.DataFrame) -> str:
    found = []
    for kernel, scale, rows in each_kernel(table[table["quantity"] == "eigenvalue"]):
        rank, samples = int(rows["kept"].sum()), len(rows)
        singular = f"singular, rank {rank} of {samples}"
        condition = f"condition number {number(rows['condition_number'].iloc[0], 3)}"
        found.append(f"{label(kernel, scale)}: {condition if rank == samples else singular}")
    return "; ".join(found) + "."


@style.context()
def draw(table: pd.DataFrame) -> Figure:
    entries = table[table["quantity"] == "entry"]
    kernels = list(each_kernel(entries))
    figure = style.figure(4.2)
    columns = [f"kernel {number}" for number in range(len(kernels))]
    grid = figure.subplot_mosaic(
        [[*columns, "bar"], ["spectra"] * (len(kernels) + 1)],
        width_ratios=[1] * len(kernels) + [0.07],
        height_ratios=[1, 1.9],
    )
    largest = entries["value"].abs().max()
    for name, (kernel, scale, rows) in zip(columns, kernels, strict=True):
        axes = grid[name]
        K = rows.pivot(index="row", columns="column", values="value").to_numpy()
        edges = np.arange(len(K) + 1) + 0.5
        image = axes.pcolormesh(edges, edges, K, cmap="PuOr_r", vmin=-largest, vmax=largest)
        axes.set_box_aspect(1)
        axes.invert_yaxis()
        axes.grid(False)
        axes.set_title(label(kernel, scale).replace(", ", "\n"))
        axes.xaxis.set_major_locator(MaxNLocator(3, integer=True))
        axes.yaxis.set_major_locator(MaxNLocator(3, integer=True))
        axes.set_xlabel("sample $j$")
    grid[columns[0]].set_ylabel("sample $i$")
    bar = figure.colorbar(image, cax=grid["bar"])
    bar.set_label("$K(x_i, x_j)$")
    bar.outline.set_visible(False)
    _draw_spectra(grid["spectra"], table[table["quantity"] == "eigenvalue"])
    return figure


def _draw_spectra(axes: Axes, table: pd.DataFrame):
    kept = table["kept"].astype(bool)
    floor = 10.0 ** np.floor(np.log10(table.loc[kept, "value"].min()) - 0.5)
    ends = []
    for kernel, _, rows in each_kernel(table):
        number, used = rows["row"].to_numpy(dtype=int) + 1, rows["kept"].to_numpy(dtype=bool)
        value = np.where(used, rows["value"], floor)
        line = {"color": KERNELS[kernel].colour, "linestyle": "none"}
        axes.plot(number[used], value[used], "o-", color=line["color"])
        # An empty line that is not clipped would claim the figure's corner in the layout.
        if not used.all():
            axes.plot(number[~used], value[~used], "o", fillstyle="none", clip_on=False, **line)
        ends.append(End(number[-1], value[-1], KERNELS[kernel].name, line["color"]))
    axes.set_yscale("log")
    axes.set_ylim(bottom=floor)
    axes.xaxis.set_major_locator(MaxNLocator(10, integer=True))
    axes.set(xlabel="number of the eigenvalue, from the largest", ylabel="eigenvalue of $K$")
    label_ends({axes: ends})
