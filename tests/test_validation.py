import math
from dataclasses import is_dataclass
from fractions import Fraction
from inspect import signature

import numpy as np
import pandas as pd
import pytest

import widelimit
from widelimit.kernels.quadrature import pair_expectation
from widelimit.linear.eigenframework import Spectrum
from widelimit.linear.least_squares import descend, descend_kernel
from widelimit.linear.random_features import fourier_features, neuron_features
from widelimit.validation import (
    finite,
    is_whole,
    one_of,
    positive,
    reals,
    step_numbers,
    whole,
    within,
)


@pytest.mark.parametrize("value", [3, 3.0, 1e5, -2, np.int16(4), np.float32(2), 10**400])
def test_whole_numbers(value):
    assert is_whole(value)
    assert whole("k", value, least=-2) == value


@pytest.mark.parametrize("value", [1.5, math.inf, math.nan, True, "3", None, 1j, [3]])
def test_what_is_no_whole_number(value):
    assert not is_whole(value)
    with pytest.raises(ValueError, match="k must be a whole number >= 0; got"):
        whole("k", value, least=0)


@pytest.mark.parametrize(
    "call, match",
    [
        (lambda: whole("k", 0, least=1), "k must be a whole number >= 1; got 0"),
        (lambda: step_numbers("steps", [1, -1]), "steps must be whole numbers >= 0; got -1"),
        (lambda: step_numbers("steps", 5, last=4), r"whole numbers in \[0, 4\]; got 5"),
        (lambda: step_numbers("steps", [1, "2"]), "got '2'"),
        (lambda: step_numbers("steps", [[1, 2]]), "steps must be whole numbers"),
        *(
            (lambda value=value: positive("eta", value), "eta must be positive and finite; got")
            for value in (0, -1, math.inf, math.nan, "1", True, 1j, 10**400, None)
        ),
        *(
            (lambda value=value: within("rcond", value, 0, 1), r"rcond must lie in \[0, 1\); got")
            for value in (1, -1e-9, math.nan, "0.5", None)
        ),
        (lambda: one_of("engine", "fast", ["auto", "dense"]), "one of auto, dense; got 'fast'"),
        (lambda: reals("X", [[1, 2], [3]]), "X must be an array; got rows of different lengths"),
        (lambda: reals("X", ["1", "2"]), "X must be real numbers; got '1'"),
        (lambda: reals("X", np.array([1, "2"], dtype=object)), "X must be real numbers; got '2'"),
        (lambda: reals("X", [1, None]), "X must be real numbers; got None"),
        (lambda: reals("X", [1, 2 + 0j]), r"X must be real numbers; got \(1\+0j\)"),
        (lambda: reals("X", np.array(["2020-01-01"], "M8[D]")), "X must be real numbers; got date"),
        (lambda: reals("X", np.ma.masked_less([1.0, 2.0], 2)), "X must be real numbers; .* masked"),
        (lambda: finite("X", [[0, math.nan]]), r"X must be finite; got nan at \(0, 1\)"),
        (lambda: finite("f", math.inf), "f must be finite; got inf$"),
        (lambda: finite("X", np.ones(3), ("n", "d")), r"shape \(n, d\); got shape \(3,\)"),
        (lambda: finite("K", np.ones((2, 3)), ("n", "n")), r"shape \(n, n\); got shape \(2, 3\)"),
        (lambda: finite("y", 1.0, (2,), (2, "p")), r"y must have shape \(2,\) or \(2, p\); got"),
        (lambda: finite("f", [1], (), (2,)), r"f must be a number or have shape \(2,\); got"),
        (lambda: finite("f", [1], ()), r"f must be a number; got shape \(1,\)"),
        (lambda: finite("X", np.ones((0, 2)), ("n", 2)), r"shape \(n, 2\), not empty; got"),
    ],
)
def test_what_is_refused_and_how(call, match):
    with pytest.raises(ValueError, match=match):
        call()


def test_what_is_taken():
    assert step_numbers("steps", range(3), last=2) == [0, 1, 2]
    assert step_numbers("steps", np.array([2.0, 0.0])) == [2, 0]
    assert step_numbers("steps", []) == []
    assert (positive("eta", np.float32(0.5)), within("ridge", 0, 0, math.inf)) == (0.5, 0)
    assert finite("X", [[Fraction(1, 2), 3]], (1, "d")).tolist() == [[0.5, 3]]
    assert reals("X", np.array([1, 2], dtype=object)).dtype == float
    assert reals("X", np.ma.masked_less([1.0, 2.0], 0)).tolist() == [1, 2]
    assert finite("X", np.ones((0, 2)), ("n", 2), empty=True).shape == (0, 2)
    values = np.ones(3)
    assert finite("y", values, (3,)) is values


