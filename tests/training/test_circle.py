import numpy as np
import pytest
from circle_cases import LAYOUTS, points, random_case
from references import descend_leaky, descend_leaky_compiled

from widelimit.training import TrainingDiverged, train
from widelimit.training.circle import steps as circle_steps


def deviation(result, reference):
    """Largest deviation of a weight, and of a loss relative to the largest loss or 1."""
    A, B, losses = reference
    weights = max(np.abs(result.A - A).max(), np.abs(result.B - B).max())
    return max(weights, np.abs(result.losses - losses).max() / max(1.0, losses.max()))


def run(case, steps, **options):
    return train(
        case.X,
        case.y,
        case.A,
        case.B,
        activation=case.activation,
        learning_rate=case.learning_rate,
        steps=steps,
        engine="circle",
        **options,
    )


def agrees_with_dense(case, steps, tolerance):
    reference = descend_leaky_compiled(
        case.X, case.y, case.A, case.B, case.slope, case.learning_rate, steps
    )
    if not np.isfinite(reference[2]).all():
        with pytest.raises(TrainingDiverged) as raised:
            run(case, steps)
        assert abs(raised.value.step - np.argmin(np.isfinite(reference[2]))) <= 1
        return
    result = run(case, steps)
    assert result.engine == "circle"
    if deviation(result, reference) < tolerance:
        return
    # Beyond the stability bound descent may be chaotic: then no two orders of summation agree
    # either, which is shown here, and the losses are held only as long as these two agree.
    order = np.random.default_rng(0).permutation(len(case.B))
    other = descend_leaky_compiled(
        case.X, case.y, case.A[:, order], case.B[order], case.slope, case.learning_rate, steps
    )
    A, B, losses = reference
    apart = max(np.abs(other[0] - A[:, order]).max(), np.abs(other[1] - B[order]).max())
    assert apart > tolerance, f"{deviation(result, reference)} from dense, whose orders agree"
    agreed = np.argmax(np.abs(other[2] - losses) > 1e-14 * max(1.0, losses.max()))
    assert np.abs(result.losses - losses)[:agreed].max() < tolerance * max(1.0, losses.max())


@pytest.mark.slow
@pytest.mark.parametrize("seed", range(70))
def test_a_thousand_steps_agree_with_dense_to_1e_11(seed):
    agrees_with_dense(random_case(seed, most_pairs=300_000), 1000, 1e-11)


@pytest.mark.slow
@pytest.mark.parametrize("seed", range(1000, 1014))
def test_ten_thousand_steps_agree_with_dense_to_1e_9(seed):
    agrees_with_dense(random_case(seed, most_pairs=80_000), 10_000, 1e-9)


@pytest.mark.parametrize("seed", range(7))
def test_the_compiled_reference_is_the_naive_one(seed):
    case = random_case(seed, most_pairs=20_000)
    arguments = (case.X, case.y, case.A, case.B, case.slope, case.learning_rate, 100)
    for one, other in zip(
        descend_leaky(*arguments), descend_leaky_compiled(*arguments), strict=True
    ):
        np.testing.assert_allclose(one, other, rtol=1e-11, atol=1e-12)


@pytest.mark.parametrize("layout", LAYOUTS)
def test_every_layout_agrees_with_the_naive_loop(layout):
    rng = np.random.default_rng(3)
    X = points(layout, 31, rng)
    y, A, B = rng.standard_normal(31), rng.standard_normal((1, 300)), rng.standard_normal((300, 2))
    result = train(X, y, A, B, learning_rate=0.03, steps=200, engine="circle")
    assert deviation(result, descend_leaky(X, y, A, B, 0.0, 0.03, 200)) < 1e-12


def test_both_spellings_of_one_angle_are_one_line():
    # The angles 0 and pi, where the order of the lines begins and ends, from both sides.
    tiny = 1e-17
    X = np.array([[0.0, 1.0], [tiny, 1.0], [-tiny, 1.0], [0.0, -1.0], [-tiny, -1.0], [0.6, 0.8]])
    rng = np.random.default_rng(0)
    y, A, B = rng.standard_normal(6), rng.standard_normal((1, 200)), rng.standard_normal((200, 2))
    result = train(X, y, A, B, learning_rate=0.1, steps=300, engine="circle")
    assert deviation(result, descend_leaky(X, y, A, B, 0.0, 0.1, 300)) < 1e-12


