import pytest

from widelimit.study.cost import training_seconds

# Measured on one core: engine, width, points, steps, checkpoints, seconds.
MEASURED = [
    ("circle", 1 << 12, 20, 100_000, 0, 0.14),
    ("circle", 1 << 20, 20, 100_000, 7, 3.0),
    ("circle", 1 << 20, 100, 100_000, 0, 1.3),
    ("circle", 1 << 24, 20, 100_000, 7, 20.0),
    ("dense", 1 << 16, 20, 1000, 0, 0.5),
    ("dense", 1 << 20, 100, 100, 0, 4.0),
]


@pytest.mark.parametrize(("engine", "width", "n", "steps", "checkpoints", "seconds"), MEASURED)
def test_estimates_bound_what_was_measured_and_not_by_far(
    engine, width, n, steps, checkpoints, seconds
):
    estimate = training_seconds(
        engine, width=width, n_train=n, steps=steps, checkpoints=checkpoints
    )
    assert seconds < estimate < 30 * seconds


def test_an_unknown_engine_is_named():
    with pytest.raises(ValueError, match="engine must be dense or circle; got 'auto'"):
        training_seconds("auto", width=1, n_train=1, steps=1)
