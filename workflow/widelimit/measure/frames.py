"""Arrays as tables with a row for each entry."""

from collections.abc import Sequence

import numpy as np
import pandas as pd


def long_table(name: str, values: np.ndarray, **axes: Sequence) -> pd.DataFrame:
    """The entries of ``values`` in the column ``name``, in order, with their place on each axis."""
    places = np.meshgrid(*axes.values(), indexing="ij")
    columns = dict(zip(axes, places, strict=True)) | {name: values}
    return pd.DataFrame({key: np.ravel(column) for key, column in columns.items()})
