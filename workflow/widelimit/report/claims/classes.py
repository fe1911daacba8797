"""What the report states of classes, where a study has some."""

from functools import partial

from widelimit.report.claims.claim import ERRORS, LAST, Claim, within
from widelimit.report.claims.learning import NAMES

KERNELS = "measure/test_chosen_kernels.py::test_kernels_are_compared_point_by_point"
NETWORKS = "measure/test_classes.py::test_networks_and_predictions_are_compared_point_by_point"

_claim = partial(Claim, experiment="classes", test=KERNELS, kind=ERRORS)
_as_predicted = partial(
    _claim,
    metric="test_error_vs_ntk",
    test=NETWORKS,
    step=LAST,
    **within(0.05, of=0.0),
)

CLAIMS = (
    *(
        _claim(
            f"Regression with {name} classifies more test points correctly than naming the most"
            " frequent class does (difference of errors)",
            f"test_error_{kernel}_vs_guess",
            reason="guessing errs on a third of the points or more in every source with classes;"
            " a fifth less is more than chance, with fifty test points too",
            high=-0.2,
            truth=-0.5,
        )
        for kernel, name in NAMES.items()
    ),
    *(
        _claim(
            f"On images regression with {name} errs less than linear regression (difference of"
            " errors)",
            f"test_error_{kernel}_vs_linear",
            reason="the class is no linear function of the pixels; two in a hundred are more than"
            " chance",
            high=-0.02,
            truth=-0.1,
        )
        for kernel, name in NAMES.items()
    ),
    _claim(
        "NTK regression errs as a lecture published it for this setting (difference of errors)",
        "test_error_ntk_vs_published",
        reason="its images are others; a thousand of them resolve a difference of three in a"
        " hundred",
        **within(0.03, of=0.0),
    ),
    _as_predicted(
        "At the widest width networks err on as many test points as their NTK predictions"
        " (difference of errors)",
        experiment="step7",
        reason="a twentieth of the points; networks of 16 units are wrong on 17 % of the images"
        " more",
    ),
    _as_predicted(
        "At alpha sqrt(k) = 100 too the widest networks err on as many test points as their NTK"
        " predictions (difference of errors)",
        experiment="scale/100",
        reason="a twentieth of the points; lazy networks follow their kernel, at a finite width"
        " too",
    ),
)
