"""The configuration of a study: one pydantic model, the only truth about config.yaml.

The JSON schema in workflow/schemas is generated from it: ``python -m widelimit.config``.
"""

from __future__ import annotations

import math
import sys
from collections.abc import Iterable
from typing import Annotated, Any, Literal

import yaml
from pydantic import (
    AfterValidator,
    BaseModel,
    ConfigDict,
    Field,
    model_validator,
)

from widelimit.activations import parse_activation
from widelimit.config_errors import ConfigError, readable, validated
from widelimit.config_types import Flag, number, optional, whole
from widelimit.digits import CLASSES
from widelimit.expressions import check_expression
from widelimit.sphere import source_dimension


def _known_activation(name: str) -> str:
    parse_activation(name)
    return name


def _distinct(values: list) -> list:
    twice = sorted({value for value in values if values.count(value) > 1})
    if twice:
        raise ValueError(f"each value may stand once; {', '.join(map(str, twice))} stands twice")
    return values


def _in_t(target: str) -> str:
    check_expression(target, ("t", "x_0", "x_1"))
    return target


Name = Annotated[str, Field(min_length=1, max_length=100)]

MAX_WIDTH = 2**26


class Section(BaseModel):
    """Strict: no unknown key, no silent conversion."""

    model_config = ConfigDict(extra="forbid", strict=True, use_attribute_docstrings=True)


class Data(Section):
    """Where the points and their targets come from."""

    source: Literal["lift", "circle", "sphere", "interval", "file", "digits", "lecture"] = "lift"
    """lift: t in [-1, 1] to (t, sqrt(1 - t^2)) on the unit circle; circle: t an angle on the
    whole circle; sphere: uniform on S^{d-1}; interval: the raw t in [-1, 1], which is no sphere;
    file: your own points, normalised to the sphere; digits: scikit-learn's handwritten digits,
    normalised likewise, with one output for each class; lecture: uniform on S^{d-1} with linear
    targets, drawn as in a published lecture by NumPy's legacy generator. The last two have
    targets of their own and ignore target."""
    bias: Flag = False
    """Append an input coordinate of 1 to every point, which gives the hidden units biases. The
    points then have norm sqrt(2) in place of 1: relu and leaky_relu only."""
    design: Literal["uniform", "equispaced"] = "uniform"
    """Training points drawn independently, or on a grid (lift, circle and interval)."""
    dimension: whole(ge=1, le=10_000) = 2
    """d of the sphere S^{d-1} of source sphere and lecture; the others have their own."""
    n_train: whole(ge=1, le=10_000) = 20
    """Training points."""
    n_test: whole(ge=1, le=100_000) = 200
    """Test points: a grid where the source has a t, random points otherwise."""
    target: (
        Annotated[str, Field(min_length=1)]
        | Annotated[list[Annotated[str, Field(min_length=1)]], Field(min_length=1, max_length=100)]
    ) = "t + sin(10 * t)"
    """Target as an expression in t (where the source has one) and the inputs x_0, x_1, ...; a
    list has one expression for each output."""
    noise_std: number(ge=0, le=1e6) = 0.0
    """Standard deviation of Gaussian noise on the training targets."""
    outputs: (
        whole(ge=1, le=100)
        | Annotated[list[Name], Field(min_length=1, max_length=100), AfterValidator(_distinct)]
        | None
    ) = None
    """Number of outputs; with source file, the names of the output columns. By default one for
    each target expression; a single expression serves several outputs."""
    inputs: Annotated[list[Name], Field(max_length=10_000), AfterValidator(_distinct)] = []
    """Names of the input columns, with source file."""
    path: Name | None = None
    """The CSV or Parquet file, with source file."""

    @model_validator(mode="after")
    def _fits_together(self):
        if self.source == "file":
            if self.path is None:
                raise ValueError(
                    "path: source file needs the CSV or Parquet file to read; got none"
                )
            if not self.inputs or not isinstance(self.outputs, list):
                raise ValueError(
                    "inputs: source file needs inputs and outputs, two lists of column names;"
                    f" got {self.inputs} and {self.outputs}"
                )
            both = sorted(set(self.inputs) & set(self.outputs))
            if both:
                raise ValueError(f"outputs: must differ from inputs; got {', '.join(both)} in both")
            return self
        if self.path is not None or self.inputs:
            raise ValueError(
                f"path: path and inputs belong to source file; got source {self.source}"
            )
        if isinstance(self.outputs, list):
            raise ValueError(
                f"outputs: must be a number, or a list of names with source file;"
                f" got {self.outputs} with source {self.source}"
            )
        if self.source in ("digits", "lecture"):
            own = CLASSES if self.source == "digits" else 1
            if self.outputs not in (None, own):
                raise ValueError(
                    f"outputs: must be {own} with source {self.source}; got {self.outputs}"
                )
            return self
        if self.source == "sphere" and self.design == "equispaced":
            raise ValueError("design: equispaced needs source lift, circle or interval; got sphere")
        if isinstance(self.target, list) and self.outputs not in (None, len(self.target)):
            raise ValueError(
                f"outputs: must be the number of target expressions, {len(self.target)};"
                f" got {self.outputs}"
            )
        for expression in self.targets:
            try:
                check_expression(expression, self.variables)
            except ValueError as error:
                raise ValueError(f"target: {error}") from None
        return self

    @property
    def variables(self) -> list[str]:
        """Names a target expression may use."""
        inputs = [f"x_{i}" for i in range(source_dimension(self.source, self.dimension))]
        return inputs if self.source == "sphere" else ["t", *inputs]

    @property
    def n_inputs(self) -> int:
        """Dimension of the points, a bias included."""
        d = len(self.inputs) or source_dimension(self.source, self.dimension)
        return d + self.bias

    @property
    def n_outputs(self) -> int:
        """Outputs of a network."""
        if self.source == "digits":
            return CLASSES
        return len(self.outputs) if isinstance(self.outputs, list) else len(self.targets)

    @property
    def targets(self) -> list[str]:
        """One expression for each output."""
        if isinstance(self.target, list):
            return self.target
        return [self.target] * (self.outputs if isinstance(self.outputs, int) else 1)


