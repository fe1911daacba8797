"""``python -m benchmarks.planned_widths``: networks trained at the widths that the planner names.

For each problem and tolerance: the width of `width_for_tolerance`, and the distance of networks of
that width from their NTK predictions, root mean square over initialisations and test points, in
tolerances, with its standard error over initialisations. Printed as Markdown.
"""

import argparse
from typing import NamedTuple

import numpy as np

from widelimit import (
    forward,
    gradient_descent_prediction,
    initialise,
    ntk_gram,
    train,
    width_for_tolerance,
)
from widelimit.data.points import make_points
from widelimit.measure.distances import root_of_mean


class Problem(NamedTuple):
    """Points, and how they are learned; shares: tolerances, of what training changes."""

    name: str
    points: dict
    activation: str
    learning_rate: float
    steps: int
    shares: tuple[float, ...]

    @property
    def descent(self) -> dict:
        return {"learning_rate": self.learning_rate, "steps": self.steps}


DRAWN = {"design": "uniform", "noise_std": 0.0, "n_test": 100}
TABLE = {"standardise": True, "noise_std": 0.0, "n_test": 100}
PROBLEMS = (
    Problem(
        "12 points of an arc, |t| - cos 5t",
        {
            **DRAWN,
            "source": "lift",
            "dimension": 2,
            "n_train": 12,
            "targets": ["abs(t) - cos(5 * t)"],
        },
        *("relu", 0.02, 2000, (0.1, 0.03)),
    ),
    Problem(
        "15 points of the circle, sin 2t + cos t",
        {
            **DRAWN,
            "source": "circle",
            "dimension": 2,
            "n_train": 15,
            "targets": ["sin(2 * t) + x_0"],
        },
        *("leaky_relu:0.2", 0.02, 10_000, (0.05, 0.01)),
    ),
    Problem(
        "15 points in d = 3, x_0 x_1 + sin 4 x_2",
        {
            **DRAWN,
            "source": "sphere",
            "dimension": 3,
            "n_train": 15,
            "targets": ["x_0 * x_1 + sin(4 * x_2)"],
        },
        *("gelu", 0.05, 300, (0.1, 0.03)),
    ),
    Problem(
        "40 patients of the diabetes table, d = 10",
        {**TABLE, "source": "diabetes", "n_train": 40},
        *("erf", 0.02, 300, (0.1, 0.03)),
    ),
)


def predicted_change(X, y, Z, problem: Problem) -> float:
    """Root mean square over test points of what training changes in the limit, from 0 on."""
    phi = {"activation": problem.activation}
    K, K_Z = ntk_gram(X, **phi), ntk_gram(Z, X, **phi)
    return float(np.sqrt(np.mean(gradient_descent_prediction(K, K_Z, y, **problem.descent) ** 2)))


def measured_distance(X, y, Z, problem: Problem, width: int, seeds: int) -> tuple[float, float]:
    """Root mean square over seeds and test points, and its standard error over seeds."""
    phi, descent = {"activation": problem.activation}, problem.descent
    K, K_Z = ntk_gram(X, **phi), ntk_gram(Z, X, **phi)
    squares = []
    for seed in range(seeds):
        A, B = initialise(width, X.shape[1], rng=np.random.default_rng([seed, width]))
        f0, f0_Z = forward(X, A, B, **phi), forward(Z, A, B, **phi)
        trained = train(X, y, A, B, **phi, **descent)
        theory = gradient_descent_prediction(K, K_Z, y, **descent, f0_train=f0, f0_test=f0_Z)
        squares.append(np.mean((forward(Z, trained.A, trained.B, **phi) - theory) ** 2))
    return root_of_mean(squares)


def main() -> None:
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--seeds", type=int, default=40)
    parser.add_argument("--root", type=int, default=1)
    arguments = parser.parse_args()
    heads = ("points, target", "activation, steps", "tolerance", "width", "reached")
    print("|", " | ".join([*heads, "distance / tolerance"]), "|")
    print("|---|---|---|---|---|---|")
    for problem in PROBLEMS:
        points = make_points(root=arguments.root, **problem.points)
        data = points["train"].X, points["train"].y[:, 0], points["test"].X
        change = predicted_change(*data, problem)
        for share in problem.shares:
            X, y, Z = data
            tolerance = share * change
            found = width_for_tolerance(
                X, Z, y, tolerance=tolerance, activation=problem.activation, **problem.descent
            )
            rms, error = measured_distance(*data, problem, found.width, arguments.seeds)
            cells = (
                problem.name,
                f"{problem.activation}, {problem.steps}",
                f"{share:.0%} of {change:.3g}",
                found.width,
                "yes" if found.reached else "no",
                f"{rms / tolerance:.2f} ± {error / tolerance:.2f}",
            )
            print("|", " | ".join(map(str, cells)), "|", flush=True)


if __name__ == "__main__":
    main()
