"""``python -m benchmarks.predicted_smooth``: movement of smooth networks in d = 3 over prediction.

Networks come in pairs, (A, B) and (-A, B), so that f_0 is 0 in the mean of a pair; the standard
error is between pairs. The start's root mean square over networks and test points, that of the
networks' mean movement less what chance adds to it, and the slope and correlation of that mean with
the prediction. Printed as Markdown.
"""

from __future__ import annotations

import argparse

import numpy as np

import widelimit

WIDTH = 512
DESCENT = {"learning_rate": 0.05, "steps": 50}
ENDS = 0, DESCENT["steps"]


def sphere(n: int, seed: int) -> np.ndarray:
    X = np.random.default_rng(seed).standard_normal((n, 3))
    return X / np.linalg.norm(X, axis=1, keepdims=True)


def errors(X, y, Z, activation: str, pair: int) -> tuple[np.ndarray, np.ndarray]:
    """Own-kernel minus limit prediction, and network minus own-kernel prediction, each (2, m)."""
    A, B = widelimit.initialise(WIDTH, 3, rng=np.random.default_rng([0, pair]))
    own = [widelimit.empirical_ntk(p, X, A, B, activation=activation) for p in (X, Z)]
    limit = [widelimit.ntk_gram(p, X, activation=activation) for p in (X, Z)]
    start, movement = [], []
    for sign in (1, -1):
        network = widelimit.train(
            X, y, sign * A, B, activation=activation, checkpoints=ENDS, X_test=Z, **DESCENT
        )
        f0 = {"f0_train": network.f_train[0], "f0_test": network.f_test[0]}
        by_own, by_limit = (
            widelimit.gradient_descent_prediction(*kernels, y, **DESCENT, **f0)
            for kernels in (own, limit)
        )
        start.append(by_own - by_limit)
        movement.append(network.f_test[-1] - by_own)
    return np.array(start), np.array(movement)


def main() -> None:
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--pairs", type=int, default=4000)
    pairs = parser.parse_args().pairs
    X, Z = sphere(10, 0), sphere(30, 1)
    # Large targets: the mean of the movement grows faster with them than its chance.
    y = 3 * (X[:, 0] * X[:, 1] + X[:, 2])
    print("| activation | start | movement | slope on the prediction | correlation |")
    print("|---|---|---|---|---|")
    for activation in ("gelu", "erf", "sin", "cos"):
        predicted = widelimit.predicted_distance(
            X, Z, y, activation=activation, widths=[WIDTH], draws=128, **DESCENT
        )
        runs = [errors(X, y, Z, activation, pair) for pair in range(pairs)]
        start = np.array([run[0] for run in runs])
        movement = np.array([run[1] for run in runs]).mean(axis=1)
        g, mean = predicted.movement_by_point[0], movement.mean(axis=0)
        chance = np.mean(movement.var(axis=0, ddof=1)) / pairs
        moved = np.sqrt(max(np.mean(mean**2) - chance, 0.0)) / predicted.movement[0]
        started = np.sqrt(np.mean(start**2)) / predicted.start[0]
        slopes = movement @ g / (g @ g)
        print(
            f"| {activation} | {started:.2f} | {moved:.2f} | {slopes.mean():.2f} ±"
            f" {slopes.std(ddof=1) / np.sqrt(pairs):.2f} | {np.corrcoef(mean, g)[0, 1]:.3f} |",
            flush=True,
        )


if __name__ == "__main__":
    main()