class Network(Section):
    """The networks, and how they are trained."""

    activation: Annotated[str, AfterValidator(_known_activation)] = "relu"
    """relu, leaky_relu:<slope>, gelu, sin, cos, erf or hermite:<n>."""
    widths: Annotated[
        list[whole(ge=1, le=MAX_WIDTH)],
        Field(min_length=1, max_length=100),
        AfterValidator(_distinct),
    ] = [64, 256, 1024]
    """Numbers of hidden units k, each once."""
    seeds: whole(ge=1, le=100_000) = 10
    """Random initialisations of each width."""
    seeds_per_job: whole(ge=1, le=100_000) = 5
    """Initialisations that one job trains. Jobs are always whole: seeds are rounded up to a
    multiple of it for training, so that adding seeds later repeats no job."""
    learning_rate: number(gt=0, le=1e6) = 0.01
    """Step size for the loss 1/2 sum_i (y_i - f(x_i))^2."""
    steps: whole(ge=1, le=10**9) = 1000
    """Steps of full-batch gradient descent."""
    checkpoints: optional(
        Annotated[list[whole(ge=0)], Field(max_length=100), AfterValidator(_distinct)]
    ) = None
    """Steps at which networks are compared with theory; 0 and the last step always belong to
    them. By default the powers of ten."""
    loss_points_per_decade: whole(ge=1, le=100) = 10
    """Steps, for each factor of ten, at which the training loss is kept."""
    engine: Literal["auto", "dense", "circle"] = "auto"
    """auto: the exact circle engine where it applies (points on the unit circle, relu or
    leaky_relu, one output), dense elsewhere. circle is refused where it does not apply; variants
    and the experiments of beyond then have auto, unless a variant asks for circle itself."""

    @model_validator(mode="after")
    def _fits_together(self):
        if self.checkpoints is not None:
            late = [step for step in self.checkpoints if step > self.steps]
            if late:
                raise ValueError(
                    f"checkpoints: must be at most steps = {self.steps}; got {late[0]}"
                )
        return self

    @property
    def all_checkpoints(self) -> list[int]:
        """The checkpoints, ascending, with 0 and the last step."""
        chosen = self.checkpoints
        if chosen is None:
            chosen = [10**e for e in range(1 + int(math.log10(self.steps)))]
        return sorted({0, *chosen, self.steps})

    @property
    def loss_steps(self) -> list[int]:
        """Steps at which the loss is kept: log-spaced, and every checkpoint."""
        count = self.loss_points_per_decade
        last = math.ceil(count * math.log10(self.steps)) if self.steps > 1 else 0
        spaced = {round(10 ** (i / count)) for i in range(last)}
        kept = {*spaced, *self.all_checkpoints}
        return sorted(step for step in kept if step <= self.steps)


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


