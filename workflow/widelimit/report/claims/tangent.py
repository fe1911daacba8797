"""What the report states of the neural tangent kernel."""

from functools import partial

from widelimit.report.claims.claim import MEDIANS, RATIOS, ROUNDING, SLOPES, Claim, within

_claim = partial(Claim, reason=ROUNDING, experiment="step5")

CLAIMS = (
    _claim(
        "The empirical NTK is off its closed form by what k units leave (measured / theory)",
        "ntk_deviation",
        test="measure/test_tangent_at_the_start.py::test_the_empirical_ntk_tends_to_its_closed_form",
        reason="a factor c wrong by a tenth, or a kernel at another power of k, lies beyond",
        kind=RATIOS,
        theory="ntk_deviation_expected",
        **within(0.1, of=1.0),
    ),
    _claim(
        "The worked example is the empirical NTK, entry by entry",
        "example_ntk_difference",
        test="measure/test_tangent_at_the_start.py::test_the_worked_example_by_hand",
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
        reason="tells 1/2 or more from 1/4 or less",
        test="measure/test_tangent.py::test_trained_networks_come_near_their_predictions",
        kind=SLOPES,
        high=-0.25,
        truth=-0.5,
    ),
    _claim(
        "Ignoring f₀ costs something at infinite width too, at every step",
        "rmse_ignoring_f0_limit",
        reason="it would be 0 were the statement false; 0.001 is far above rounding",
        test="measure/test_tangent.py::test_the_cost_of_ignoring_f0_against_gaussian_draws",
        low=1e-3,
    ),
    *(
        _claim(
            statement,
            f"ntk_outputs_{name}",
            test="measure/test_tangent.py::test_outputs_approach_one_kernel_with_slope_minus_one_half",
            reason="a fifth is what 80 networks tell with certainty",
            kind=RATIOS,
            theory=f"ntk_outputs_{name}_expected",
            **within(0.2, of=1.0),
        )
        for name, statement in {
            "same": "With several outputs each is off the same kernel by what k units leave"
            " (measured / theory)",
            "cross": "Different outputs share what k units leave, no kernel (measured / theory)",
        }.items()
    ),
    _claim(
        "A trained network of several outputs approaches the one kernel's prediction (slope)",
        "rmse_outputs_vs_ntk",
        test="measure/test_tangent.py::test_outputs_approach_one_kernel_with_slope_minus_one_half",
        reason="tells 1/2 from 1/4 and from 3/4",
        kind=SLOPES,
        **within(0.25, of=-0.5),
    ),
    _claim(
        "Bounded weights: the Hessian's spectral norm falls as k to the −1/2 (slope)",
        "hessian_norm_bounded",
        test="measure/test_tangent_at_the_start.py::test_the_hessian_shrinks_and_the_kernel_does_not",
        reason="tells 1/2 from 2/5 and 3/5; narrow networks are allowed corrections of 1/k",
        kind=SLOPES,
        **within(0.1, of=-0.5),
    ),
    _claim(
        "Gaussian weights: it falls by a logarithm more slowly (median / exact one, widest width)",
        "hessian_median_ratio",
        reason="without the logarithm, from the narrowest width on, it would be 2/3 of theory's",
        test="networks/test_hessian.py::test_median_against_networks",
        kind=MEDIANS,
        low=0.8,
        high=1.25,
        truth=1.0,
    ),
    _claim(
        "K(x, x) stays of order 1 while the Hessian shrinks (medians, widest width)",
        "ntk_at_input_bounded",
        reason="of order 1: neither as 1/√k, 0.01 at the widest, nor its inverse",
        test="measure/test_tangent_at_the_start.py::test_the_hessian_shrinks_and_the_kernel_does_not",
        kind=MEDIANS,
        low=0.1,
        high=10,
        truth=1.0,
    ),
    _claim(
        "5 % below the learning rate 2/λ_max of their own NTK networks learn its first direction"
        " (residuals, 10 steps / 5)",
        "network_growth_below",
        test="measure/test_tangent.py::test_networks_have_the_threshold_of_their_kernel",
        reason="a direction that is not learned has a ratio of 1; theory's is 0.9⁵",
        kind=MEDIANS,
        high=1.0,
        truth=0.9**5,
    ),
    _claim(
        "5 % above it they diverge along it (residuals, 10 steps / 5)",
        "network_growth_above",
        test="measure/test_tangent.py::test_networks_have_the_threshold_of_their_kernel",
        reason="a direction that does not diverge has a ratio of 1; theory's is 1.1⁵",
        kind=MEDIANS,
        low=1.0,
        truth=1.1**5,
    ),
    _claim(
        "Gradient descent differs from gradient flow in proportion to η (power)",
        "descent_vs_flow_order",
        reason="tells the first power from others; the correction is of order η",
        test="measure/test_tangent.py::test_steps_and_flow_differ_in_the_first_order",
        low=0.9,
        high=1.1,
    ),
)
