"""Sections network and kernels: what is trained, and what it is compared with."""

from typing import Literal

import numpy as np
from pydantic import model_validator

from widelimit.expressions import check_expression, evaluate_expression
from widelimit.measure.log_steps import log_steps
from widelimit.study.config.sections import (
    MAX_STEPS,
    MAX_WIDTH,
    Activation,
    Section,
    Target,
    distinct,
)
from widelimit.study.config.types import number, optional, whole


class Network(Section):
    """The networks, and how they are trained."""

    activation: Activation = "relu"
    """relu, leaky_relu:<slope>, gelu, sin, cos, erf or hermite:<n>; tanh, sigmoid, softplus, swish,
    or an expression in u such as tanh(u) + 0.1 * u, smooth but for a kink at 0."""
    widths: distinct(whole(ge=1, le=MAX_WIDTH), least=1, most=100) = [64, 256, 1024]
    """Numbers of hidden units k, each once."""
    seeds: whole(ge=1, le=100_000) = 10
    """Random initialisations of each width."""
    seeds_per_job: whole(ge=1, le=100_000) = 5
    """Initialisations that one job trains. Jobs are always whole: seeds are rounded up to a
    multiple of it for training, so that adding seeds later repeats no job."""
    learning_rate: number(gt=0, le=1e6) = 0.01
    """Step size for the loss 1/2 sum_i (y_i - f(x_i))^2."""
    steps: whole(ge=1, le=MAX_STEPS) = 1000
    """Steps of full-batch gradient descent."""
    checkpoints: optional(distinct(whole(ge=0), most=100)) = None
    """Steps at which networks are compared with theory; 0 and the last step always belong to
    them. By default the powers of ten."""
    loss_points_per_decade: whole(ge=1, le=100) = 10
    """Steps, for each factor of ten, at which the training loss is kept."""
    engine: Literal["auto", "dense", "circle"] = "auto"
    """auto: the exact circle engine where it applies (points on the unit circle, relu or
    leaky_relu, one output), dense elsewhere. circle is refused where it does not apply; variants
    and the experiments of beyond then have auto, unless a variant asks for circle itself."""
    output_scale: optional(number(gt=0, le=1e9) | Target) = None
    """alpha: networks are alpha (f - f_0), f_0 the network at its start, trained on the loss
    / alpha^2. A number, or an expression in the width k: with 100 / sqrt(k) networks become lazy or
    rich alike at every width, where a number makes wide ones lazy. null trains f itself."""

    @model_validator(mode="after")
    def _fits_together(self):
        if self.checkpoints is not None:
            late = [step for step in self.checkpoints if step > self.steps]
            if late:
                raise ValueError(
                    f"checkpoints: must be at most steps = {self.steps}; got {late[0]}"
                )
        if isinstance(self.output_scale, str):
            try:
                check_expression(self.output_scale, ["k"])
                scales = [(self.output_scale_at(width), width) for width in self.widths]
            except ValueError as error:
                raise ValueError(f"output_scale: {error}") from None
            wrong = [pair for pair in scales if not 0 < pair[0] <= 1e9]
            if wrong:
                raise ValueError(
                    "output_scale: must be above 0 and at most 1e9 at every width; got"
                    " {2}, which is {0:g} at k = {1}".format(*wrong[0], self.output_scale)
                )
        return self

    def output_scale_at(self, width: int) -> float | None:
        """alpha of networks of a width."""
        if not isinstance(self.output_scale, str):
            return self.output_scale
        return float(evaluate_expression(self.output_scale, {"k": np.array([float(width)])})[0])

    @property
    def all_checkpoints(self) -> list[int]:
        """The checkpoints, ascending, with 0 and the last step."""
        chosen = log_steps(self.steps) if self.checkpoints is None else self.checkpoints
        return sorted({0, *chosen, self.steps})

    @property
    def loss_steps(self) -> list[int]:
        """Steps at which the loss is kept: log-spaced, and every checkpoint."""
        spaced = log_steps(self.steps, self.loss_points_per_decade)
        return sorted({*spaced, *self.all_checkpoints})


class Kernels(Section):
    """Kernel regression with infinitely many steps."""

    ridge: number(ge=0) = 0.0
    """Absolute ridge added to the diagonal of K(X, X); 0 is the minimum-norm solution."""
    rcond: optional(number(gt=0, lt=1)) = None
    """Eigenvalues below rcond * lambda_max count as 0; by default n_train times machine epsilon."""
    gaussian_scale: optional(number(gt=0, le=1e6)) = None
    """L of a Gaussian kernel exp(-L |x - z|^2) to compare with; null: none."""
    laplace_scale: optional(number(gt=0, le=1e6)) = None
    """L of a Laplace kernel exp(-L |x - z|) to compare with; null: none."""