class Step1(Section):
    """The page about linear regression: least squares by gradient descent on made-up data."""

    dimension: whole(ge=4, le=200) = 20
    """d of the inputs; there are 2 d, d or d / 2 points."""
    condition_numbers: Annotated[
        list[number(ge=1, le=1e6)],
        Field(min_length=1, max_length=5),
        AfterValidator(_distinct),
    ] = [1.0, 10.0, 100.0, 1000.0]
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
    target: Annotated[str, Field(min_length=1), AfterValidator(_in_t)] = "x_0 + sin(4 * x_1)"
    """Their target as an expression in the angle t and the inputs x_0, x_1."""
    degrees: Annotated[
        list[whole(ge=1, le=20)],
        Field(min_length=1, max_length=4),
        AfterValidator(_distinct),
    ] = [2, 4, 8]
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
    target: Annotated[str, Field(min_length=1), AfterValidator(_in_t)] = "t + sin(10 * t)"
    """Target as an expression in t and the inputs x_0, x_1."""
    gaussian_scale: number(gt=0, le=1e6) = 10.0
    """L of the Gaussian kernel exp(-L |x - z|^2)."""
    laplace_scale: number(gt=0, le=1e6) = 2.0
    """L of the Laplace kernel exp(-L |x - z|)."""
    scales: Annotated[
        list[number(gt=0, le=1e6)],
        Field(min_length=1, max_length=8),
        AfterValidator(_distinct),
    ] = [0.1, 1.0, 10.0, 100.0]
    """Values of L whose effect is shown."""


