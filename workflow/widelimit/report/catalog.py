"""Which figures and pages a study has, and from which tables each is made.

A new figure is a module of its name in report/figures, its entry in ``FIGURES``, and a place in the
template of its page. The workflow has one rule for all figures and one for all pages; what differs
between them is said here.

Tables are named by their place in the results directory, without ``.parquet``.
"""

from collections.abc import Callable, Mapping
from dataclasses import dataclass
from functools import partial
from typing import Any

from widelimit.measure.wide import MAX_EMPIRICAL_SIZE
from widelimit.study.arguments import predictable
from widelimit.study.commands import Command
from widelimit.study.config import Study
from widelimit.study.cost import has_flux
from widelimit.study.measurements import MEASUREMENTS, measurements_of


def _always(study: Study) -> bool:
    return True


def _interval_beside_lift(study: Study) -> bool:
    """Whether the variant on the raw interval has the targets of the lifted main experiment."""
    interval = study.experiments().get("interval")
    return (
        interval is not None
        and study.data.source == "lift"
        and study.data.model_copy(update={"source": "interval"}) == interval.data
    )


def _keeps_kernels(study: Study) -> bool:
    """Whether the empirical NTKs of the main experiment's networks are small enough to keep."""
    return study.data.n_train * study.data.n_outputs <= MAX_EMPIRICAL_SIZE


def _with_classes(study: Study) -> bool:
    return study.data.has_classes


def _with_images(study: Study) -> bool:
    return study.data.has_classes and study.data.dataset.side > 0


def _with_classes_and_scales(study: Study) -> bool:
    return study.data.has_classes and _with_scales(study)


def _of_the_lecture(study: Study) -> bool:
    return study.data.source == "lecture"


def _with_scales(study: Study) -> bool:
    return bool(study.scale.scales)


def _with_scales_along_a_line(study: Study) -> bool:
    """Whether there are networks of several scales whose points have an order."""
    return _with_scales(study) and study.data.n_inputs - study.data.bias <= 2


def _predicted(study: Study) -> bool:
    """Whether the networks' distance is predicted, and measured in its two parts."""
    return predictable(study) and _keeps_kernels(study)


def _predicted_at_kinks(study: Study) -> bool:
    """Whether it is for (leaky) ReLU on the circle."""
    return _predicted(study) and has_flux(study.experiments()["step7"])


def _in(folder: str, *names: str) -> dict[str, str]:
    """The tables of these names in a folder, by argument: that of ``measured`` is metrics."""
    places = {name: f"{folder}/{name}" if folder else name for name in names}
    return {"metrics" if name == "measured" else name: place for name, place in places.items()}


_main = partial(_in, "")
"""Those of the main experiment, which lie in the results directory itself."""


def _measured_at_scales(study: Study) -> list[str]:
    """The numbers of the networks at every output scale."""
    return [f"{folder}/measured" for folder in study.scale_experiments()]


def _measured_over_scales(study: Study) -> list[str]:
    """The same, after those that compare them."""
    return ["scale/measured", *_measured_at_scales(study)]


def _measured_and_predicted(study: Study) -> list[str]:
    """The numbers of the main experiment, with those that theory predicts if it does."""
    return ["measured", *(["predicted"] if predictable(study) else [])]


def _measured_beyond(study: Study) -> list[str]:
    """The numbers of the main experiment and of those beyond it."""
    return ["measured", *(f"{folder}/measured" for folder in study.beyond_experiments())]


@dataclass(frozen=True)
class Figure:
    """How the workflow makes a figure.

    tables : the tables that its module summarises, by the names of the arguments that take them;
        those of a variant that the study does not have are left out; several, which are read as
        one, follow from the study
    applies : whether a study has this figure
    bands : whether it draws bands over seeds, so that it is told the study's quantiles
    """

    tables: Mapping[str, str | Callable[[Study], list[str]]]
    applies: Callable[[Study], bool] = _always
    bands: bool = False


Banded = partial(Figure, bands=True)

_INTERVAL = _main("data", "kernels", "measured", "predictions")