K, X, y = np.eye(2), np.eye(2), np.ones(2)
A, B = np.ones((1, 3)), np.ones((3, 2))
DESCENT = {"K_train": K, "y": y, "learning_rate": 0.1, "steps": 1}
FIELDS = {"K_test_train": K, "f0_train": y, "f0_test": y}
PREDICTED = {"X": X, "Z": X, "y": y, "learning_rate": 0.1, "steps": 1, "draws": 4}
SPECTRUM = Spectrum(np.array([0.5, 0.1]), np.array([1.0, 3.0]), 0.2)
CALLS = {
    "dual_activation": {"activation": "relu", "xi": y},
    "dual_derivative": {"activation": "relu", "xi": y},
    "linear_gram": {"X": X, "Z": X},
    "gaussian_gram": {"X": X, "Z": X, "scale": 1.0},
    "laplace_gram": {"X": X, "Z": X, "scale": 1.0},
    "nngp_gram": {"X": X, "Z": X},
    "ntk_gram": {"X": X, "Z": X},
    "kernel_regression": {"K_train": K, "K_test_train": K, "y": y, "ridge": 0.1},
    "spectrum": {"K": K},
    "gradient_descent_prediction": DESCENT | FIELDS,
    "gradient_flow_prediction": DESCENT | FIELDS,
    "gradient_descent_loss": DESCENT | {"f0_train": y},
    "ensemble_moments": DESCENT | {"K_test_train": K, "S_train": K, "S_test_train": K, "S_test": K},
    "stability_bound": {"K_train": K},
    "forward": {"X": X, "A": A, "B": B},
    "empirical_ntk": {"X": X, "Z": X, "A": A, "B": B},
    "last_layer_kernel": {"X": X, "Z": X, "B": B},
    "hessian_norm": {"X": X, "A": A, "B": B, "activation": "sin"},
    "jacobian": {"X": X, "A": A, "B": B},
    "linearised_descent": {
        "J_train": np.ones((2, 1, 3)),
        "J_test": np.ones((2, 1, 3)),
        "y": y,
        "f0_train": y,
        "f0_test": y,
        "learning_rate": 0.1,
        "steps": [1],
    },
    "zonal_spectrum": {"kernel": np.exp, "d": 3, "degree": 1},
    "learning_curve": {"spectrum": SPECTRUM, "n": 5, "ridge": 0.1},
    "random_feature_error": {
        "spectrum": SPECTRUM,
        "power": y,
        "n": 5,
        "features": 3,
        "noise_variance": 0.1,
    },
    "ntk_fluctuation": {"X": X, "outputs": 2},
    "nngp_fluctuation": {"X": X},
    "predicted_distance": PREDICTED | {"widths": [64]},
    "width_for_tolerance": PREDICTED | {"tolerance": 0.1},
    "crossover_width": {name: value for name, value in PREDICTED.items() if name != "Z"},
    "train": {"X": X, "y": y, "A": A, "B": B, "X_test": X, "learning_rate": 0.1, "steps": 1},
}
FURTHER = {
    neuron_features: {"X": X, "B": B},
    pair_expectation: {"f": np.sin, "g": np.sin, "xi": y},
    descend_kernel: {"K": K, "y": y, "learning_rate": 0.1, "steps": [1]},
    descend: {"X": X, "y": y, "start": y, "learning_rate": 0.1, "steps": [1]},
    fourier_features: {"X": X, "W": B, "b": np.ones(3)},
}
OPTIONAL = {"Z", "X_test", "start"}
"""None has a meaning for these."""
FUNCTIONS = {getattr(widelimit, name): arguments for name, arguments in CALLS.items()} | FURTHER
ARGUMENTS = [
    pytest.param(function, arguments, name, id=f"{function.__name__}-{name}")
    for function, arguments in FUNCTIONS.items()
    for name, value in arguments.items()
    if not isinstance(value, (str, Spectrum)) and not callable(value)
]