class Step4(Section):
    """The page about random features: their kernels, the last layer, double descent."""

    activations: Annotated[
        list[Annotated[str, AfterValidator(_known_activation)]],
        Field(min_length=1, max_length=12),
        AfterValidator(_distinct),
    ] = ["relu", "leaky_relu:0.1", "gelu", "sin", "cos", "erf", "hermite:3"]
    """Whose dual activations are shown, and whose random features are held against NNGP."""
    degrees: Annotated[
        list[whole(ge=0, le=30)], Field(min_length=1, max_length=3), AfterValidator(_distinct)
    ] = [1, 2, 4]
    """Highest powers of the truncated Hermite series shown."""
    pairs: whole(ge=1, le=10**6) = 256
    """Random features of the Monte Carlo estimates shown beside the dual activations."""
    dimension: whole(ge=2, le=100) = 8
    """d of the sphere S^{d-1} on which the points are drawn uniformly."""
    n_train: whole(ge=2, le=300) = 60
    """Training points."""
    n_test: whole(ge=1, le=5000) = 500
    """Test points, whose targets carry no noise."""
    target: Annotated[str, Field(min_length=1)] = "3 * x_0 + 5 * x_1 * x_2"
    """Target as an expression in the inputs x_0, x_1, ..."""
    noise_std: number(ge=0, le=1e6) = 0.5
    """Standard deviation of Gaussian noise on the training targets."""
    seeds: whole(ge=1, le=1000) = 20
    """Random draws of the features, the points staying as they are."""
    widths: Annotated[
        list[whole(ge=1, le=2**17)], Field(min_length=1, max_length=20), AfterValidator(_distinct)
    ] = [32, 128, 512, 2048, 8192]
    """Numbers k of random features whose kernel is held against its limit."""
    activation: Annotated[str, AfterValidator(_known_activation)] = "relu"
    """Of the networks whose last layer is trained, and of double descent."""
    gaussian_scale: number(gt=0, le=1e6) = 0.5
    """L of the Gaussian kernel exp(-L |x - z|^2), the limit of the random Fourier features."""
    trained_widths: Annotated[
        list[whole(ge=1, le=2**13)], Field(min_length=1, max_length=6), AfterValidator(_distinct)
    ] = [20, 60, 240]
    """Widths of the networks whose last layer is trained by gradient descent."""
    trained_seeds: whole(ge=1, le=100) = 3
    """Random draws of each of them."""
    steps: whole(ge=1, le=10**6) = 10_000
    """Steps of that gradient descent."""
    ratios: Annotated[
        list[number(gt=0, le=100)], Field(min_length=2, max_length=100), AfterValidator(_distinct)
    ] = [0.1, 0.2, 0.3, 0.5, 0.7, 0.9, 1.0, 1.1, 1.3, 2.0, 5.0, 20.0]
    """Features per training point, k / n, of double descent."""

    @model_validator(mode="after")
    def _in_the_inputs(self):
        try:
            check_expression(self.target, [f"x_{i}" for i in range(self.dimension)])
        except ValueError as error:
            raise ValueError(f"target: {error}") from None
        return self


class Step5(Section):
    """The figures about the NTK: its limit, its Hessian, and what trains like it."""

    n_train: whole(ge=2, le=50) = 10
    """Samples, spread over the lifted interval."""
    n_test: whole(ge=2, le=1000) = 101
    """Points of the grid on which predictions are compared."""
    targets: Annotated[
        list[Annotated[str, Field(min_length=1), AfterValidator(_in_t)]],
        Field(min_length=2, max_length=20),
    ] = ["t + sin(10 * t)", "cos(6 * t)", "t * t"]
    """One target for each output, as an expression in t and the inputs x_0, x_1; networks of one
    output are trained on the first."""
    activations: Annotated[
        list[Annotated[str, AfterValidator(_known_activation)]],
        Field(min_length=1, max_length=20),
        AfterValidator(_distinct),
    ] = ["relu", "leaky_relu:0.1", "gelu", "sin", "cos", "erf", "hermite:2"]
    """Whose kernel is compared with its closed form, and, where they are smooth, whose Hessian is
    measured. The trained networks have network.activation."""
    widths: Annotated[
        list[whole(ge=1, le=2**20)],
        Field(min_length=1, max_length=20),
        AfterValidator(_distinct),
    ] = [64, 256, 1024, 4096, 16384]
    """Numbers of hidden units k of networks at initialisation."""
    seeds: whole(ge=1, le=10_000) = 60
    """Random initialisations of each of them."""
    training_widths: Annotated[
        list[whole(ge=1, le=2**16)],
        Field(min_length=1, max_length=20),
        AfterValidator(_distinct),
    ] = [64, 256, 1024, 4096]
    """Numbers of hidden units k of trained networks, and of those linearised with an explicit
    Jacobian."""
    training_seeds: whole(ge=1, le=10_000) = 20
    """Random initialisations of each of them."""
    steps: whole(ge=1, le=10**6) = 100
    """Steps of full-batch gradient descent."""
    relative_learning_rate: number(gt=0, lt=1) = 0.1
    """Step size in units of the stability bound 2 / lambda_max of the limit NTK."""
    flow_learning_rates: Annotated[
        list[number(gt=0, lt=1)],
        Field(min_length=2, max_length=8),
        AfterValidator(_distinct),
    ] = [0.01, 0.03, 0.1, 0.3, 0.9]
    """In the same units: where discrete steps are compared with gradient flow."""


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


