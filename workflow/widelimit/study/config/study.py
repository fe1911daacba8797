"""A study: its main experiment, the variants of it, and smaller ones beyond it."""

import re
from typing import Annotated, Any
from zlib import crc32

from pydantic import Field

from widelimit.study.config.data import FOR_SOURCES, Data
from widelimit.study.config.errors import ConfigError, validated
from widelimit.study.config.network import Kernels, Network
from widelimit.study.config.sections import (
    MAX_STEPS,
    MAX_WIDTH,
    Activation,
    Section,
    Target,
    distinct,
)
from widelimit.study.config.steps import (
    Classes,
    Learning,
    Scale,
    Step1,
    Step2,
    Step3,
    Step4,
    Step5,
    Step7,
)
from widelimit.study.config.types import FOLDER, NAME, Flag, optional, whole


class Beyond(Section):
    """The experiment beyond its activation and beyond its points: smaller copies of it, each with
    another activation on the same points, or on another sphere with the same activation. What is
    not named here is as in the main experiment."""

    activations: distinct(Activation, most=100) = []
    """Other activations."""
    dimensions: distinct(whole(ge=1, le=10_000), most=100) = []
    """d of other spheres S^{d-1}, on which points are uniform."""
    target: Target = "x_0"
    """Target on the spheres, as an expression in x_0, x_1, ..."""
    widths: distinct(whole(ge=1, le=MAX_WIDTH), least=1, most=100) = [64, 256, 1024]
    """Numbers of hidden units k, each once."""
    seeds: whole(ge=1, le=100_000) = 5
    """Random initialisations of each width."""
    steps: whole(ge=1, le=MAX_STEPS) = 100
    """Steps of full-batch gradient descent, after which networks are compared with theory."""


class Experiment(Section):
    """One experiment: data, networks on it, kernels for it."""

    data: Data = Data()
    network: Network = Network()
    kernels: Kernels = Kernels()


VariantName = Annotated[str, Field(pattern=NAME)]


class Study(Experiment):
    """A study: the main experiment, its variants, and how they are reported."""

    results_dir: Annotated[str, Field(pattern=FOLDER, max_length=500)] = "results"
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
    learning: Learning = Learning()
    beyond: Beyond = Beyond()
    scale: Scale = Scale()
    classes: Classes = Classes()

    def experiments(self) -> dict[str, Experiment]:
        """Each experiment by name: step7, the main one, and the variants."""
        main = {name: getattr(self, name) for name in Experiment.model_fields}
        experiments = {"step7": Experiment(**main)}
        for name, changes in self.variants.items():
            if name == "step7":
                raise ConfigError(f"variants.{name}: this is the name of the main experiment")
            if changes is None:
                continue
            whole = {
                section: values.model_dump(exclude_unset=True) for section, values in main.items()
            }
            whole["network"]["engine"] = self._engine_elsewhere
            data = changes.get("data")
            if isinstance(data, dict) and data.get("source", self.data.source) != self.data.source:
                whole["data"] = _of_source(data["source"], whole["data"])
            for section, values in changes.items():
                if section in whole and isinstance(values, dict):
                    whole[section] |= values
                else:
                    whole[section] = values
            try:
                experiments[name] = validated(Experiment, whole, prefix=f"variants.{name}.")
            except ConfigError as error:
                raise ConfigError(
                    f"{error} (variants: {{{name}: null}} leaves this variant out)"
                ) from None
        return experiments

    def beyond_experiments(self) -> dict[str, Experiment]:
        """The experiments of section beyond, by the folder in which each lies.

        beyond/<activation> and beyond/sphere_<d>; no variant can have such a name. They are looked
        at early, after a tenth of their steps, and at the end.
        """
        trained = {name: getattr(self.beyond, name) for name in ("widths", "seeds", "steps")}
        early = max(1, self.beyond.steps // 10)
        trained |= {"checkpoints": [early], "engine": self._engine_elsewhere}
        network = self.network.model_copy(update=trained)
        experiments = {}
        for activation in self.beyond.activations:
            other = network.model_copy(update={"activation": activation})
            folder = f"beyond/{folder_name(activation)}"
            experiments[folder] = Experiment(data=self.data, network=other, kernels=self.kernels)
        same = ("n_train", "n_test", "noise_std")
        for d in self.beyond.dimensions:
            points = {name: getattr(self.data, name) for name in same}
            points |= {"source": "sphere", "dimension": d, "target": self.beyond.target}
            data = validated(Data, points, prefix="beyond.")
            folder = f"beyond/sphere_{d}"
            experiments[folder] = Experiment(data=data, network=network, kernels=self.kernels)
        return experiments

    def scale_experiments(self) -> dict[str, Experiment]:
        """The experiments of section scale, by the folder in which each lies: scale/<g>."""
        experiments = {}
        for g in sorted(self.scale.scales):
            learning_rate, steps = self.scale.descent(g)
            trained = {
                "widths": sorted(self.scale.widths),
                "seeds": self.scale.seeds,
                "learning_rate": learning_rate,
                "steps": steps,
                "checkpoints": [],
                "engine": self._engine_elsewhere,
                "output_scale": f"{g!r} / sqrt(k)",
            }
            network = self.network.model_copy(update=trained)
            experiment = Experiment(data=self.data, network=network, kernels=self.kernels)
            experiments[f"scale/{g:.12g}"] = experiment
        return experiments

    def small_experiments(self) -> dict[str, Experiment]:
        """All experiments of one job each, by folder."""
        return self.beyond_experiments() | self.scale_experiments()

    @property
    def _engine_elsewhere(self) -> str:
        return "auto" if self.network.engine == "circle" else self.network.engine


def _of_source(source: Any, data: dict[str, Any]) -> dict[str, Any]:
    """What a variant of another source keeps of the main experiment's data."""
    foreign = {"path", "inputs"} | ({"outputs"} if isinstance(data.get("outputs"), list) else set())
    foreign |= {key for key, sources in FOR_SOURCES.items() if source not in sources}
    return {key: value for key, value in data.items() if key not in foreign}


def folder_name(activation: str) -> str:
    """A name for a folder: leaky_relu_0.1; of an expression its letters and digits and a number
    that tells apart what these leave alike."""
    if re.fullmatch(r"[\w:.]+", activation):
        return activation.replace(":", "_")
    letters = re.sub(r"[^A-Za-z0-9.]+", "_", activation).strip("_")[:40]
    return f"{letters}_{crc32(activation.encode()):08x}"