FIGURES = {
    "step1_threshold": Figure(_in("step1", "threshold", "spectra")),
    "step1_directions": Figure(_in("step1", "directions")),
    "step1_span": Figure(_in("step1", "plane", "regimes")),
    "step1_regimes": Figure(_in("step1", "regimes")),
    "step3_feature_map": Figure(_in("step3", "circles")),
    "step3_worked": Figure(_in("step3", "points", "worked")),
    "step3_kernels": Figure(_in("step3", "points", "predictions")),
    "step3_scale": Figure(_in("step3", "points", "predictions", "spectra")),
    "step3_explorer": Figure(_in("step3", "points", "predictions", "spectra")),
    "step3_gram": Figure(_in("step3", "gram", "spectra")),
    "step2_features": Figure(_in("step2", "interpolants")),
    "step2_psd": Figure(_in("step2", "psd")),
    "step2_descent": Figure(_in("step2", "descent")),
    "step4_duals": Banded(_in("step4", "duals", "truncation")),
    "step4_properties": Figure(_in("step4", "duals", "chebyshev")),
    "step4_width": Banded(_in("step4", "measured", "slopes")),
    "step4_last_layer": Banded(_in("step4", "last_layer")),
    "step4_double_descent": Banded(_in("step4", "double_descent", "turning_points", "data_sets")),
    "step5_ntk": Banded(_in("step5", "measured", "slopes")),
    "step5_linearised": Banded(_in("step5", "measured", "slopes")),
    "step5_outputs": Banded(_in("step5", "measured", "slopes", "predictions", "points")),
    "step5_hessian": Banded(_in("step5", "measured", "slopes")),
    "step5_flow": Banded(_in("step5", "measured", "flow")),
    "step7_explorer": Banded(_main("data", "predictions", "theory", "measured")),
    "step7_fits": Figure(_main("data", "predictions")),
    "step7_convergence": Banded({"metrics": _measured_and_predicted, "slopes": "step7/slopes"}),
    "step7_errors": Banded(
        {"metrics": _measured_and_predicted, "slopes": "step7/slopes"}, applies=_keeps_kernels
    ),
    "step7_loss": Banded(_main("measured")),
    "step7_movement": Banded({"metrics": _measured_and_predicted, "slopes": "step7/slopes"}),
    "step7_ensemble": Figure(
        _main("data", "predictions", "theory") | {"metrics": _measured_and_predicted}
    ),
    "step7_interval": Banded(
        _INTERVAL
        | {
            f"interval_{argument}": f"variants/interval/{place}"
            for argument, place in _INTERVAL.items()
        },
        applies=_interval_beside_lift,
    ),
    "step7_beyond": Banded(
        {"metrics": _measured_beyond, "slopes": "step7/slopes"},
        applies=lambda study: bool(study.beyond_experiments()),
    ),
    "step7_exponents": Banded(
        {"metrics": _measured_beyond, "slopes": "step7/slopes"},
        applies=lambda study: bool(study.beyond and study.beyond.activations),
    ),
    "step7_classes": Banded(_main("measured"), applies=_with_classes),
    "classes_scale": Banded(
        {"limits": "measured", "metrics": _measured_at_scales},
        applies=_with_classes_and_scales,
    ),
    "classes_kernels": Figure(_in("classes", "errors", "choices"), applies=_with_classes),
    "classes_confusion": Figure(_in("classes", "confusion"), applies=_with_classes),
    "classes_wrong": Figure(_in("classes", "wrong", "errors"), applies=_with_images),
    "step7_lecture": Banded(
        {"metrics": "measured", "without": "variants/no_bias/measured"}, applies=_of_the_lecture
    ),
    "lecture_descent": Banded(_in("lecture", "descent"), applies=_of_the_lecture),
    "distance_errors": Figure(
        {**_main("data", "predictions"), "predicted": "predicted_points"}, applies=_predicted
    ),
    "distance_units": Figure({"units": "border_units"}, applies=_predicted_at_kinks),
    "distance_ratio": Figure(
        {"metrics": lambda study: ["measured", "distance/measured", "predicted"]},
        applies=_predicted,
    ),
    "learning_curves": Banded(_in("learning", "errors", "theory")),
    "learning_shares": Figure(_in("learning", "theory")),
    "learning_theory": Figure(_in("learning", "errors", "theory")),
    "learning_direction": Banded(_in("learning", "networks")),
    "scale_collapse": Banded({"metrics": _measured_at_scales}, applies=_with_scales),
    "scale_phases": Figure(
        {"metrics": _measured_over_scales, "slopes": "scale/slopes"},
        applies=lambda study: _with_scales(study) and _keeps_kernels(study),
    ),
    "scale_fits": Figure(
        {"data": "data", "predictions": "scale/predictions"}, applies=_with_scales_along_a_line
    ),
    "scale_limit": Banded(
        {"metrics": _measured_over_scales, "slopes": "scale/slopes"}, applies=_with_scales
    ),
}
"""The figures by name, step and subject, in the order in which their pages show them."""


