"""What the report states of wide networks."""

from functools import partial

from widelimit.report.claims.claim import (
    ERRORS,
    LAST,
    MEANS,
    MEDIANS,
    RATIOS,
    SLOPES,
    Claim,
    within,
)

SMALL = (
    "measure/test_small_experiment.py::test_the_distance_falls_as_one_over_the_root_of_the_width"
)
SHIPPED = "report/test_shipped_study.py::test_networks_reach_their_limit"
EXPONENTS = "measure/test_small_experiment.py::test_the_movement_falls_with_the_power_of_theory"
MUTATIONS = "measure/test_wrong_theories.py::test_each_wrong_theory_is_found_out"

_claim = partial(Claim, experiment="step7", test=SHIPPED)
_slope = partial(_claim, kind=SLOPES)
_half = partial(
    _slope,
    truth=-0.5,
    low=-2 / 3,
    high=-1 / 3,
    widths="all",
    reason="tells 1/2 from 1/3 and 2/3",
)
_falls = partial(
    _slope, truth=-0.5, high=0.0, reason="excludes that it stays as it is, or grows, with the width"
)
_quarter = partial(
    _claim,
    kind=RATIOS,
    **within(0.25, of=1.0),
    reason="a quarter is what 80 networks, each with one or two effective directions, tell",
)

CLAIMS = (
    _half(
        "The NTK's error at the start costs the prediction a distance of k to the −1/2, after any"
        " number of steps (slope)",
        "distance_start",
        test=SMALL,
    ),
    _slope(
        "After 10 steps the NTK's movement costs it one of k to the −3/4 (slope)",
        "rmse_network_vs_empirical_ntk",
        step=10,
        **within(0.15, of=-0.75),
        widths="all",
        reason="tells 3/4 from 1/2 and 1",
        constant_scale=True,
    ),
    _falls(
        "At the last step that falls with the width too (slopes)",
        "rmse_network_vs_empirical_ntk",
        step=LAST,
        constant_scale=True,
    ),
    _falls(
        "The distance of networks from their NTK prediction falls with the width, after any number"
        " of steps (slope)",
        "rmse_network_vs_ntk",
    ),
    _claim(
        "At the widest width networks are near their prediction at every step (median)",
        "rmse_network_vs_ntk",
        test=MUTATIONS,
        kind=MEDIANS,
        high=0.01,
        truth=0.0025,
        reason="a hundredth of targets of order 1; theory without f₀ is farther off, and so is a"
        " ridge as small as the least eigenvalue",
    ),
    _claim(
        "After one step they have come as far along the predicted way (mean, widest width)",
        "progress_vs_ntk",
        test=MUTATIONS,
        kind=MEANS,
        step=1,
        **within(0.005, of=1.0),
        reason="half of what a learning rate, or a kernel, wrong by one hundredth would do",
    ),
    _claim(
        "At the last step they are near kernel regression itself (median, widest width)",
        "rmse_network_vs_regression",
        test=MUTATIONS,
        kind=MEDIANS,
        step=LAST,
        high=0.01,
        truth=0.005,
        reason="a hundredth of targets of order 1",
    ),
    _claim(
        "After 100 steps the training loss is that of the closed form (ratio, widest width)",
        "train_loss_vs_ntk",
        test=MUTATIONS,
        kind=MEANS,
        step=100,
        **within(0.02, of=1.0),
        reason="that for the NNGP kernel is a quarter lower",
    ),
    _half("The last layer alone approaches NNGP regression (slope)", "rmse_last_layer_vs_nngp"),
    _quarter(
        "The NTK at the start is off its limit by what k units leave (measured / theory)",
        "ntk_deviation",
        theory="ntk_deviation_expected",
    ),
    _falls(
        "Training moves the NTK less the wider the network (slopes)",
        "ntk_drift",
        constant_scale=True,
    ),
    _slope(
        "Training moves the weights by k to the −1/2 at most, relative to their norm (slope)",
        "weight_movement",
        truth=-0.5,
        high=-0.25,
        reason="tells 1/2 or more from 1/4 or less",
        constant_scale=True,
    ),
    _claim(
        "At the last step the mean of the widest networks is within a hundredth of theory's (bias)",
        "ensemble_bias_paired",
        kind=ERRORS,
        step=LAST,
        high=0.01,
        truth=0.005,
        reason="a hundredth of targets of order 1; it is not 0, as the NTK moves",
    ),
    _quarter(
        "After 10 steps networks scatter about theory's mean as theory says (measured / theory)",
        "rmse_network_vs_ntk_uncorrected",
        theory="ensemble_std_ntk",
        step=10,
    ),
    _claim(
        "On the raw interval the NTK of ReLU networks has rank 2: it is no sphere",
        "rank_ntk",
        experiment="interval",
        test="kernels/test_gram.py::test_the_raw_interval_has_rank_two",
        low=2,
        high=2,
        reason="a rank is a whole number",
    ),
    _slope(
        "Other activations and other spheres: the distance falls as k to the −1/2, or faster"
        " (slope)",
        "rmse_network_vs_ntk",
        experiment="beyond/",
        test=SMALL,
        step=LAST,
        truth=-0.5,
        high=-0.25,
        reason="tells 1/2 or more from 1/4 or less",
    ),
    *(
        _slope(
            f"Smooth activations: {what} as 1/k (slope)",
            metric,
            experiment="beyond/",
            activations=("gelu", "sin", "cos", "erf"),
            test=EXPONENTS,
            step=step,
            **within(0.25, of=-1.0),
            reason="tells 1 from 3/4, the exponent of ReLU, and from 5/4",
        )
        for metric, what, step in (
            ("ntk_drift", "the NTK moves", None),
            ("rmse_network_vs_empirical_ntk", "its movement costs the prediction a distance", LAST),
        )
    ),
    _slope(
        "(Leaky) ReLU, on all spheres: after 10 steps the NTK's movement costs it one of k to the"
        " −3/4 (slope)",
        "rmse_network_vs_empirical_ntk",
        experiment="beyond/",
        activations=("relu", "leaky_relu:0.1"),
        test=EXPONENTS,
        step=10,
        **within(0.25, of=-0.75),
        widths="all",
        reason="tells 3/4 from 1/2, its exponent in the end, and from 1, that of smooth ones",
    ),
)
