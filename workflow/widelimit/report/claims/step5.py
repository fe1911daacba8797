"""What the report states of the neural tangent kernel."""

from __future__ import annotations

from functools import partial

from widelimit.report.claims.check import SLOPES, WIDEST, Claim

_claim = partial(Claim, experiment="step5")
_root = partial(_claim, kind=SLOPES, low=-0.6, high=-0.4)

STEP5 = (
    _root(
        "The empirical NTK approaches its closed form as k to the −1/2 (slope)",
        "ntk_deviation",
        test="measure/test_tangent.py::test_the_empirical_ntk_tends_to_its_closed_form",
    ),
    _claim(
        "The worked example is the empirical NTK, entry by entry",
        "example_ntk_difference",
        test="measure/test_tangent.py::test_the_worked_example_by_hand",
        high=1e-12,
    ),
    _claim(
        "The linearised network follows the corrected prediction of its kernel",
        "rmse_linearised_vs_empirical_ntk",
        test="networks/test_linearised.py::test_equals_the_corrected_prediction_of_the_empirical_ntk",
        high=1e-10,
    ),
    _claim(
        "The network itself is off that prediction by k to the −1/2 at most (slope)",
        "rmse_network_vs_empirical_ntk",
        test="measure/test_tangent.py::test_trained_networks_come_near_their_predictions",
        kind=SLOPES,
        high=-0.4,
    ),
    _claim(
        "Ignoring f₀ costs something at infinite width too, at every step",
        "rmse_ignoring_f0_limit",
        test="measure/test_tangent.py::test_the_cost_of_ignoring_f0_against_gaussian_draws",
        low=1e-3,
    ),
    _root(
        "With several outputs each has the same kernel (slope of the distance)",
        "ntk_outputs_same",
        test="measure/test_tangent.py::test_outputs_approach_one_kernel_with_slope_minus_one_half",
    ),
    _root(
        "Different outputs share no kernel (slope of what they share)",
        "ntk_outputs_cross",
        test="measure/test_tangent.py::test_outputs_approach_one_kernel_with_slope_minus_one_half",
    ),
    _root(
        "A trained network of several outputs approaches the one kernel's prediction (slope)",
        "rmse_outputs_vs_ntk",
        test="measure/test_tangent.py::test_outputs_approach_one_kernel_with_slope_minus_one_half",
    ),
    _root(
        "Bounded weights: the Hessian's spectral norm falls as k to the −1/2 (slope)",
        "hessian_norm_bounded",
        test="measure/test_tangent.py::test_the_hessian_shrinks_and_the_kernel_does_not",
    ),
    _claim(
        "Gaussian weights: it falls by a logarithm more slowly (measured / exact median)",
        "hessian_median_ratio",
        test="networks/test_hessian.py::test_median_against_networks",
        low=0.8,
        high=1.25,
    ),
    _claim(
        "K(x, x) stays of order 1 while the Hessian shrinks (medians, widest width)",
        "ntk_at_input_bounded",
        test="measure/test_tangent.py::test_the_hessian_shrinks_and_the_kernel_does_not",
        kind=WIDEST,
        low=0.1,
        high=10,
    ),
    _claim(
        "Gradient descent differs from gradient flow in proportion to η (power)",
        "descent_vs_flow_order",
        test="measure/test_tangent.py::test_steps_and_flow_differ_in_the_first_order",
        low=0.9,
        high=1.1,
    ),
)
