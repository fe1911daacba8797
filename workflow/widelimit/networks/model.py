"""The network f(x) = sqrt(c/k) A phi(B x) at given weights.

What is computed from it is sums over the units. `PairSums` takes them from every (unit, point)
pair, block by block, so that memory does not grow with the width; `CellSums` is faster on the unit
circle.
"""

import numpy as np

from widelimit.kernels.activations import Activation, parse_activation
from widelimit.networks.cell_sums import CellSums
from widelimit.networks.pair_sums import PairSums
from widelimit.validation import finite, whole


def initialise(width: int, d: int, *, outputs: int = 1, rng: np.random.Generator):
    """A (outputs, width) and B (width, d), every entry independently N(0, 1).

    Raises ValueError for a width, dimension or number of outputs below 1.
    """
    width, d = whole("width", width, least=1), whole("d", d, least=1)
    outputs = whole("outputs", outputs, least=1)
    return rng.standard_normal((outputs, width)), rng.standard_normal((width, d))


def forward(X: np.ndarray, A: np.ndarray, B: np.ndarray, *, activation: str = "relu") -> np.ndarray:
    """f(x) = sqrt(c/k) A phi(B x) for every row of X.

    X (n, d), A (p, k), B (k, d); returns (n,) for one output, else (n, p).
    Raises ValueError for arrays that do not fit or are not finite, and for an unknown activation.
    """
    phi = parse_activation(activation)
    A, B = as_weights(A, B)
    F = np.sqrt(phi.scale / len(B)) * unit_sums(as_points("X", X, B), B, phi).prediction(A)
    return F[:, 0] if len(A) == 1 else F


def as_weights(A, B) -> tuple[np.ndarray, np.ndarray]:
    """A (outputs, width) and B (width, d), finite; ValueError if they are not."""
    B = finite("B", B, ("width", "d"))
    return finite("A", A, ("outputs", len(B))), B


def as_points(name: str, X, B: np.ndarray) -> np.ndarray:
    """X (points, d), finite, as many columns as B has; ValueError for anything else."""
    return finite(name, X, ("points", B.shape[1]), empty=True)


def unit_sums(points: np.ndarray, B: np.ndarray, activation: Activation) -> CellSums | PairSums:
    """The faster of the two that applies."""
    return CellSums.where_possible(points, B, activation) or PairSums(points, B, activation)
