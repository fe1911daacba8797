"""Step 1: least squares by gradient descent, every statement about it measured.

Gradient descent is run step by step throughout; closed forms stand beside it, never in its place.
"""

from collections.abc import Sequence

import pandas as pd

from widelimit.measure.linear_regression.cases import REGIMES, spectra
from widelimit.measure.linear_regression.numbers import numbers
from widelimit.measure.linear_regression.trajectories import (
    REGIME_RATE,
    directions_table,
    plane_table,
    range_row,
    regime_table,
    sweep_table,
)
from widelimit.measure.log_steps import log_steps
from widelimit.tables.linear_regression import TABLES


def measure(
    *,
    root: int,
    dimension: int,
    condition_numbers: Sequence[float],
    condition_number: float,
    steps: int,
    draws: int,
) -> dict[str, pd.DataFrame]:
    """The tables of ``TABLES`` by name, and ``measured``, rows of METRICS.

    dimension         : d of all data sets but the one in the plane, at least 4
    condition_numbers : sigma_1^2 / sigma_d^2 of the spectra on which the threshold is looked for
    condition_number  : the same of the directions and the regimes
    steps             : of gradient descent
    draws             : random data sets of each regime behind the numbers
    """
    cases = spectra(root, dimension, condition_numbers)
    checkpoints = sorted({0, *log_steps(steps, 10), steps})
    ranges = pd.DataFrame([range_row(name, case, steps) for name, case in cases.items()])
    frames = {
        "threshold": pd.concat([sweep_table(name, case, steps) for name, case in cases.items()]),
        "spectra": ranges,
        "directions": directions_table(root, dimension, condition_number, checkpoints),
        "regimes": pd.concat(
            [regime_table(name, root, dimension, condition_number, checkpoints) for name in REGIMES]
        ),
        "plane": plane_table(),
    }
    tables = {name: TABLES[name].arrange(frame) for name, frame in frames.items()}
    return tables | {
        "measured": numbers(
            cases,
            ranges,
            root=root,
            dimension=dimension,
            condition_number=condition_number,
            relative_rate=REGIME_RATE,
            checkpoints=checkpoints,
            draws=draws,
        )
    }
