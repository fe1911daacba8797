"""Sections of the pages besides the experiment's, and how the experiment is summarised."""

import math
from typing import Annotated

from pydantic import Field, model_validator

from widelimit.expressions import check_expression
from widelimit.kernels.activations import parse_activation
from widelimit.kernels.quadrature import MAX_DEGREE
from widelimit.study.config.sections import (
    MAX_STEPS,
    MAX_WIDTH,
    Activation,
    Section,
    Target,
    TargetInT,
    distinct,
)
from widelimit.study.config.types import number, optional, whole

FAMILIES = ["relu", "leaky_relu:0.1", "gelu", "sin", "cos", "erf"]
"""All but the Hermite polynomials, of which there is one for each degree."""
RATIOS = [0.1, 0.2, 0.3, 0.5, 0.7, 0.9, 1.0, 1.1, 1.3, 2.0, 5.0, 20.0]
"""From far below interpolation to far beyond."""


class Step1(Section):
    """The page about linear regression: least squares by gradient descent on made-up data."""

    dimension: whole(ge=4, le=200) = 20
    """d of the inputs; there are 2 d, d or d / 2 points."""
    condition_numbers: distinct(number(ge=1, le=1e6), least=1, most=5) = [1.0, 10.0, 100.0, 1000.0]
    """sigma_1^2 / sigma_d^2 of the spectra on which the threshold is looked for."""
    condition_number: number(ge=1, le=1e6) = 30.0
    """The same of the data on which directions and regimes are followed."""
    steps: whole(ge=20, le=100_000) = 1000
    """Steps of gradient descent."""
    draws: whole(ge=1, le=1000) = 20
    """Random data sets of each regime behind the numbers."""


class Step2(Section):
    """The section about kernels on the page of step 3; its samples and kernels are those there."""

    n_train: whole(ge=3, le=50) = 9
    """Samples around the circle, for the polynomial features."""
    target: TargetInT = "x_0 + sin(4 * x_1)"
    """Their target as an expression in the angle t and the inputs x_0, x_1."""
    degrees: distinct(whole(ge=1, le=20), least=1, most=4) = [2, 4, 8]
    """Degrees of the polynomial features."""
    steps: whole(ge=1, le=10**6) = 10_000
    """Steps of gradient descent walked one by one; beyond, the closed form is shown."""
    draws: whole(ge=1, le=1000) = 20
    """Random data sets behind the numbers."""


class Step3(Section):
    """The figures about kernels: kernel regression on a few samples of the target."""

    n_train: whole(ge=2, le=50) = 10
    """Samples, spread over the lifted interval."""
    n_test: whole(ge=2, le=10_000) = 401
    """Points of the grid on which the fits are drawn."""
    target: TargetInT = "t + sin(10 * t)"
    """Target as an expression in t and the inputs x_0, x_1."""
    gaussian_scale: number(gt=0, le=1e6) = 10.0
    """L of the Gaussian kernel exp(-L |x - z|^2)."""
    laplace_scale: number(gt=0, le=1e6) = 2.0
    """L of the Laplace kernel exp(-L |x - z|)."""
    scales: distinct(number(gt=0, le=1e6), least=1, most=8) = [0.1, 1.0, 10.0, 100.0]
    """Values of L whose effect is shown."""


