"""One-hidden-layer networks become kernel machines as they get wide: the mathematics, measured.

The names below are what others rely on. They are looked up when first used, so that a job pays
for importing no more than it needs.
"""

from importlib import import_module

__version__ = "0.1.0"

_HOME = {
    "dual_activation": "duals",
    "dual_derivative": "duals",
    "linear_gram": "kernels",
    "gaussian_gram": "kernels",
    "laplace_gram": "kernels",
    "nngp_gram": "kernels",
    "ntk_gram": "kernels",
    "kernel_regression": "regression",
    "spectrum": "regression",
    "gradient_descent_prediction": "dynamics",
    "gradient_descent_loss": "dynamics",
    "gradient_flow_prediction": "dynamics",
    "ensemble_moments": "dynamics",
    "stability_bound": "dynamics",
    "initialise": "network",
    "forward": "network",
    "empirical_ntk": "network",
    "last_layer_kernel": "network",
    "hessian_norm": "hessian",
    "jacobian": "linearised",
    "linearised_descent": "linearised",
    "train": "training",
    "TrainingDiverged": "training",
}

__all__ = sorted(_HOME)


def __getattr__(name: str):
    if name not in _HOME:
        raise AttributeError(f"module 'widelimit' has no attribute {name!r}")
    return getattr(import_module(f"widelimit.{_HOME[name]}"), name)


def __dir__():
    return sorted({*globals(), *__all__})
