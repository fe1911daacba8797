"""Networks of several output scales alpha = g / sqrt(k): in tables, and in words."""

import numpy as np
import pandas as pd

from widelimit.report.figures import choices, words
from widelimit.report.numbers import number
from widelimit.tables.columns import real

ALPHA = real("alpha", "output scale alpha")


def with_g(metrics: pd.DataFrame) -> pd.DataFrame:
    """The rows of the experiments scale/<g>, with the column g."""
    g = metrics["experiment"].str.extract(r"^scale/(.+)$")[0].astype(float)
    return metrics.assign(g=g)[g.notna()]


def with_alpha(rows: pd.DataFrame) -> pd.DataFrame:
    return rows.assign(alpha=rows["g"] / np.sqrt(rows["width"].astype(float)))


def last_steps(rows: pd.DataFrame) -> pd.Series:
    """The last step of each g, by g."""
    return rows.groupby("g")["step"].max()


def after(table: pd.DataFrame) -> str:
    """After 20 000 steps; at the last step where that is another for another g."""
    steps = choices.distinct(table["step"])
    return f"After {words.steps(steps[0])}" if len(steps) == 1 else "At the last step"


def scales(table: pd.DataFrame) -> list[float]:
    return sorted(table["g"].dropna().unique())


def written(g: float) -> str:
    return number(g, 3)
