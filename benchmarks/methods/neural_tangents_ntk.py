"""The NTK of neural-tangents, compiled by JAX."""

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

from widelimit.kernels.activations import parse_activation  # noqa: E402

LAYERS = {"relu": stax.Relu, "gelu": stax.Gelu, "erf": stax.Erf, "sin": stax.Sin}


def ntk_gram(case):
    # Its first layer divides x.z by d, and its activations have c = 1: both undone by W_std.
    layers = [stax.Dense(1, W_std=case.dimension**0.5)]
    for _ in range(case.depth):
        c = parse_activation(case.activation).scale
        layers += [LAYERS[case.activation](), stax.Dense(1, W_std=c**0.5)]
    *_, kernel = stax.serial(*layers)
    compiled = jax.jit(lambda X: kernel(X, None, "ntk"))
    return lambda X: np.asarray(compiled(X))