class Beyond(Section):
    """The experiment beyond its activation and beyond its points: smaller copies of it, each with
    another activation on the same points, or on another sphere with the same activation. What is
    not named here is as in the main experiment."""

    activations: Annotated[
        list[Annotated[str, AfterValidator(_known_activation)]],
        Field(max_length=100),
        AfterValidator(_distinct),
    ] = []
    """Other activations."""
    dimensions: Annotated[
        list[whole(ge=1, le=10_000)], Field(max_length=100), AfterValidator(_distinct)
    ] = []
    """d of other spheres S^{d-1}, on which points are uniform."""
    target: Annotated[str, Field(min_length=1)] = "x_0"
    """Target on the spheres, as an expression in x_0, x_1, ..."""
    widths: Annotated[
        list[whole(ge=1, le=MAX_WIDTH)],
        Field(min_length=1, max_length=100),
        AfterValidator(_distinct),
    ] = [64, 256, 1024]
    """Numbers of hidden units k, each once."""
    seeds: whole(ge=1, le=100_000) = 5
    """Random initialisations of each width."""
    steps: whole(ge=1, le=10**9) = 100
    """Steps of full-batch gradient descent, after which networks are compared with theory."""


class Experiment(Section):
    """One experiment: data, networks on it, kernels for it."""

    data: Data = Data()
    network: Network = Network()
    kernels: Kernels = Kernels()


VariantName = Annotated[str, Field(pattern=r"^[a-z][a-z0-9_]{0,39}$")]


class Study(Experiment):
    """A study: the main experiment, its variants, and how they are reported."""

    results_dir: Annotated[str, Field(pattern=r"^[A-Za-z0-9_./-]+$", max_length=500)] = "results"
    """Where everything that is computed goes."""
    seed: whole(ge=0, lt=2**63) = 0
    """Root of all random numbers."""
    allow_unstable: Flag = False
    """Train even where the learning rate is at or above 2 / lambda_max of the NTK."""
    step1: Step1 = Step1()
    step2: Step2 = Step2()
    step3: Step3 = Step3()
    step4: Step4 = Step4()
    step5: Step5 = Step5()
    step7: Step7 = Step7()
    variants: Annotated[dict[VariantName, optional(dict[str, Any])], Field(max_length=100)] = {}
    """Further experiments by name: what differs from the main one in data, network or kernels.
    null leaves out one that config.yaml has."""
    beyond: Beyond = Beyond()

    def experiments(self) -> dict[str, Experiment]:
        """Each experiment by name: step7, the main one, and the variants."""
        main = {name: getattr(self, name) for name in Experiment.model_fields}
        named = {"step7": Experiment(**main)}
        for name, changes in self.variants.items():
            if name == "step7":
                raise ConfigError(f"variants.{name}: this is the name of the main experiment")
            if changes is None:
                continue
            whole = {
                section: given.model_dump(exclude_unset=True) for section, given in main.items()
            }
            whole["network"]["engine"] = self._engine_elsewhere
            data = changes.get("data")
            if isinstance(data, dict) and data.get("source", self.data.source) != self.data.source:
                whole["data"] = _of_any_source(whole["data"])
            for section, values in changes.items():
                if section in whole and isinstance(values, dict):
                    whole[section] |= values
                else:
                    whole[section] = values
            try:
                named[name] = validated(Experiment, whole, prefix=f"variants.{name}.")
            except ConfigError as error:
                raise ConfigError(
                    f"{error} (variants: {{{name}: null}} leaves this variant out)"
                ) from None
        return named

    def beyond_experiments(self) -> dict[str, Experiment]:
        """The experiments of section beyond, by the folder in which each lies.

        beyond/<activation> and beyond/sphere_<d>; no variant can have such a name.
        """
        trained = {name: getattr(self.beyond, name) for name in ("widths", "seeds", "steps")}
        trained |= {"checkpoints": [], "engine": self._engine_elsewhere}
        network = self.network.model_copy(update=trained)
        named = {}
        for activation in self.beyond.activations:
            other = network.model_copy(update={"activation": activation})
            folder = f"beyond/{activation.replace(':', '_')}"
            named[folder] = Experiment(data=self.data, network=other, kernels=self.kernels)
        same = ("n_train", "n_test", "noise_std")
        for d in self.beyond.dimensions:
            points = {name: getattr(self.data, name) for name in same}
            points |= {"source": "sphere", "dimension": d, "target": self.beyond.target}
            data = validated(Data, points, prefix="beyond.")
            folder = f"beyond/sphere_{d}"
            named[folder] = Experiment(data=data, network=network, kernels=self.kernels)
        return named

    @property
    def _engine_elsewhere(self) -> str:
        return "auto" if self.network.engine == "circle" else self.network.engine


