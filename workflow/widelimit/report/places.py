"""Where the tables, figures and pages of a study are, and which tables are made from which.

The rules name their files by it. What a table follows from beside other tables, its code and what
its rule is told, they know themselves.
"""

import os
from collections.abc import Iterator, Mapping

from widelimit.measure.slope_metrics import SLOPE_METRICS
from widelimit.report.catalog import figure_tables, figures_of, figures_on, page_tables, pages_of
from widelimit.study.arguments import chunks, predictable
from widelimit.study.config import Experiment, Study
from widelimit.study.measurements import measurements_of

NETWORKS = "{base}/networks/width={width}/chunk={chunk}/networks.parquet"
"""What a training job writes of its networks; base is the folder of their experiment."""
RUNS = "{base}/runs/width={width}/chunk={chunk}/runs.parquet"
"""What it writes of itself."""

OF_AN_EXPERIMENT = ("data", "kernels", "theory", "predictions")
"""The tables of an experiment, besides its networks and what is measured of them."""
RULES_OF_AN_EXPERIMENT = ("generate_data", "fit_kernels", "train_networks", "compare")
"""The rules that make them and the networks."""


class Places:
    """The files of a study.

    results : its folder
    experiments : name and experiment by folder: the main one lies in the results directory itself,
        each variant in a folder of its own
    small : the experiments of one job each, by their place in the results directory
    scales : those of them at other output scales
    predicted : path of theory's predictions of the main experiment; empty if they are not made
    pages : names of the pages besides the overview
    measured : paths of the numbers of each step of the course
    fitted : steps with numbers that fall as powers of the width
    """

    def __init__(self, study: Study):
        self._study = study
        self.results = os.path.normpath(study.results_dir)
        self.experiments: dict[str, tuple[str, Experiment]] = {
            self.results if name == "step7" else f"{self.results}/variants/{name}": (name, each)
            for name, each in study.experiments().items()
        }
        self.small = study.small_experiments()
        self.scales = list(study.scale_experiments())
        self.predicted = [self.table("predicted")] if predictable(study) else []
        self.pages = pages_of(study)
        self.measured = self._measured()
        self.fitted = [step for step in SLOPE_METRICS if step in self.measured]

    def table(self, name: str) -> str:
        """Path of a table by its place in the results directory."""
        return f"{self.results}/{name}.parquet"

    def _measured(self) -> dict[str, list[str]]:
        measured = {
            step: [self.table(f"{step}/measured")]
            for step, measurement in measurements_of(self._study).items()
            if "measured" in measurement.tables
        }
        measured["step7"] = [
            *self.of_every_experiment("measured"),
            *(self.table(f"{folder}/measured") for folder in self._study.beyond_experiments()),
            *self.predicted,
        ]
        if "distance" in self.pages:
            main, compared = self.table("measured"), self.table("distance/measured")
            measured["distance"] = [main, *self.predicted, compared]
        if self.scales:
            measured["scale"] = [self.table(f"{part}/measured") for part in ("scale", *self.scales)]
        if "classes" in measured:
            measured["classes"] += [
                self.table(place)
                for place in ("measured", *(f"{scale}/measured" for scale in self.scales))
            ]
        return measured

    @property
    def all_measured(self) -> list[str]:
        """Paths of the numbers of all steps, each once."""
        return list(dict.fromkeys(path for paths in self.measured.values() for path in paths))

    def of_every_experiment(self, *names: str) -> list[str]:
        """Paths of these tables of the main experiment and of all variants."""
        return [f"{base}/{name}.parquet" for base in self.experiments for name in names]

    def training_jobs(self, pattern: str, base: str) -> list[str]:
        """Paths of what the training jobs of the experiment at base write, widths ascending.

        pattern : ``NETWORKS`` or ``RUNS``
        """
        network = self.experiments[base][1].network
        return [
            pattern.format(base=base, width=width, chunk=chunk)
            for width in sorted(network.widths)
            for chunk in chunks(network)
        ]

    def figure_inputs(self, figure: str) -> dict[str, list[str]]:
        """Paths of the tables that a figure is drawn from, by argument of its ``summarise``."""
        tables = figure_tables(figure, self._study)
        return {
            argument: [self.table(name) for name in names] for argument, names in tables.items()
        }

    def page_inputs(self, page: str) -> dict[str, str | list[str]]:
        """Paths of the tables that a page quotes, and of what its figures left for it."""
        figures = [f"{self.results}/figures/{name}" for name in figures_on(page, self._study)]
        return {
            **{name: self.table(place) for name, place in page_tables(page, self._study).items()},
            "svgs": [f"{figure}.svg" for figure in figures],
            "texts": [f"{figure}.json" for figure in figures],
            "tables": [f"{figure}.parquet" for figure in figures],
        }

    def computed(self) -> Iterator[tuple[list[str], tuple[str, ...], Mapping[str, str]]]:
        """Tables that are computed, by the rules on the way to them and the wildcards of these."""
        for base in self.experiments:
            names = (*OF_AN_EXPERIMENT, "measured")
            tables = [f"{base}/{name}.parquet" for name in names]
            tables += self.training_jobs(NETWORKS, base)
            yield tables, RULES_OF_AN_EXPERIMENT, {"base": base}
            # A variant's distance is predicted where a user asks for it.
            names = ("predicted", "predicted_points", "border_units")
            tables = [f"{base}/{name}.parquet" for name in names]
            yield tables, ("generate_data", "predict_distance"), {"base": base}
        for small in self.small:
            tables = [self.table(f"{small}/{name}") for name in ("measured", "predictions")]
            yield tables, ("measure_small",), {"small": small}
        for step, measurement in measurements_of(self._study).items():
            tables = [self.table(f"{step}/{name}") for name in measurement.tables]
            yield tables, (f"measure_{step}",), {}

    def made_from(self) -> Iterator[tuple[str, list[str]]]:
        """Tables that are made from others, with the paths of these: what is measured of an
        experiment, and all that follows from numbers.

        The tables of an experiment itself are not among them: that they are those of this study,
        `computed` says, and each job compares what it reads with what it was told.
        """
        for base in self.experiments:
            others = [f"{base}/{name}.parquet" for name in OF_AN_EXPERIMENT]
            yield f"{base}/measured.parquet", [*others, *self.training_jobs(NETWORKS, base)]
        if "distance" in self.pages:
            names = ("predictions", "predicted", "predicted_points")
            yield from self._from(names, "distance/measured", "distance/points")
        if self.scales:
            names = [
                f"{scale}/{name}" for scale in self.scales for name in ("measured", "predictions")
            ]
            yield from self._from(names, "scale/measured", "scale/predictions")
        for step, measured in self.measured.items():
            slopes = [self.table(f"{step}/slopes")] if step in self.fitted else []
            yield from ((path, measured) for path in slopes)
            yield self.table(f"{step}/claims"), [*measured, *slopes]
        yield self.table("metrics"), self.all_measured
        yield from self._from([f"{step}/slopes" for step in self.fitted], "slopes")
        yield from self._from([f"{step}/claims" for step in self.measured], "claims")
        for figure in figures_of(self._study):
            tables = self.figure_inputs(figure).values()
            yield self.table(f"figures/{figure}"), [path for paths in tables for path in paths]

    def _from(self, sources, *tables: str) -> Iterator[tuple[str, list[str]]]:
        yield from ((self.table(name), [*map(self.table, sources)]) for name in tables)
