"""Errors of networks less those of a kernel on the same test points: in tables, and in words."""

from collections.abc import Sequence

import pandas as pd

from widelimit.report.numbers import fixed
from widelimit.tables.columns import real

COLUMNS = (
    real(
        "more", "share of test points that networks get wrong, mean over seeds, less the kernel's"
    ),
    real("more_error", "standard error of this difference over test points, paired"),
)


def beside(networks: pd.DataFrame, metrics: pd.DataFrame, kernel: str, by: Sequence[str]):
    """The rows of networks with `COLUMNS`, from test_error_vs_<kernel> in metrics, matched by the
    columns ``by``."""
    names = {f"test_error_vs_{kernel}{end}": f"more{end}" for end in ("", "_error")}
    rows = metrics[metrics["metric"].isin(names)]
    differences = rows.pivot(index=by, columns="metric", values="value")
    return networks.join(differences.rename(columns=names), on=by)


def written(row: pd.Series) -> str:
    """1.3 ± 0.6 percentage points higher; nothing where the difference is not known."""
    if pd.isna(row["more"]):
        return ""
    size, error = fixed(100 * abs(row["more"]), 1), fixed(100 * row["more_error"], 1)
    return f"{size} ± {error} percentage points {'lower' if row['more'] < 0 else 'higher'}"
