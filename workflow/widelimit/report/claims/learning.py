"""What the report states of learning curves."""

from __future__ import annotations

from functools import partial

from widelimit.report.claims.claim import Claim

NAMES = {
    "ntk": "the NTK",
    "nngp": "the NNGP kernel",
    "gaussian": "the Gaussian kernel",
    "laplace": "the Laplace kernel",
}

_claim = partial(Claim, experiment="learning")

LEARNING = (
    _claim(
        "Learnabilities, over all eigenfunctions, sum to the number of points (relative error)",
        "learnability_sum_error",
        reason="rounding of the root; a wrong multiplicity or eigenvalue shows in the first digits",
        test="linear/test_eigenframework.py::test_learnabilities_sum_to_the_number_of_points",
        high=1e-10,
    ),
    *(
        _claim(
            f"Test errors of {name} have the mean that theory predicts, at every n >= 8 and degree"
            " (largest deviation, its error included)",
            f"learning_theory_deviation_{kernel}",
            reason="without its factor for variance theory would be off by half and more",
            test="measure/test_learning_curves.py::test_means_over_draws_follow_theory",
            high=0.1,
        )
        for kernel, name in NAMES.items()
    ),
)
