"""What the report states of learning curves."""

from functools import partial

from widelimit.report.claims.claim import MEANS, Claim, within

NAMES = {
    "ntk": "the NTK",
    "nngp": "the NNGP kernel",
    "gaussian": "the Gaussian kernel",
    "laplace": "the Laplace kernel",
}

_claim = partial(Claim, experiment="learning")

CLAIMS = (
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
    *(
        _claim(
            f"On a target of one direction, {statement}",
            f"direction_{metric}",
            reason=reason,
            test="measure/test_directions.py::test_rich_networks_find_the_direction",
            kind=MEANS,
            **limits,
        )
        for statement, metric, reason, limits in (
            (
                "lazy networks err as NTK regression does (ratio of test errors)",
                "to_kernel_lazy",
                "what learns features errs by a third less and more",
                within(0.15, of=1.0),
            ),
            (
                "rich networks err less than NTK regression (ratio of test errors)",
                "to_kernel_rich",
                "a gain of a fifth is no chance of one draw",
                {"high": 0.8, "truth": 0.6},
            ),
            (
                "the first layer of rich networks finds the direction (|cosine|)",
                "overlap_rich",
                "a random direction in 16 dimensions gets there once in a million draws",
                {"low": 0.9, "truth": 0.99},
            ),
            (
                "BᵀB of rich networks is like the mean outer product of gradients (cosine)",
                "correlation_rich",
                "without features it is near 0",
                {"low": 0.8, "truth": 0.95},
            ),
        )
    ),
)
