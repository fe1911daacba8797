"""What the report states of wide networks."""

from __future__ import annotations

from functools import partial

from widelimit.report.claims.check import LAST, RATIOS, SLOPES, WIDEST, Claim

_claim = partial(Claim, experiment="step7")
_root = partial(_claim, kind=SLOPES, low=-0.6, high=-0.4)

STEP7 = (
    _root(
        "After 10 steps the distance of networks from their NTK prediction falls as k to the"
        " −1/2 (slope)",
        "rmse_network_vs_ntk",
        test="measure/test_small_experiment.py::test_the_distance_falls_as_one_over_the_root_of_the_width",
        step=10,
    ),
    _claim(
        "It falls so after any number of steps, or faster (slope)",
        "rmse_network_vs_ntk",
        test="measure/test_small_experiment.py::test_the_shipped_experiment_reaches_its_limit",
        kind=SLOPES,
        high=-0.4,
    ),
    _claim(
        "At the last step it falls with every width (median / that at the width before)",
        "rmse_network_vs_ntk",
        test="measure/test_small_experiment.py::test_the_shipped_experiment_reaches_its_limit",
        kind=RATIOS,
        step=LAST,
        high=1,
    ),
    _claim(
        "At the widest width and the last step networks are near their prediction (median)",
        "rmse_network_vs_ntk",
        test="measure/test_small_experiment.py::test_the_shipped_experiment_reaches_its_limit",
        kind=WIDEST,
        step=LAST,
        high=0.06,
    ),
    _root(
        "The last layer alone approaches NNGP regression (slope)",
        "rmse_last_layer_vs_nngp",
        test="measure/test_small_experiment.py::test_the_shipped_experiment_reaches_its_limit",
    ),
    _root(
        "The NTK at the start approaches its limit (slope)",
        "ntk_deviation",
        test="measure/test_small_experiment.py::test_the_shipped_experiment_reaches_its_limit",
    ),
    _claim(
        "Training moves the NTK by k to the −1/2 at most (slope)",
        "ntk_drift",
        test="measure/test_small_experiment.py::test_the_shipped_experiment_reaches_its_limit",
        kind=SLOPES,
        high=-0.4,
    ),
    _claim(
        "It moves the weights by as much, relative to their norm (slope)",
        "weight_movement",
        test="measure/test_small_experiment.py::test_the_shipped_experiment_reaches_its_limit",
        kind=SLOPES,
        high=-0.4,
    ),
    _claim(
        "The ensemble's mean is that of theory, at the widest width and the last step",
        "ensemble_mean_rmse_vs_ntk",
        test="measure/test_small_experiment.py::test_the_shipped_experiment_reaches_its_limit",
        kind=WIDEST,
        step=LAST,
        high=0.06,
    ),
    _claim(
        "The ensemble's standard deviation is that of theory there (ratio)",
        "ensemble_std_ratio",
        test="measure/test_small_experiment.py::test_the_shipped_experiment_reaches_its_limit",
        kind=WIDEST,
        step=LAST,
        low=0.8,
        high=1.25,
    ),
    _claim(
        "On the raw interval the NTK of ReLU networks has rank 2: it is no sphere",
        "rank_ntk",
        experiment="interval",
        test="kernels/test_gram.py::test_the_raw_interval_has_rank_two",
        low=2,
        high=2,
    ),
    _root(
        "Other activations and other spheres: the distance falls as k to the −1/2 too (slope)",
        "rmse_network_vs_ntk",
        experiment="beyond/",
        test="measure/test_small_experiment.py::test_the_distance_falls_as_one_over_the_root_of_the_width",
    ),
)