@dataclass(frozen=True)
class Page:
    """What a page shows, and what the navigation and the overview say of it.

    title, line : its heading, and a sentence about it
    claim : what its statements come to if they all hold, in a sentence
    picture : the figure that stands for it on the overview
    steps : the steps whose figures it shows
    tables : the tables that its text quotes, by the names that ``pages.quoted`` has for them; those
        of a measurement that the study does not make are left out
    rule, work : the rule that computes most of what it shows, and what that is in words
    applies : whether a study has this page
    """

    title: str
    line: str
    picture: str
    steps: tuple[str, ...]
    tables: Mapping[str, str]
    claim: str = ""
    rule: str = "train_networks"
    work: str = "The networks"
    applies: Callable[[Study], bool] = _always


PAGES = {
    "step1": Page(
        "Step 1: linear regression by gradient descent",
        "When gradient descent on least squares converges, where to, and why from 0.",
        claim="Gradient descent on least squares converges below one threshold of the learning"
        " rate, 2 / σ₁², and from 0 to the solution of least norm.",
        picture="step1_threshold",
        steps=("step1",),
        tables={"claims": "step1/claims"},
        rule="measure_step1",
        work="The measurements",
    ),
    "step3": Page(
        "Step 3: kernel regression",
        "A kernel turns a curved problem into a linear one. Five kernels fit the same few samples.",
        claim="Kernel regression is linear regression in a feature space: the kernel alone"
        " gives the fit, and gradient descent finds it.",
        picture="step3_kernels",
        steps=("step3", "step2"),
        tables={"worked": "step3/worked", "claims": "step2/claims"},
        rule="measure_step2",
        work="The measurements of step 2",
    ),
    "step4": Page(
        "Step 4: random features and NNGP",
        "With the first layer left random, a network is a kernel machine at every width: its kernel"
        " has a closed form in the limit, and its error falls twice.",
        claim="With its first layer left random, a network is a kernel machine at every width,"
        " and its kernel tends to the NNGP kernel.",
        picture="step4_double_descent",
        steps=("step4",),
        tables={"measured": "step4/measured", "claims": "step4/claims"},
        rule="measure_step4",
    ),
    "step5": Page(
        "Step 5: the neural tangent kernel",
        "The kernel of a network that trains all its weights: measured, statement by statement.",
        claim="The kernel of a network that trains all its weights tends to a closed form, and"
        " hardly moves in training if the network is wide.",
        picture="step5_ntk",
        steps=("step5",),
        tables={"example": "step5/example", "claims": "step5/claims"},
        rule="measure_step5",
    ),
    "step7": Page(
        "Step 7: wide networks become kernel machines",
        "Networks of growing width, trained step by step beside the kernel prediction.",
        claim="The distance between a network and the prediction of its kernel falls with the"
        " width, at every training time measured.",
        picture="step7_convergence",
        steps=("step7", "classes", "lecture"),
        tables={
            "measured": "measured",
            "claims": "step7/claims",
            "claims_of_classes": "classes/claims",
        },
    ),
    "distance": Page(
        "How far from the limit",
        "The distance of a network from its kernel, predicted before any network is trained.",
        claim="How far a network of finite width is from its kernel can be predicted without"
        " training it.",
        picture="distance_errors",
        steps=("distance",),
        tables={
            "claims": "distance/claims",
            "ratios": "figures/distance_ratio",
            "predicted": "predicted",
        },
        rule="predict_distance",
        work="The predictions",
        applies=_predicted,
    ),
    "learning": Page(
        "Learning curves",
        "How the test error of kernel regression falls with the number of points, and which targets"
        " a kernel learns first.",
        claim="The spectrum of a kernel says how its test error falls with the number of points,"
        " degree by degree, without a fit.",
        picture="learning_curves",
        steps=("learning",),
        tables={"claims": "learning/claims"},
        rule="measure_learning",
        work="The measurements",
    ),
    "scale": Page(
        "Where the kernel picture ends",
        "Networks are kernel machines at one scale of the output, not at every one: with another"
        " they learn features however wide they are.",
        claim="α√k decides whether a network follows its kernel or learns features, not k alone.",
        picture="scale_collapse",
        steps=("scale",),
        tables={"claims": "scale/claims"},
        rule="measure_small",
        applies=_with_scales,
    ),
}
"""The pages besides the overview, in the order of the navigation."""


