"""``python -m benchmarks.predicted_parts``: start and movement of ReLU networks over prediction.

On the shipped study's points, and for another seed, target and design: the start's root mean square
over networks and test points, that of the networks' mean movement less what chance adds to it, and
the slope and correlation of that mean with the prediction. Printed as Markdown.
"""

from __future__ import annotations

import argparse

import numpy as np

import widelimit
from widelimit.data.points import generate_data

SHIPPED = {
    "source": "lift",
    "design": "uniform",
    "dimension": 2,
    "n_train": 20,
    "n_test": 40,
    "targets": ["t + sin(10 * t)"],
    "noise_std": 0.0,
    "root": 0,
}
PROBLEMS = {
    "the shipped study's points": SHIPPED,
    "another seed of the data": SHIPPED | {"root": 5},
    "target |t| - cos 5t": SHIPPED | {"targets": ["abs(t) - cos(5 * t)"]},
    "equispaced points": SHIPPED | {"design": "equispaced"},
}
LEARNING_RATE = 0.01


def errors(X, y, Z, width: int, steps: list[int], seed: int) -> tuple[np.ndarray, np.ndarray]:
    """Own-kernel minus limit prediction of one network, and network minus own-kernel prediction,
    each (len(steps), m)."""
    A, B = widelimit.initialise(width, 2, rng=np.random.default_rng([seed, width]))
    f0, f0_Z = widelimit.forward(X, A, B), widelimit.forward(Z, A, B)
    options = {"learning_rate": LEARNING_RATE, "steps": steps, "f0_train": f0, "f0_test": f0_Z}

    def predicted(kernel):
        return widelimit.gradient_descent_prediction(kernel(X), kernel(Z), y, **options)

    own = predicted(lambda points: widelimit.empirical_ntk(points, X, A, B, activation="relu"))
    limit = predicted(lambda points: widelimit.ntk_gram(points, X))
    ends = (widelimit.train(X, y, A, B, learning_rate=LEARNING_RATE, steps=step) for step in steps)
    networks = np.array([widelimit.forward(Z, end.A, end.B) for end in ends])
    return own - limit, networks - own


def main() -> None:
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--width", type=int, default=2**16)
    parser.add_argument("--steps", type=int, nargs="+", default=[100, 10_000])
    parser.add_argument("--seeds", type=int, default=32)
    arguments = parser.parse_args()
    width, steps = arguments.width, arguments.steps
    print("| problem | T | start | movement | slope on the prediction | correlation |")
    print("|---|---|---|---|---|---|")
    for name, points in PROBLEMS.items():
        train, test = generate_data(**points).values()
        data = train.X, train.y[:, 0], test.X
        runs = [errors(*data, width, steps, seed) for seed in range(arguments.seeds)]
        X, y, Z = data
        predicted = widelimit.predicted_distance(
            X, Z, y, learning_rate=LEARNING_RATE, steps=steps, widths=[width], draws=32
        )
        for i, step in enumerate(steps):
            start, movement = (np.array([run[part][i] for run in runs]) for part in (0, 1))
            g = predicted.movement_by_point[i, 0]
            mean, slopes = movement.mean(axis=0), movement @ g / (g @ g)
            chance = np.mean(movement.var(axis=0, ddof=1)) / len(runs)
            moved = np.sqrt(max(np.mean(mean**2) - chance, 0.0)) / predicted.movement[i, 0]
            started = np.sqrt(np.mean(start**2)) / predicted.start[i, 0]
            error = slopes.std(ddof=1) / np.sqrt(len(runs))
            correlation = np.corrcoef(mean, g)[0, 1]
            print(
                f"| {name} | {step} | {started:.2f} | {moved:.2f} |"
                f" {slopes.mean():.2f} ± {error:.2f} | {correlation:.3f} |",
                flush=True,
            )


if __name__ == "__main__":
    main()