class Step4(Section):
    """The page about random features: their kernels, the last layer, double descent."""

    activations: distinct(Activation, least=1, most=12) = [*FAMILIES, "hermite:3"]
    """Whose dual activations are shown, and whose random features are held against NNGP."""
    degrees: distinct(whole(ge=0, le=30), least=1, most=3) = [1, 2, 4]
    """Highest powers of the truncated Hermite series shown."""
    pairs: whole(ge=1, le=10**6) = 256
    """Random features of the Monte Carlo estimates shown beside the dual activations."""
    dimension: whole(ge=2, le=100) = 8
    """d of the sphere S^{d-1} on which the points are drawn uniformly."""
    n_train: whole(ge=2, le=300) = 60
    """Training points."""
    n_test: whole(ge=1, le=5000) = 500
    """Test points, whose targets carry no noise."""
    target: Target = "3 * x_0 + 5 * x_1 * x_2"
    """Target as an expression in the inputs x_0, x_1, ..."""
    noise_std: number(ge=0, le=1e6) = 0.5
    """Standard deviation of Gaussian noise on the training targets."""
    seeds: whole(ge=1, le=1000) = 20
    """Random draws of the features, the points staying as they are."""
    widths: distinct(whole(ge=1, le=2**17), least=1, most=20) = [32, 128, 512, 2048, 8192]
    """Numbers k of random features whose kernel is held against its limit."""
    activation: Activation = "relu"
    """Of the networks whose last layer is trained, and of double descent."""
    gaussian_scale: number(gt=0, le=1e6) = 0.5
    """L of the Gaussian kernel exp(-L |x - z|^2), the limit of the random Fourier features."""
    trained_widths: distinct(whole(ge=1, le=2**13), least=1, most=6) = [20, 60, 240]
    """Widths of the networks whose last layer is trained by gradient descent."""
    trained_seeds: whole(ge=1, le=100) = 3
    """Random draws of each of them."""
    steps: whole(ge=1, le=10**6) = 10_000
    """Steps of that gradient descent."""
    ratios: distinct(number(gt=0, le=100), least=2, most=100) = RATIOS
    """Features per training point, k / n, of double descent; 1 must be among them."""
    data_sets: whole(ge=2, le=10_000) = 50
    """Fresh draws of points, noise and features, whose mean is compared with theory."""

    @model_validator(mode="after")
    def _in_the_inputs(self):
        try:
            check_expression(self.target, [f"x_{i}" for i in range(self.dimension)])
        except ValueError as error:
            raise ValueError(f"target: {error}") from None
        return self

    @model_validator(mode="after")
    def _within_the_oracle(self):
        for name in self.activations:
            if name.startswith("hermite:") and parse_activation(name).parameter > MAX_DEGREE:
                raise ValueError(
                    "activations: duals are held against their definition up to "
                    f"hermite:{MAX_DEGREE}; got {name!r}"
                )
        return self

    @model_validator(mode="after")
    def _with_the_threshold(self):
        if 1 not in self.ratios:
            raise ValueError(f"ratios: must contain 1, where fits interpolate; got {self.ratios}")
        return self


class Step5(Section):
    """The figures about the NTK: its limit, its Hessian, and what trains like it."""

    n_train: whole(ge=2, le=50) = 10
    """Samples, spread over the lifted interval."""
    n_test: whole(ge=2, le=1000) = 101
    """Points of the grid on which predictions are compared."""
    targets: Annotated[
        list[TargetInT],
        Field(min_length=2, max_length=20),
    ] = ["t + sin(10 * t)", "cos(6 * t)", "t * t"]
    """One target for each output, as an expression in t and the inputs x_0, x_1; networks of one
    output are trained on the first."""
    activations: distinct(Activation, least=1, most=20) = [*FAMILIES, "hermite:2"]
    """Whose kernel is compared with its closed form, and, where they are smooth, whose Hessian is
    measured. The trained networks have network.activation."""
    widths: distinct(whole(ge=1, le=2**20), least=1, most=20) = [64, 256, 1024, 4096, 16384]
    """Numbers of hidden units k of networks at initialisation."""
    seeds: whole(ge=1, le=10_000) = 60
    """Random initialisations of each of them."""
    kernel_seeds: whole(ge=1, le=10_000) = 160
    """Random initialisations of each whose kernel alone is compared with its closed form."""
    training_widths: distinct(whole(ge=1, le=2**16), least=1, most=20) = [64, 256, 1024, 4096]
    """Numbers of hidden units k of trained networks, and of those linearised with an explicit
    Jacobian."""
    training_seeds: whole(ge=1, le=10_000) = 20
    """Random initialisations of each of them."""
    steps: whole(ge=1, le=10**6) = 100
    """Steps of full-batch gradient descent."""
    relative_learning_rate: number(gt=0, lt=1) = 0.1
    """Step size in units of the stability bound 2 / lambda_max of the limit NTK."""
    flow_learning_rates: distinct(number(gt=0, lt=1), least=2, most=8) = [0.01, 0.03, 0.1, 0.3, 0.9]
    """In the same units: where discrete steps are compared with gradient flow."""


class Scale(Section):
    """The page about the scale of the output: the networks of the main experiment trained as
    alpha (f - f_0), alpha = g / sqrt(k), lazy where g is large and rich where it is of order 1.
    Without g the page is left out."""

    scales: distinct(number(ge=1e-3, le=1e6), most=20) = []
    """g = alpha sqrt(k), each with an experiment of its own."""
    widths: distinct(whole(ge=1, le=MAX_WIDTH), least=2, most=20) = [64, 256, 1024]
    """Numbers of hidden units k. With equal ratios, so that neighbours can be compared."""
    seeds: whole(ge=1, le=1000) = 3
    """Random initialisations of each width."""
    learning_rate: number(gt=0, le=1e6) = 0.001
    """Step size for the loss / alpha^2. The kernels of rich networks grow, some a hundredfold, so
    that it must be far below the bound at the start."""
    steps: whole(ge=1, le=MAX_STEPS) = 1000
    """Steps of full-batch gradient descent."""
    slower_below: number(ge=0, le=1e6) = 0.0
    """For g below this the learning rate falls in proportion to g, and the steps grow by as much,
    so that all networks are trained for the same time."""

    def descent(self, g: float) -> tuple[float, int]:
        """Learning rate and steps at g."""
        slower = min(1.0, g / self.slower_below) if self.slower_below else 1.0
        # Rounding must not add a step.
        return self.learning_rate * slower, math.ceil(self.steps / slower * (1 - 1e-12))

    @model_validator(mode="after")
    def _few_enough_steps(self):
        for g in self.scales:
            if self.descent(g)[1] > MAX_STEPS:
                raise ValueError(
                    f"slower_below: must leave at most {MAX_STEPS} steps at every g; got"
                    f" {self.slower_below:g}, with which g = {g:g} takes {self.descent(g)[1]}"
                )
        return self


