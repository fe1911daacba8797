"""Step 5 before training: how near the tangent kernel is to its limit, and the Hessian's norm."""

import math
from collections.abc import Iterator, Sequence
from itertools import product

import numpy as np
import pandas as pd

from widelimit.finite_width.fluctuation import ntk_fluctuation
from widelimit.kernels.activations import parse_activation
from widelimit.kernels.gram import ntk_gram
from widelimit.measure.distances import relative_frobenius
from widelimit.measure.metric_rows import Row
from widelimit.networks.hessian import hessian_norm, median_hessian_norm, median_largest_readout
from widelimit.networks.model import initialise
from widelimit.networks.tangent import empirical_ntk
from widelimit.seeds import generator

EXAMPLE_ACTIVATIONS = ("relu", "hermite:2")
EXAMPLE_A, EXAMPLE_B = (2.0, -1.0), (1.0, -1.0)
EXAMPLE_X, EXAMPLE_Z = 1.0, 2.0

LARGEST_BOUNDED = math.sqrt(3)
"""Uniform weights on [-sqrt(3), sqrt(3)] have mean 0 and variance 1, as the Gaussian ones have."""


def kernel_rows(
    X: np.ndarray, *, root: int, activations: Sequence[str], widths: Sequence[int], seeds: int
) -> Iterator[Row]:
    """ntk_deviation, |empirical - limit NTK| / |limit NTK|, for networks at initialisation, and its
    root mean square over all initialisations, exactly."""
    for name in activations:
        limit, fluctuation = ntk_gram(X, activation=name), ntk_fluctuation(X, activation=name)
        for width in widths:
            yield Row("ntk_deviation_expected", fluctuation / math.sqrt(width), name, width)
        for width, seed in product(widths, range(seeds)):
            A, B = _gaussian(root, name, width, X.shape[1], seed)
            K = empirical_ntk(X, None, A, B, activation=name)
            yield Row("ntk_deviation", relative_frobenius(K, limit), name, width, seed)


def hessian_rows(
    x: np.ndarray, *, root: int, activations: Sequence[str], widths: Sequence[int], seeds: int
) -> Iterator[Row]:
    """Hessian norm and K(x, x) at one input x (d,), for bounded and for Gaussian weights.

    Beside them what theory says of Gaussian weights at |x| = 1: the exact median of the norm, and
    each norm divided by it. Activations without a second derivative are left out.
    """
    X = x[None]
    smooth = [name for name in activations if parse_activation(name).second_derivative is not None]
    for name, width in product(smooth, widths):
        median = median_hessian_norm(width, activation=name)
        yield Row("hessian_norm_gaussian_median", median, name, width)
        for seed in range(seeds):
            for weights, draw in (("bounded", _bounded), ("gaussian", _gaussian)):
                A, B = draw(root, name, width, len(x), seed)
                norm = float(hessian_norm(X, A, B, activation=name)[0])
                K = float(empirical_ntk(X, None, A, B, activation=name)[0, 0])
                yield Row(f"hessian_norm_{weights}", norm, name, width, seed)
                yield Row(f"ntk_at_input_{weights}", K, name, width, seed)
            yield Row("hessian_median_ratio", norm / median, name, width, seed)


def readout_rows(*, root: int, widths: Sequence[int], seeds: int) -> Iterator[Row]:
    """max_j |a_j| of Gaussian readouts, where the logarithm comes from, and its exact median."""
    for width in widths:
        for seed in range(seeds):
            a = generator(root, "step5 readout", width, seed).standard_normal(width)
            yield Row("readout_max", float(np.abs(a).max()), None, width, seed)
        yield Row("readout_max_median", median_largest_readout(width), None, width)


def _gaussian(root: int, activation: str, width: int, d: int, seed: int):
    return initialise(width, d, rng=generator(root, f"step5 {activation}", width, seed))


def _bounded(root: int, activation: str, width: int, d: int, seed: int):
    rng = generator(root, f"step5 bounded {activation}", width, seed)
    return tuple(
        rng.uniform(-LARGEST_BOUNDED, LARGEST_BOUNDED, shape) for shape in ((1, width), (width, d))
    )


def example(activation: str) -> pd.DataFrame:
    """Every entry of the gradients and of the Gram matrix of a 1-D network with two units.

    f(x) = s (a_1 phi(b_1 x) + a_2 phi(b_2 x)), s = sqrt(c/2): df/da_j = s phi(b_j x) and
    df/db_j = s a_j phi'(b_j x) x. One row a weight, in the columns of step 5's table example;
    each column of products adds up to one entry of the Gram matrix.
    """
    phi = parse_activation(activation)
    s = math.sqrt(phi.scale / 2)
    rows = []
    for j, (a, b) in enumerate(zip(EXAMPLE_A, EXAMPLE_B, strict=True), start=1):
        points = (EXAMPLE_X, EXAMPLE_Z)
        rows.append((f"a_{j}", a, *(s * phi.value(b * x) for x in points)))
        rows.append((f"b_{j}", b, *(s * a * phi.derivative(b * x) * x for x in points)))
    table = pd.DataFrame(sorted(rows), columns=["weight", "value", "gradient_x", "gradient_z"])
    table = table.replace(-0.0, 0.0)
    at_x, at_z = table["gradient_x"], table["gradient_z"]
    return table.assign(
        activation=activation,
        x=EXAMPLE_X,
        z=EXAMPLE_Z,
        product_xx=at_x * at_x,
        product_xz=at_x * at_z,
        product_zz=at_z * at_z,
    )


def example_rows(examples: pd.DataFrame) -> Iterator[Row]:
    """How far the sums of products are from `empirical_ntk` at the same weights, at most."""
    A, B = np.array([EXAMPLE_A]), np.array([EXAMPLE_B]).T
    X = np.array([[EXAMPLE_X], [EXAMPLE_Z]])
    for name, rows in examples.groupby("activation", sort=False):
        xx, xz, zz = rows[["product_xx", "product_xz", "product_zz"]].sum()
        difference = empirical_ntk(X, None, A, B, activation=name) - [[xx, xz], [xz, zz]]
        yield Row("example_ntk_difference", float(np.abs(difference).max()), name, width=2)
