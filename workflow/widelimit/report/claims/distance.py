"""What the report states of the distance of finite networks from their limit."""

from functools import partial

from widelimit.report.claims.claim import LAST, MEANS, RATIOS, Claim, within

TEST = "measure/test_over_predicted.py::test_networks_are_as_far_as_predicted"

_claim = partial(Claim, experiment="step7", test=TEST)
_ratio = partial(_claim, kind=RATIOS, least_width=1024)

CLAIMS = (
    *(
        _ratio(
            f"{after} the kernel's error at the start costs as much as predicted"
            " (measured / theory)",
            "distance_start",
            theory="predicted_distance_start",
            step=step,
            **within(share, of=1.0),
            reason=reason,
        )
        for step, after, share, reason in (
            (100, "After 100 steps", 0.2, "a fifth is what 60 networks tell so early"),
            (1000, "After 1000 steps", 0.125, "an eighth is what 60 networks tell"),
            (LAST, "At the last step", 0.1, "a tenth is what 60 networks tell"),
        )
    ),
    *(
        _claim(
            f"{after} the kernel's movement costs as much as predicted, with the same sign at"
            " the same points (mean, widest width)",
            "movement_along_predicted",
            kind=MEANS,
            step=step,
            **within(share, of=1.0),
            reason=reason,
        )
        for step, after, share, reason in (
            (100, "After 100 steps", 0.3, "three tenths are what ten networks tell so early"),
            (1000, "After 1000 steps", 0.1, "a tenth: ten networks tell the ratio to 2 %"),
            (LAST, "At the last step", 0.1, "a tenth: ten networks tell the ratio to 2 %"),
        )
    ),
    _ratio(
        "The kernel drifts as far as predicted (measured / theory)",
        "ntk_drift",
        theory="predicted_ntk_drift",
        **within(0.05, of=1.0),
        reason="first-order theory, without the lag of the residuals, is a quarter too small",
    ),
    _claim(
        "At the last step the weights have moved as far as the limit's residuals lead them"
        " (measured / theory, from 2^20 units on)",
        "weight_movement",
        theory="predicted_weight_movement",
        kind=RATIOS,
        step=LAST,
        least_width=1 << 20,
        **within(0.1, of=1.0),
        reason="a tenth: at 2^16 units, whose kernel moves more, it is a fifth too small",
    ),
)
