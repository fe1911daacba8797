"""The metrics that fall as powers of the width, by the step whose numbers hold them."""

_OF_NETWORKS = (
    "rmse_network_vs_ntk",
    "rmse_network_vs_empirical_ntk",
    "distance_start",
    "rmse_last_layer_vs_nngp",
    "ntk_deviation",
    "ntk_drift",
    "weight_movement",
)

SLOPE_METRICS = {
    "step4": ("nngp_deviation", "fourier_deviation"),
    "step5": (
        "ntk_deviation",
        "rmse_network_vs_empirical_ntk",
        "rmse_network_vs_empirical_ntk_uncorrected",
        "hessian_norm_bounded",
        "hessian_norm_gaussian",
        "ntk_outputs_same",
        "ntk_outputs_cross",
        "rmse_outputs_vs_ntk",
    ),
    "step7": _OF_NETWORKS,
    "scale": (*_OF_NETWORKS, "rmse_network_vs_next_width", "crossover_scale"),
}
"""What a wide network takes to 0; and, to compare with, the distance from a prediction that ignores
f_0, which stays. A step that is named here has its slopes fitted."""