def _of_any_source(data: dict[str, Any]) -> dict[str, Any]:
    """The keys that do not belong to source file alone: a variant of another source keeps these."""
    foreign = {"path", "inputs"} | ({"outputs"} if isinstance(data.get("outputs"), list) else set())
    return {key: value for key, value in data.items() if key not in foreign}


def read_configs(paths: Iterable[str]) -> dict:
    """What YAML files say, each laid over those before it, as Snakemake does it.

    Raises ConfigError, naming the file, where one cannot be read.
    """
    config: dict = {}
    for path in paths:
        try:
            with open(path, encoding="utf-8") as file:
                config = _overlaid(config, yaml.safe_load(file) or {}, path)
        except RecursionError:
            raise ConfigError(f"{path}: nested too deeply, or containing itself") from None
        except (OSError, ValueError, yaml.YAMLError) as error:
            reason = readable(" ".join(str(error).split()))
            raise ConfigError(f"{path}: cannot be read as YAML in UTF-8: {reason}") from None
    return config


def _overlaid(below: Any, above: Any, path: str = "") -> Any:
    if path and not isinstance(above, dict):
        raise ValueError("must be lines of key: value")
    if not (isinstance(below, dict) and isinstance(above, dict)):
        return above
    return below | {key: _overlaid(below.get(key), value) for key, value in above.items()}


def load_study(config: dict) -> Study:
    """The study that a configuration describes.

    Raises ConfigError with one line for each problem: the key, what is allowed, what was given.
    """
    study = validated(Study, config)
    study.experiments()
    study.beyond_experiments()
    return study


def json_schema() -> str:
    """The JSON schema of a study, as YAML."""
    schema = {"$schema": "https://json-schema.org/draft/2020-12/schema"}
    schema |= _tidy(Study.model_json_schema())
    note = "# Generated from workflow/widelimit/config.py by `make schema`; do not edit.\n"
    return note + yaml.safe_dump(schema, sort_keys=False, allow_unicode=True, width=96)


def _tidy(schema: Any) -> Any:
    """Without pydantic's titles, which repeat the keys, and with descriptions in one line."""
    if isinstance(schema, list):
        return [_tidy(part) for part in schema]
    if not isinstance(schema, dict):
        return schema
    return {
        key: " ".join(part.split()) if key == "description" else _tidy(part)
        for key, part in schema.items()
        if not (key == "title" and isinstance(part, str))
    }


if __name__ == "__main__":
    sys.stdout.write(json_schema())
