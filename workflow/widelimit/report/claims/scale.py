"""What the report states of the scale of the output."""

from functools import partial

from widelimit.report.claims.claim import ERRORS, LAST, SLOPES, Claim, within

_claim = partial(Claim, test="measure/test_scales.py::test_rich_and_lazy_at_every_width")

CLAIMS = (
    *(
        _claim(
            f"At alpha sqrt(k) = {g} the kernels of wide networks drift alike, whatever the width"
            " (slope)",
            "ntk_drift",
            experiment=f"scale/{g}",
            reason="tells 0 from 1/10; at a fixed alpha the drift falls as k to the −1/2 or faster",
            kind=SLOPES,
            **within(0.1, of=0.0),
        )
        for g in (1, 10, 100)
    ),
    *(
        _claim(
            f"At alpha sqrt(k) = {g} the drift that all seeds share is that of the widest networks"
            " from 2^10 units on (ratio)",
            "drift_over_widest",
            experiment=f"scale/{g}",
            reason="tells 1 from 3/2, with five seeds; at alpha sqrt(k) = 100 single networks with"
            " 2^10 units drift 1.3 times as far as the widest",
            kind=ERRORS,
            least_width=1024,
            **within(0.3, of=1.0),
        )
        for g in (1, 10, 100)
    ),
    _claim(
        "The scale at which lazy turns into rich falls as k to the −1/2 (slope)",
        "crossover_scale",
        experiment="scale",
        kind=SLOPES,
        reason="tells 1/2 from 2/5 and 3/5",
        **within(0.1, of=-0.5),
    ),
    *(
        _claim(
            f"At alpha sqrt(k) = {g} networks of growing width approach each other as k to the −1/2"
            " (slope)",
            "rmse_network_vs_next_width",
            experiment=f"scale/{g}",
            reason="tells 1/2 from 0 and 1",
            kind=SLOPES,
            low=-0.9,
            high=-0.1,
            truth=-0.5,
        )
        for g in (1, 10, 100)
    ),
    _claim(
        "At alpha sqrt(k) = 1 they stay away from the kernel prediction, at every width",
        "rmse_network_vs_ntk",
        experiment="scale/1",
        reason="a tenth of targets of order 1 is not near",
        step=LAST,
        low=0.1,
    ),
)
