"""The ReLU NTK of neural-tangents, compiled by JAX."""

from __future__ import annotations

import sys
from pathlib import Path
from types import ModuleType

import numpy as np

# It lies beside the environment, with the last JAX that it can import.
sys.path.insert(0, str(Path(sys.prefix) / "neural-tangents"))
import jax

jax.config.update("jax_enable_x64", True)
# Its experimental part is there for TensorFlow, which is not installed.
sys.modules["neural_tangents.experimental"] = ModuleType("neural_tangents.experimental")
from neural_tangents import stax  # noqa: E402


def ntk_gram(X: np.ndarray) -> np.ndarray:
    return np.asarray(_compiled(X))


@jax.jit
def _compiled(X):
    # Its first layer divides x.z by d, and its ReLU has c = 1: both undone by W_std.
    layers = stax.Dense(1, W_std=X.shape[1] ** 0.5), stax.Relu(), stax.Dense(1, W_std=2**0.5)
    *_, kernel = stax.serial(*layers)
    return kernel(X, None, "ntk")
