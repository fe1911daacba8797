"""The configuration of a study: one pydantic model, the single source of truth for config.yaml.

The JSON schema in workflow/schemas and config/README.md are generated from it:
``python -m widelimit.study.config [readme]``.
"""

from widelimit.study.config.data import Data
from widelimit.study.config.errors import ConfigError, validated
from widelimit.study.config.files import json_schema, read_configs, with_own_extras
from widelimit.study.config.network import Kernels, Network
from widelimit.study.config.study import Experiment, Study

__all__ = [
    "ConfigError",
    "Data",
    "Experiment",
    "Kernels",
    "Network",
    "Study",
    "json_schema",
    "load_study",
    "read_configs",
    "with_own_extras",
]


def load_study(config: dict) -> Study:
    """The study that a configuration describes.

    Raises ConfigError with one line for each problem: the key, what is allowed, what was given.
    """
    study = validated(Study, config)
    study.experiments()
    study.beyond_experiments()
    return study