class Classes(Section):
    """Kernel regression on all classes of a real source (digits, mnist, iris, wine, breast_cancer),
    with ridge and scale chosen by validation. Other sources do without."""

    n_train: optional(whole(ge=10, le=10_000)) = None
    """Training points; null: as many as data.n_train."""
    n_test: optional(whole(ge=1, le=100_000)) = None
    """Test points; null: as many as data.n_test."""
    validation: number(gt=0, lt=1) = 0.2
    """Share of the training points on which ridge and scale are chosen."""
    ridges: distinct(number(ge=0, le=1e6), least=1, most=20) = [1e-4, 1e-3, 1e-2, 1e-1, 1.0]
    """Absolute ridges to choose from."""
    gaussian_scales: distinct(number(gt=0, le=1e6), least=1, most=20) = [0.25, 0.5, 1.0, 2.0]
    """L of the Gaussian kernel to choose from."""
    laplace_scales: distinct(number(gt=0, le=1e6), least=1, most=20) = [0.3, 1.0, 3.0]
    """L of the Laplace kernel to choose from."""


class Learning(Section):
    """The page about learning curves: kernel regression on growing numbers of points that are
    uniform on a sphere, for targets of one degree, over draws of points and in theory."""

    dimensions: distinct(whole(ge=2, le=100), least=1, most=4) = [8, 16]
    """d of the spheres S^{d-1}. The curves are shown in the largest; theory is about large ones."""
    sizes: distinct(whole(ge=1, le=4096), least=2, most=20) = [8, 16, 32, 64, 128, 256]
    """Numbers n of training points. A draw keeps its points as n grows."""
    degrees: distinct(whole(ge=0, le=10), least=1, most=5) = [1, 2, 3]
    """Degrees of the targets. All spherical harmonics of a degree are averaged over."""
    draws: whole(ge=2, le=10_000) = 50
    """Draws of points in each dimension."""
    n_test: whole(ge=1, le=10_000) = 200
    """Test points of each draw."""
    activation: Activation = "relu"
    """Of the NTK and the NNGP kernel."""
    gaussian_scale: number(gt=0, le=1e6) = 0.5
    """L of the Gaussian kernel exp(-L |x - z|^2)."""
    laplace_scale: number(gt=0, le=1e6) = 1.0
    """L of the Laplace kernel exp(-L |x - z|)."""
    ridge: number(ge=0, le=1e6) = 0.0
    """Added to the diagonal of the Gram matrices."""
    network_width: whole(ge=1, le=2**16) = 512
    """Hidden units k of networks beside the NTK, on a target of degree 2 that depends on one
    direction, in the largest dimension."""
    network_scales: distinct(number(ge=1e-3, le=1e6), least=2, most=6) = [0.3, 3.0, 100.0]
    """g = alpha sqrt(k) of their output scales, rich to lazy."""
    network_sizes: distinct(whole(ge=2, le=4096), least=2, most=10) = [32, 64, 128]
    """Numbers n of their training points."""
    network_draws: whole(ge=2, le=1000) = 5
    """Draws of their points and initial weights."""
    network_steps: whole(ge=1, le=10**7) = 4000
    """Steps of full-batch gradient descent."""
    network_rate: number(gt=0, lt=1) = 0.1
    """Their learning rate in units of 2 / lambda_max of the limit NTK on the points. The kernels of
    rich networks grow in training, so that it must be far below 1."""


class Step7(Section):
    """How the main study is summarised."""

    quantiles: Annotated[list[number(ge=0, le=1)], Field(min_length=2, max_length=2)] = [0.1, 0.9]
    """Lower and upper quantile over seeds of every band."""
    slope_widths: whole(ge=2, le=100) = 4
    """How many of the widest widths the second slope is fitted to; the first takes all."""

    @model_validator(mode="after")
    def _ordered(self):
        if not self.quantiles[0] < self.quantiles[1]:
            raise ValueError(f"quantiles: must be lower, upper; got {self.quantiles}")
        return self