STEPS = (
    ("Linear regression by gradient descent", "step1", ""),
    ("What holds for every kernel", "step3", "kernels-in-general"),
    ("Kernel regression", "step3", ""),
    ("Random features and NNGP", "step4", ""),
    ("The neural tangent kernel", "step5", ""),
    ("The proposal: train wide networks and compare them with their kernel", "", ""),
    ("The experiment", "step7", ""),
)
"""The seven steps of the course: title, and the page and section that have it. The sixth proposed
what the seventh carries out."""


def pages_of(study: Study) -> tuple[str, ...]:
    """Names of the study's pages besides the overview."""
    return tuple(name for name, page in PAGES.items() if page.applies(study))


def figures_of(study: Study) -> tuple[str, ...]:
    """Names of the study's figures."""
    return tuple(name for name, figure in FIGURES.items() if figure.applies(study))


def figures_on(page: str, study: Study) -> tuple[str, ...]:
    """Names of the figures that a page of the study shows: index or one of ``PAGES``."""
    if page == "index":
        return tuple(PAGES[name].picture for name in pages_of(study))
    return tuple(name for name in figures_of(study) if step_of(name) in PAGES[page].steps)


def step_of(figure: str) -> str:
    """The step that a figure's name begins with."""
    return figure.partition("_")[0]


def figure_tables(figure: str, study: Study) -> dict[str, list[str]]:
    """The tables that a figure of the study is drawn from, by argument of its ``summarise``."""
    tables = {
        argument: table(study) if callable(table) else [table]
        for argument, table in FIGURES[figure].tables.items()
    }
    variants = {f"variants/{name}" for name in study.experiments()}
    return {
        argument: names
        for argument, names in tables.items()
        if not names[0].startswith("variants/") or names[0].rpartition("/")[0] in variants
    }


def figure_settings(figure: str, study: Study) -> dict[str, Any]:
    """What a figure is told beside its tables, by argument of its ``summarise``."""
    return {"quantiles": study.step7.quantiles} if FIGURES[figure].bands else {}


def page_tables(page: str, study: Study) -> dict[str, str]:
    """The tables that the text of a page of the study quotes, besides those of its figures."""
    if page == "index":
        return {"claims": "claims"}
    left_out = MEASUREMENTS.keys() - measurements_of(study)
    tables = PAGES[page].tables.items()
    return {name: place for name, place in tables if place.partition("/")[0] not in left_out}


def page_commands(page: str, command: Command, name: Callable[[str], str] = str) -> dict[str, str]:
    """What to type to make a page again: what each command does, and the command.

    name : gives the name under which Snakemake knows a rule of the workflow
    """
    shown = PAGES["step7" if page == "index" else page]
    target = "pages" if page == "index" else page
    return {
        "What has changed": command.line(),
        f"{shown.work} anew, and what follows": command.line(force=name(shown.rule)),
        "Up to the numbers": command.line(name("metrics")),
        "This page": command.line(name(target)),
    }