@pytest.mark.parametrize("function, arguments, name", ARGUMENTS)
def test_public_functions_name_the_argument_they_refuse(function, arguments, name):
    """Of what NumPy would turn into floats: complex parts, text and masks must not be lost."""
    function(**arguments)
    value = np.asarray(arguments[name], dtype=float)
    masked = np.ma.masked_array(value, mask=np.ones(value.shape, dtype=bool))
    for wrong in (value + 1j, value.astype(str), masked, value * math.nan):
        wrong = wrong if wrong.ndim else wrong[()]
        with pytest.raises(ValueError, match=f"^{name} must "):
            function(**arguments | {name: wrong})
    if not isinstance(arguments[name], np.ndarray) or name == "xi":
        return
    with pytest.raises(ValueError, match=f"^{name} must (be a number or )?have shape"):
        function(**arguments | {name: np.stack([value, value], axis=-1)[None]})
    if [key for key in arguments if isinstance(arguments[key], np.ndarray)] == ["X"]:
        return  # points of any dimension
    with pytest.raises(ValueError, match=r"\w+ must .*have shape"):  # that, or what goes with it
        function(**arguments | {name: np.repeat(value, 2, axis=-1)})


class Tagged(np.ndarray):
    """A subclass whose arithmetic would betray that it was used as it came."""

    def __array_ufunc__(self, *_, **__):
        raise AssertionError("computed with a subclass")


def strided(value):
    doubled = np.full([2 * length for length in value.shape], np.nan)
    view = doubled[tuple(slice(None, None, 2) for _ in value.shape)]
    view[...] = value
    return view


def frozen(value):
    copy = value.copy()
    copy.flags.writeable = False
    return copy


FORMS = {
    "read-only": frozen,
    "not contiguous": strided,
    "Fortran order": np.asfortranarray,
    "reversed": lambda value: value[..., ::-1].copy()[..., ::-1],
    "float32": lambda value: value.astype(np.float32),
    "whole numbers": lambda value: value.astype(int),
    "other byte order": lambda value: value.astype(">f8"),
    "long double": lambda value: value.astype(np.longdouble),
    "lists": lambda value: value.tolist(),
    "lists of whole numbers": lambda value: value.astype(int).tolist(),
    "objects": lambda value: value.astype(object),
    "a subclass": lambda value: value.view(Tagged),
    "a mask of nothing": lambda value: np.ma.masked_array(value, mask=False),
    "pandas": lambda value: {1: pd.Series, 2: pd.DataFrame}.get(value.ndim, np.asarray)(value),
}


def leaves(result):
    """All arrays and numbers in what a function gives."""
    if is_dataclass(result):
        result = vars(result)
    if isinstance(result, dict):
        result = list(result.values())
    if isinstance(result, (list, tuple)):
        return [leaf for part in result for leaf in leaves(part)]
    return [result]


@pytest.mark.parametrize("function", FUNCTIONS)
def test_public_functions_take_numbers_in_any_form(function):
    """All arguments here are whole numbers, which each form holds exactly."""
    arguments = FUNCTIONS[function]
    arrays = {name: each for name, each in arguments.items() if isinstance(each, np.ndarray)}
    expected = leaves(function(**arguments))
    for called, form in FORMS.items():
        found = function(**arguments | {name: form(each) for name, each in arrays.items()})
        for one, other in zip(leaves(found), expected, strict=True):
            np.testing.assert_array_equal(one, other, err_msg=called)
            assert type(one) is type(other), called


@pytest.mark.parametrize("function, arguments, name", ARGUMENTS)
def test_public_functions_name_what_is_no_number(function, arguments, name):
    shape = np.shape(arguments[name])
    odd = [np.full(shape, each, dtype=object) for each in ("1", 1j, None, {})]
    if shape and name not in ("steps", "widths"):  # that would be taken, and computed for ever
        odd.append(np.full(shape, 10**400, dtype=object))
    odd += [object(), "", b"1", {}, {1.0}, [[1], [1, 2]], np.full(shape, "2020-01-01", "M8[D]")]
    for wrong in odd + [None] * (name not in OPTIONAL):
        with pytest.raises(ValueError, match=f"^{name} must "):
            function(**arguments | {name: wrong})


@pytest.mark.parametrize("function", FUNCTIONS)
def test_public_functions_know_their_activations(function):
    if "activation" in signature(function).parameters:
        with pytest.raises(ValueError, match=r"^activation must be one of relu, .*; got 'swoosh'"):
            function(**FUNCTIONS[function] | {"activation": "swoosh"})


def test_no_public_function_is_left_out():
    no_arrays = {"initialise", "TrainingDiverged", "TrainingCollapsed"}
    assert set(widelimit.__all__) <= set(CALLS) | no_arrays
