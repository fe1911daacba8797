"""Step 5: the threshold of the learning rate, 2 / lambda_max, for networks."""

from collections.abc import Iterator

import numpy as np

from widelimit.measure.metric_rows import Row
from widelimit.networks.model import initialise
from widelimit.networks.tangent import empirical_ntk
from widelimit.seeds import generator
from widelimit.training import train

BELOW, ABOVE = 0.95, 1.05
"""Learning rates in units of the threshold of the network's own kernel at the start."""
HALF, STEPS = 5, 10
"""Few: above the threshold the kernel of a finite network shrinks before its loss grows far."""


def threshold_rows(
    X: np.ndarray, y: np.ndarray, *, root: int, activation: str, width: int, seeds: int
) -> Iterator[Row]:
    """|u.(y - f)| after 10 steps / after 5, u the first eigenvector of the network's own NTK at the
    start, of networks below and above the threshold of that kernel.

    X (n, d), y (n,). While the kernel is as at the start, each step multiplies this component of
    the residuals by 1 - eta lambda_max: the ratio is 0.9^5 = 0.59 below and 1.1^5 = 1.61 above.
    """
    for seed in range(seeds):
        rng = generator(root, "step5 threshold", width, seed)
        A, B = initialise(width, X.shape[1], rng=rng)
        values, vectors = np.linalg.eigh(empirical_ntk(X, None, A, B, activation=activation))
        options = {"steps": STEPS, "checkpoints": [HALF, STEPS], "engine": "dense"}
        for name, relative in (("below", BELOW), ("above", ABOVE)):
            rate = relative * 2 / values[-1]
            result = train(X, y, A, B, activation=activation, learning_rate=rate, **options)
            after = dict(zip(result.checkpoints.tolist(), result.f_train, strict=True))
            half, end = (abs(vectors[:, -1] @ (y - after[step])) for step in (HALF, STEPS))
            yield Row(f"network_growth_{name}", float(end / half), activation, width, seed)