def test_a_unit_exactly_on_a_line_is_inactive():
    X = np.array([[1.0, 0.0], [0.0, 1.0], [0.6, 0.8]])
    A = np.array([[1.0, -2.0, 1.0, 0.5, 1.5]])
    B = np.array([[0.0, 1.0], [0.0, -1.0], [1.0, 0.0], [-2.0, 0.0], [1.0, 1.0]])
    y = np.array([1.0, -1.0, 0.5])
    result = train(X, y, A, B, learning_rate=0.1, steps=5, engine="circle")
    assert deviation(result, descend_leaky(X, y, A, B, 0.0, 0.1, 5)) < 1e-14


def test_a_unit_on_the_line_of_antipodal_points_is_left_to_dense():
    X = np.array([[1.0, 0.0], [-1.0, 0.0], [0.6, 0.8]])
    A, B = np.array([[1.0, -2.0]]), np.array([[0.0, 1.0], [1.0, 1.0]])
    y = np.array([1.0, -1.0, 0.5])
    with pytest.raises(ValueError, match="antipodal"):
        train(X, y, A, B, learning_rate=0.1, steps=5, engine="circle")
    result = train(X, y, A, B, learning_rate=0.1, steps=5)
    assert result.engine == "dense"
    assert deviation(result, descend_leaky(X, y, A, B, 0.0, 0.1, 5)) < 1e-14


def test_a_unit_at_zero_is_left_to_dense():
    X, A, B = np.array([[1.0, 0.0]]), np.ones((1, 2)), np.array([[0.0, 0.0], [1.0, 1.0]])
    with pytest.raises(ValueError, match="b = 0"):
        train(X, np.ones(1), A, B, learning_rate=0.1, steps=1, engine="circle")


@pytest.mark.parametrize(
    ("replace", "reason"),
    [
        ({"X": np.eye(3)[:2], "B": np.ones((4, 3))}, "dimension 3"),
        ({"X": np.array([[1.0, 1.0], [1.0, 0.0]])}, "unit circle"),
        ({"activation": "gelu"}, "gelu"),
        ({"A": np.ones((2, 4)), "y": np.ones((2, 2))}, "2 outputs"),
    ],
)
def test_circle_says_why_it_does_not_apply(replace, reason):
    arguments = {
        "X": np.array([[1.0, 0.0], [0.6, 0.8]]),
        "y": np.ones(2),
        "A": np.ones((1, 4)),
        "B": np.ones((4, 2)),
        "activation": "relu",
    } | replace
    with pytest.raises(ValueError, match=reason):
        train(**arguments, learning_rate=0.1, steps=1, engine="circle")
    assert train(**arguments, learning_rate=0.1, steps=1).engine == "dense"


@pytest.mark.slow
def test_rebuilding_and_a_long_run_change_nothing():
    # 2^16 steps and more: P is folded into q by age as well as by strain.
    case = random_case(0, most_pairs=2_000)._replace(slope=0.0)
    rng = np.random.default_rng(5)
    X, A, B = points("half", 10, rng), rng.standard_normal((1, 200)), rng.standard_normal((200, 2))
    y = np.sin(5 * X[:, 0])
    case = case._replace(X=X, y=y, A=A, B=B, learning_rate=0.02)
    reference = descend_leaky_compiled(X, y, A, B, 0.0, 0.02, 70_000)
    assert 70_000 > circle_steps.MAX_AGE
    assert deviation(run(case, 70_000), reference) < 1e-9


@pytest.mark.slow
def test_many_units_in_one_cell_agree_with_dense():
    rng = np.random.default_rng(6)
    X, y = points("half", 3, rng), np.array([1.0, -2.0, 0.5])
    A, B = rng.standard_normal((1, 200_000)), rng.standard_normal((200_000, 2))
    result = train(X, y, A, B, learning_rate=0.2, steps=60)
    assert deviation(result, descend_leaky_compiled(X, y, A, B, 0.0, 0.2, 60)) < 1e-11
