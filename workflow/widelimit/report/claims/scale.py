"""What the report states of the scale of the output."""

from __future__ import annotations

from functools import partial

from widelimit.report.claims.check import LAST, SLOPES, Claim

_claim = partial(Claim, test="measure/test_scales.py::test_rich_and_lazy_at_every_width")

SCALE = (
    *(
        _claim(
            f"At alpha sqrt(k) = {g} the kernel drifts alike at all widths from 2^10 on (largest"
            " median / smallest)",
            "drift_ratio",
            experiment=f"scale/{g}",
            low=1,
            high=1.15,
        )
        for g in (1, 10, 100)
    ),
    _claim(
        "The scale at which lazy turns into rich falls as k to the −1/2 (slope)",
        "crossover_scale",
        experiment="scale",
        kind=SLOPES,
        low=-0.55,
        high=-0.45,
    ),
    *(
        _claim(
            f"At alpha sqrt(k) = {g} networks of growing width approach each other as k to the −1/2"
            " (slope)",
            "rmse_network_vs_next_width",
            experiment=f"scale/{g}",
            kind=SLOPES,
            low=-0.6,
            high=-0.4,
        )
        for g in (1, 10, 100)
    ),
    _claim(
        "At alpha sqrt(k) = 1 they stay away from the kernel prediction, at every width",
        "rmse_network_vs_ntk",
        experiment="scale/1",
        step=LAST,
        low=0.1,
    ),
)
