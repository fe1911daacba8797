"""The methods by name. A library is imported with the method that is written in it.

Those of training are classes of the form of `base.Method`; those of Gram matrices take a case and
return a function of X.
"""

from importlib import import_module

TRAINING = {
    "numpy": "by_hand:ByHand",
    "pytorch": "pytorch_sgd:AutogradSGD",
    "jax": "jax_loop:CompiledLoop",
    "dense": "engines:Dense",
    "circle": "engines:Circle",
    "gemm": "gemm:Gemm",
}
LIMITS = {"product": "grams:product", "write": "grams:write"}
GRAM = {
    "gram_ntk": {
        "neural_tangents": "neural_tangents_ntk:ntk_gram",
        "widelimit": "grams:ntk",
        **LIMITS,
    },
    "gram_gaussian": {
        "scikit_learn": "scikit_learn_gaussian:gaussian_gram",
        "widelimit": "grams:gaussian",
        **LIMITS,
    },
}


def load(experiment: str, method: str):
    """The class or function. Raises ImportError where its library is not there."""
    module, name = GRAM.get(experiment, TRAINING)[method].split(":")
    return getattr(import_module(f"benchmarks.methods.{module}"), name)
