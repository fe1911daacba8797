"""What the report states of linear regression by gradient descent."""

from functools import partial

from widelimit.report.claims.claim import Claim

ROUNDING = "rounding leaves 10⁻¹⁴ or less; a wrong formula shows in the first digits"

_claim = partial(Claim, reason=ROUNDING, experiment="step1")
_threshold = partial(
    _claim,
    reason="the bisection ends at 10⁻⁹; the threshold is exact",
    test="linear/test_least_squares.py::test_descent_converges_below_the_threshold_and_not_beyond",
)
_growth = partial(
    _claim,
    reason="a factor of 1 is neither growth nor decay; the margin is rounding",
    test="measure/test_linear_regression.py::test_the_distance_shrinks_below_the_threshold_and_grows_above",
)
_span = partial(
    _claim, test="linear/test_least_squares.py::test_iterates_stay_in_the_span_of_the_points"
)

REGIMES = {
    "overdetermined": "n > d: w tends to y X′ (X X′)⁻¹",
    "square": "n = d: w tends to y X⁻¹",
    "underdetermined": "n < d: w tends to y X⁺",
    "deficient": "X of less than full rank: w tends to y X⁺",
}

CLAIMS = (
    _threshold(
        "Gradient descent converges from ησ₁² = 0 on",
        "linear_threshold_lower",
        low=-1e-6,
        high=1e-6,
    ),
    _threshold(
        "It converges up to ησ₁² = 2",
        "linear_threshold_upper",
        low=2 - 1e-6,
        high=2 + 1e-6,
    ),
    _growth(
        "One percent below 2 the distance from y X⁺ shrinks (200 steps / 100)",
        "linear_growth_below",
        high=1 - 1e-6,
    ),
    _growth(
        "One percent above 2 that distance grows (200 steps / 100)",
        "linear_growth_above",
        low=1 + 1e-6,
    ),
    _claim(
        "Each direction is multiplied by 1 − ησᵢ² at every step",
        "linear_descent_vs_closed_form",
        test="linear/test_least_squares.py::test_iterates_are_those_of_gradient_descent",
        high=1e-10,
    ),
    _span("From 0 the iterates stay in the span of the points", "linear_outside_span", high=1e-10),
    _span(
        "From elsewhere the part outside the span never changes",
        "linear_outside_span_change",
        high=1e-10,
    ),
    _span(
        "From elsewhere the limit is not the solution of least norm (distance)",
        "linear_elsewhere_distance",
        reason="the distance would be rounding, 10⁻¹⁵, were the statement false",
        low=1e-3,
    ),
    *(
        _claim(
            statement,
            f"linear_solution_error_{regime}",
            test="linear/test_least_squares.py::test_each_regime_has_its_closed_form_in_exact_numbers"
            if regime != "deficient"
            else "linear/test_least_squares.py::test_the_limit_is_the_minimum_norm_solution",
            high=1e-9,
        )
        for regime, statement in REGIMES.items()
    ),
    *(
        _claim(
            f"{statement.partition(':')[0]}: the training loss is what it must be",
            f"linear_loss_error_{regime}",
            test="linear/test_least_squares.py::test_losses_are_what_each_regime_must_have",
            high=1e-9,
        )
        for regime, statement in REGIMES.items()
    ),
)
