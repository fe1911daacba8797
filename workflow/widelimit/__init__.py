"""One-hidden-layer networks become kernel machines as they get wide: the mathematics, measured.

The names below are what others rely on. They are looked up when first used, so that a job pays
for importing no more than it needs.
"""

from importlib import import_module
from pathlib import Path

__version__ = "0.1.0"

PACKAGE = Path(__file__).parent
"""The folder of all modules."""

_HOME = {
    "dual_activation": "kernels.duals",
    "dual_derivative": "kernels.duals",
    "linear_gram": "kernels.gram",
    "gaussian_gram": "kernels.gram",
    "laplace_gram": "kernels.gram",
    "nngp_gram": "kernels.gram",
    "ntk_gram": "kernels.gram",
    "kernel_regression": "linear.kernel_regression",
    "spectrum": "linear.kernel_regression",
    "gradient_descent_prediction": "linear.gradient_descent",
    "gradient_descent_loss": "linear.gradient_descent",
    "gradient_flow_prediction": "linear.gradient_descent",
    "ensemble_moments": "linear.gradient_descent",
    "stability_bound": "linear.gradient_descent",
    "zonal_spectrum": "linear.eigenframework",
    "learning_curve": "linear.eigenframework",
    "random_feature_error": "linear.eigenframework",
    "initialise": "networks.model",
    "forward": "networks.model",
    "empirical_ntk": "networks.tangent",
    "last_layer_kernel": "networks.tangent",
    "hessian_norm": "networks.hessian",
    "jacobian": "networks.tangent",
    "linearised_descent": "networks.linearised",
    "ntk_fluctuation": "finite_width.fluctuation",
    "nngp_fluctuation": "finite_width.fluctuation",
    "predicted_distance": "finite_width.prediction",
    "crossover_width": "finite_width.prediction",
    "width_for_tolerance": "finite_width.planning",
    "train": "training",
    "TrainingCollapsed": "training",
    "TrainingDiverged": "training",
}

__all__ = sorted(_HOME)


def __getattr__(name: str):
    if name not in _HOME:
        raise AttributeError(f"module 'widelimit' has no attribute {name!r}")
    return getattr(import_module(f"widelimit.{_HOME[name]}"), name)


def __dir__():
    return sorted({*globals(), *__all__})
