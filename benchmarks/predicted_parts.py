"""``python -m benchmarks.predicted_parts``: start and movement of networks over their prediction.

Of ReLU networks on the shipped study's points, and for another seed, target and design; with
``smooth``, of smooth networks on the sphere in d = 3. Those come in pairs, (A, B) and (-A, B), so
that f_0 is 0 in the mean of a pair, and standard errors are between pairs. The start's root mean
square over networks and test points, that of the networks' mean movement less what chance adds to
it, and the slope and correlation of that mean with the prediction. Printed as Markdown. The
defaults are those of ReLU; docs/finite_width.md has the command for the others, narrower and many.
"""

import argparse
from typing import NamedTuple

import numpy as np

import widelimit
from widelimit.data.points import generate_data
from widelimit.measure.distances import paired_bias, standard_error

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


class Problem(NamedTuple):
    """X (n, d), y (n,), Z (m, d); signs of A that are trained and averaged for each seed."""

    X: np.ndarray
    y: np.ndarray
    Z: np.ndarray
    activation: str = "relu"
    learning_rate: float = 0.01
    signs: tuple[int, ...] = (1,)


def on_the_circle(**changes) -> Problem:
    train, test = generate_data(**SHIPPED | changes).values()
    return Problem(train.X, train.y[:, 0], test.X)


def on_the_sphere(activation: str) -> Problem:
    X, Z = (
        P / np.linalg.norm(P, axis=1, keepdims=True)
        for P in (np.random.default_rng(i).standard_normal((n, 3)) for i, n in enumerate((10, 30)))
    )
    # Large targets: the mean of the movement grows faster with them than its chance.
    y = 3 * (X[:, 0] * X[:, 1] + X[:, 2])
    return Problem(X, y, Z, activation, learning_rate=0.05, signs=(1, -1))


def relu_problems() -> dict[str, Problem]:
    return {
        "the shipped study's points": on_the_circle(),
        "another seed of the data": on_the_circle(root=5),
        "target |t| - cos 5t": on_the_circle(targets=["abs(t) - cos(5 * t)"]),
        "equispaced points": on_the_circle(design="equispaced"),
    }


def smooth_problems() -> dict[str, Problem]:
    return {activation: on_the_sphere(activation) for activation in ("gelu", "erf", "sin", "cos")}


def errors(problem: Problem, width: int, steps: list[int], seed: int) -> np.ndarray:
    """Own-kernel minus limit prediction, and network minus own-kernel prediction:
    (2, len(steps), len(signs), m)."""
    X, y, Z, activation, learning_rate, signs = problem
    A, B = widelimit.initialise(width, X.shape[1], rng=np.random.default_rng([seed, width]))
    own = [widelimit.empirical_ntk(P, X, A, B, activation=activation) for P in (X, Z)]
    limit = [widelimit.ntk_gram(P, X, activation=activation) for P in (X, Z)]
    descent = {"learning_rate": learning_rate, "steps": max(steps)}
    parts = []
    for sign in signs:
        network = widelimit.train(
            *(X, y, sign * A, B),
            activation=activation,
            checkpoints=[0, *steps],
            X_test=Z,
            **descent,
        )
        options = {"f0_train": network.f_train[0], "f0_test": network.f_test[0]}
        options |= descent | {"steps": steps}
        by_own, by_limit = (
            widelimit.gradient_descent_prediction(*kernels, y, **options)
            for kernels in (own, limit)
        )
        parts.append((by_own - by_limit, network.f_test[1:] - by_own))
    return np.stack(parts, axis=2)


def main() -> None:
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("problems", nargs="?", choices=("relu", "smooth"), default="relu")
    parser.add_argument("--width", type=int, default=2**16)
    parser.add_argument("--steps", type=int, nargs="+", default=[100, 10_000])
    parser.add_argument("--seeds", type=int, default=32)
    parser.add_argument("--draws", type=int, default=32, help="of the prediction")
    arguments = parser.parse_args()
    width, steps = arguments.width, arguments.steps
    problems = relu_problems() if arguments.problems == "relu" else smooth_problems()
    print("| problem | T | start | movement | slope on the prediction | correlation |")
    print("|---|---|---|---|---|---|")
    for name, problem in problems.items():
        runs = np.array([errors(problem, width, steps, seed) for seed in range(arguments.seeds)])
        predicted = widelimit.predicted_distance(
            *(problem.X, problem.Z, problem.y),
            activation=problem.activation,
            learning_rate=problem.learning_rate,
            steps=steps,
            widths=[width],
            draws=arguments.draws,
        )
        for i, step in enumerate(steps):
            started = np.sqrt(np.mean(runs[:, 0, i] ** 2)) / predicted.start[i, 0]
            movement = runs[:, 1, i].mean(axis=1)
            moved, _ = paired_bias(movement)
            g = predicted.movement_by_point[i, 0]
            slopes = movement @ g / (g @ g)
            print(
                f"| {name} | {step} | {started:.2f} |"
                f" {moved / predicted.movement[i, 0]:.2f} |"
                f" {slopes.mean():.2f} ± {standard_error(slopes):.2f} |"
                f" {np.corrcoef(movement.mean(axis=0), g)[0, 1]:.3f} |",
                flush=True,
            )


if __name__ == "__main__":
    main()
