"""What is measured: the problems, and which methods run on each."""

from __future__ import annotations

from dataclasses import asdict, dataclass, replace

import numpy as np

from widelimit import initialise
from widelimit.kernels.activations import parse_activation

LEARNING_RATE = 1e-2
FIRST_STEPS, MANY_STEPS = 3000, 100_000
"""The circle engine is timed over both; a step's cost falls while units settle in their cells."""

OTHERS = ("numpy", "pytorch", "jax")
"""How one would write it oneself. The first is what all the others are checked against."""


@dataclass(frozen=True)
class Case:
    """One problem of an experiment, and the methods that take turns on it.

    experiment   training, width, gemm, gram_ntk or gram_gaussian
    width        hidden units k; None for a Gram matrix
    depth        hidden layers of the network that a Gram matrix is the NTK of, else None
    check_steps  steps over which a method must agree with the first one before it is timed;
                 0: there is nothing to check
    """

    experiment: str
    methods: tuple[str, ...]
    points: int
    dimension: int
    width: int | None = None
    activation: str | None = "relu"
    depth: int | None = None
    check_steps: int = 0

    @classmethod
    def from_dict(cls, fields: dict) -> Case:
        return cls(**{**fields, "methods": tuple(fields["methods"])})

    def to_dict(self) -> dict:
        return asdict(self)

    def inputs(self) -> np.ndarray:
        """X (points, dimension) on the unit sphere; for d = 2 on the study's upper half circle."""
        rng = np.random.default_rng(self.points)
        if self.dimension == 2:
            t = rng.uniform(-1, 1, self.points)
            return np.stack([t, np.sqrt(1 - t**2)], axis=1)
        X = rng.standard_normal((self.points, self.dimension))
        return X / np.linalg.norm(X, axis=1, keepdims=True)

    def problem(self) -> Problem:
        X = self.inputs()
        A, B = initialise(self.width, self.dimension, rng=np.random.default_rng(self.width))
        return Problem(X, X[:, :1] + np.sin(10 * X[:, :1]), A, B, self.activation)

    def __str__(self) -> str:
        width = "" if self.width is None else f"k = 2^{np.log2(self.width):g}, "
        kind = "" if self.activation in (None, "relu") else f", {self.activation}"
        return f"{self.experiment} {width}n = {self.points}, d = {self.dimension}{kind}"


@dataclass(frozen=True)
class Problem:
    """Points X (n, d) with targets Y (n, 1), and a network's initial A (1, k) and B (k, d)."""

    X: np.ndarray
    Y: np.ndarray
    A: np.ndarray
    B: np.ndarray
    activation: str

    @property
    def scale(self) -> float:
        """sqrt(c/k) of f(x) = sqrt(c/k) A phi(B x)."""
        return float(np.sqrt(parse_activation(self.activation).scale / len(self.B)))

    def narrowed(self, width: int) -> Problem:
        """The same points with the first units alone."""
        return replace(self, A=self.A[:, :width], B=self.B[:width])


def _training(log_width, points, dimension, check_steps, activation="relu") -> Case:
    ours = ("dense", "circle") if dimension == 2 else ("dense",)
    # From d = 10 on, the engine is compared with the machine's rate of multiplying matrices.
    gemm = ("gemm",) if dimension >= 10 else ()
    methods = (*OTHERS, *ours, *gemm)
    width = 2**log_width
    return Case("training", methods, points, dimension, width, activation, check_steps=check_steps)


TRAINING = (
    _training(12, 20, 2, check_steps=1000),
    _training(16, 20, 2, check_steps=100),
    _training(16, 100, 2, check_steps=30),
    _training(20, 20, 2, check_steps=10),
    _training(20, 100, 2, check_steps=3),
    _training(12, 100, 3, check_steps=300),
    _training(12, 100, 10, check_steps=300),
    _training(12, 100, 100, check_steps=300),
    *(_training(12, 100, 10, check_steps=300, activation=name) for name in ("gelu", "erf", "sin")),
)
PEAK = Case("gemm", ("gemm",), 2048, 2048, 2048, None)
"""Square matrices, large enough for the rate to be the machine's own."""


def _widths(log_widths, points) -> list[Case]:
    return [Case("width", ("circle",), points, 2, 2**log_width) for log_width in log_widths]


GRAM_LIMITS = ("product", "write")
"""What no method can do without: the dot products alone, and as many floats written to memory."""


def _gram(experiment, library, points, activation=None, depth=None) -> Case:
    methods = library, "widelimit", *GRAM_LIMITS
    return Case(experiment, methods, points, 10, activation=activation, depth=depth, check_steps=1)


GRAMS = (
    *(_gram("gram_ntk", "neural_tangents", n, "relu", 1) for n in (2000, 4000)),
    *(_gram("gram_ntk", "neural_tangents", 2000, name, 1) for name in ("gelu", "erf", "sin")),
    _gram("gram_ntk", "neural_tangents", 2000, "relu", 3),
    *(_gram("gram_gaussian", "scikit_learn", n) for n in (2000, 4000)),
)


def blocks(*, quick: bool = False) -> list[list[Case]]:
    """The cases, those in one list measured in turns, round after round."""
    training, grams = TRAINING, GRAMS
    widths = [_widths(range(10, 23, 2), points) for points in (20, 100)]
    if quick:
        training = [TRAINING[i] for i in (0, 1, 3, 6, 7, 8)]
        widths, grams = [_widths((12, 16, 20), 20)], [GRAMS[0], GRAMS[-2]]
    return [*([case] for case in training), [PEAK], *widths, *([case] for case in grams)]
