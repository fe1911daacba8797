"""What the report states of kernels."""

from functools import partial

from widelimit.report.claims.claim import ROUNDING, Claim

_claim = partial(Claim, reason=ROUNDING, experiment="step2")

KERNELS = {
    "linear": "The linear kernel",
    "polynomial": "The polynomial kernel",
    "gaussian": "The Gaussian kernel",
    "laplace": "The Laplace kernel",
    "nngp": "NNGP, for every activation,",
    "ntk": "The NTK, for every activation,",
}

CLAIMS = (
    _claim(
        "A kernel is an inner product of features: (1 + x·z)ᵖ is ψ(x)·ψ(z)",
        "polynomial_gram_error",
        test="kernels/test_polynomial.py::test_features_span_the_kernel",
        high=1e-12,
    ),
    _claim(
        "Kernel regression is least squares of least norm in the features",
        "polynomial_kernel_vs_features",
        test="measure/test_regression.py::test_kernel_and_features_give_the_fit_of_least_norm",
        high=1e-10,
    ),
    _claim(
        "Representer theorem: its weights are a sum of features of the samples",
        "representer_error",
        test="measure/test_regression.py::test_known_feature_map_holds_to_rounding",
        high=1e-10,
    ),
    _claim(
        "Their squared norm is y K⁺ y",
        "kernel_norm_error",
        test="measure/test_regression.py::test_kernel_and_features_give_the_fit_of_least_norm",
        high=1e-10,
    ),
    _claim(
        "No other weights that fit as well have a smaller norm (other / least)",
        "minimum_norm_ratio",
        reason="the least norm is the least: no margin",
        test="measure/test_regression.py::test_other_weights_fit_as_well_with_larger_norm",
        low=1,
    ),
    _claim(
        "Other weights that fit as well differ from these at right angles",
        "minimum_norm_pythagoras",
        test="measure/test_regression.py::test_known_feature_map_holds_to_rounding",
        high=1e-10,
    ),
    *(
        _claim(
            f"{name} is positive semi-definite",
            f"psd_least_{kernel}",
            test="measure/test_regression.py::test_every_kernel_is_positive_semidefinite",
            low=-1e-13,
        )
        for kernel, name in KERNELS.items()
    ),
    _claim(
        "A symmetric function need not be: 1 where |x − z| < 1, else 0",
        "psd_least_indicator",
        reason="an eigenvalue far below rounding, which is 10⁻¹³ of the largest",
        test="measure/test_regression.py::test_a_function_that_is_no_kernel_is_told",
        high=-1e-3,
    ),
    _claim(
        "Gradient descent on a kernel has a closed form at every step",
        "kernel_descent_vs_closed_form",
        test="measure/test_regression.py::test_descent_is_what_the_loop_gives",
        high=1e-9,
    ),
    _claim(
        "Gradient descent on a kernel, in closed form, tends to kernel regression",
        "kernel_descent_left",
        test="measure/test_regression.py::test_every_kernel_arrives",
        high=1e-9,
    ),
    _claim(
        "Kernel regression passes through all samples where the kernel has full rank",
        "kernel_interpolation_error",
        reason="rounding × condition number leaves 10⁻⁹ or less",
        test="measure/test_regression.py::test_fits_go_through_the_samples_as_far_as_they_can",
        high=1e-8,
    ),
    _claim(
        "Where it has not, it comes as near to them as the kernel's range lets it",
        "kernel_fit_vs_nearest",
        reason="rounding × condition number leaves 10⁻⁹ or less",
        test="measure/test_regression.py::test_fits_go_through_the_samples_as_far_as_they_can",
        high=1e-8,
    ),
)
