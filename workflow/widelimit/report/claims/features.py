"""What the report states of random features and NNGP."""

from functools import partial

from widelimit.report.claims.claim import MEDIANS, RATIOS, ROUNDING, Claim, within

TENTH = "a factor c wrong by a tenth, or kernels at another power of k, lie beyond"
TWICE = "a curve without a peak has ratios near 1; the peak of 20 draws is ten times higher"

_claim = partial(Claim, reason=ROUNDING, experiment="step4")

_turning = partial(
    _claim, test="measure/test_features.py::test_turning_points_are_those_of_the_medians"
)
_closed = partial(_claim, test="kernels/test_duals.py::test_duals_against_their_definition")
_shape = partial(
    _claim, test="kernels/test_duals.py::test_duals_are_increasing_and_convex_on_the_positive_half"
)


def _double_descent(features: str, prefix: str, limit: str) -> tuple[Claim, ...]:
    """What is stated of one kind of features, whose metrics begin with prefix."""
    return (
        _turning(
            f"{features[0].upper()}{features[1:]} interpolate from k = n on (k/n)",
            f"{prefix}_interpolation_ratio",
            reason="k < n features cannot interpolate n noisy targets, k = n do with probability 1",
            low=1,
            high=1,
        ),
        _turning(
            f"The test error of {features} peaks at interpolation (k/n)",
            f"{prefix}_peak_ratio",
            reason="the nearest numbers of features measured beside k = n are 5 % away",
            low=0.95,
            high=1.05,
        ),
        _turning(
            f"With fewer {features} it is smaller (peak / best before)",
            f"{prefix}_peak_to_classical",
            reason=TWICE,
            low=2,
        ),
        _turning(
            f"That of many more {features} is smaller (peak / widest)",
            f"{prefix}_peak_to_widest",
            reason=TWICE,
            low=2,
        ),
        _turning(
            f"It comes close to that of the limit, {limit} (median, widest / limit)",
            f"{prefix}_widest_to_limit",
            reason="50 n features are off their limit by some hundredths",
            kind=MEDIANS,
            **within(0.1, of=1.0),
        ),
        _claim(
            f"Over data sets the test error of {features} has the mean that theory predicts, where"
            " k and n differ by more than a fifth (largest deviation, its error included)",
            f"{prefix}_theory_deviation",
            reason="without its factor for variance theory would be off by half and more there",
            test="linear/test_eigenframework.py::test_double_descent_is_the_mean_over_data_sets",
            high=0.1,
        ),
    )


CLAIMS = (
    _closed(
        "The closed forms of the dual activations are E[φ(u) φ(v)]",
        "dual_closed_form_error",
        high=1e-12,
    ),
    _closed(
        "The closed forms of their derivatives are E[φ′(u) φ′(v)]",
        "dual_derivative_error",
        high=1e-12,
    ),
    _claim(
        "The derivative of the dual is the dual of the derivative",
        "dual_commutation_error",
        test="kernels/test_duals.py::test_derivative_against_central_differences",
        high=1e-10,
    ),
    _shape("A dual does not fall on [0, 1]", "dual_least_slope", low=-1e-12),
    _shape("A dual is convex on [0, 1]", "dual_least_curvature", low=-1e-11),
    _shape(
        "A dual is largest in size at correlation 1",
        "dual_range",
        reason="the bound itself, up to rounding",
        high=1 + 1e-12,
    ),
    _claim(
        "A dual is smooth inside (−1, 1): Chebyshev coefficients / bound",
        "dual_smoothness_ratio",
        reason="the bound of power series that converge at 1, up to rounding",
        test="measure/test_features.py::test_the_smoothness_bound_tells_a_kink",
        high=1 + 1e-12,
    ),
    _claim(
        "A cut Hermite series is off by the squared coefficients left out",
        "dual_truncation_gap",
        test="kernels/test_hermite.py::test_truncation_error_is_the_largest_difference",
        high=1e-12,
    ),
    _claim(
        "Kernels of random features are off NNGP by what k draws leave (measured / theory)",
        "nngp_deviation",
        test="linear/test_random_features.py::test_kernels_of_neurons_approach_nngp_with_slope_minus_one_half",
        reason=f"{TENTH}; below 512 units few draws hold the mean of hermite:3's tails",
        kind=RATIOS,
        theory="nngp_deviation_expected",
        least_width=512,
        **within(0.1, of=1.0),
    ),
    _claim(
        "Kernels of random Fourier features are off the Gaussian kernel so (measured / theory)",
        "fourier_deviation",
        test="linear/test_random_features.py::test_kernels_of_random_cosines_approach_the_gaussian_with_slope_minus_one_half",
        reason=TENTH,
        kind=RATIOS,
        theory="fourier_deviation_expected",
        **within(0.1, of=1.0),
    ),
    _claim(
        "Hermite polynomials are orthonormal for the standard normal density",
        "hermite_orthonormality",
        test="kernels/test_hermite.py::test_polynomials_are_orthonormal",
        high=1e-11,
    ),
    _claim(
        "The last layer trained alone follows its kernel's closed form at every step",
        "last_layer_vs_kernel",
        test="linear/test_last_layer.py::test_training_the_last_layer_is_kernel_regression_step_by_step",
        high=1e-9,
    ),
    _claim(
        "In the limit it is kernel regression, in units of rounding × condition number",
        "last_layer_limit_vs_rounding",
        reason="stable solvers lose some units of rounding × condition number, not hundreds",
        test="linear/test_last_layer.py::test_the_limit_is_kernel_regression",
        high=100,
    ),
    *_double_descent("network features", "last_layer", "NNGP"),
    _claim(
        "On the circle network features interpolate much later (k/n)",
        "last_layer_circle_interpolation_ratio",
        reason="in general position the ratio would be 1",
        test="measure/test_features.py::test_units_that_cut_the_circle_alike_span_two_dimensions",
        low=2,
    ),
    *_double_descent("random Fourier features", "fourier", "the Gaussian kernel"),
)
