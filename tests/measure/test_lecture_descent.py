"""The lecture's double descent: what it published, and what its features tend to."""

import numpy as np
import pytest

from widelimit.data.lecture import LINE_PUBLISHED, noisy_line
from widelimit.linear.random_features import complex_fourier_features, draw_fourier
from widelimit.measure.lecture import WIDTHS, L, measure


@pytest.fixture(scope="module")
def descent():
    return measure(root=0, seeds=5)["descent"]


def error(descent, model, width=None):
    rows = descent[descent["model"].eq(model)]
    rows = rows[rows["width"].isna() if width is None else rows["width"].eq(width)]
    return rows["test_mse"].median()


@pytest.mark.parametrize("kernel", LINE_PUBLISHED)
def test_what_the_lecture_published_comes_out_again(descent, kernel):
    """To rounding times the condition number; its arc cosine loses half the digits of NNGP."""
    assert error(descent, kernel) == pytest.approx(LINE_PUBLISHED[kernel], rel=1e-9)


def test_what_the_lecture_calls_gaussian_is_the_laplace_kernel(descent):
    """By its own formula, written out: the distance has no square."""
    x, y, z, target = noisy_line()
    K, K_test = (np.exp(-np.abs(p[:, None] - x) / 2) for p in (x, z))
    assert np.mean((K_test @ np.linalg.solve(K, y) - target) ** 2) == pytest.approx(
        LINE_PUBLISHED["laplace"], rel=1e-12
    )
    assert error(descent, "gaussian") > 30 * error(descent, "laplace")


def test_complex_features_tend_to_the_gaussian_kernel():
    """E[F F*] within five standard errors: |F F*|^2 has the mean K^2 + (1 - K^2) / k."""
    x = noisy_line()[0]
    width = 20_000
    W, _ = draw_fourier(width, 1, scale=L, rng=np.random.default_rng(0))
    F = complex_fourier_features(x[:, None], W)
    off = np.abs(F @ F.conj().T - np.exp(-L * (x[:, None] - x) ** 2))
    assert off.max() < 5 / np.sqrt(width)


def test_errors_rise_at_ten_features_and_fall_towards_the_limit_of_the_features(descent):
    """Fourier features come down slowly; ReLU units that part the points alike delay the peak."""
    for model in ("relu", "fourier"):
        assert error(descent, model, 20) > 3 * error(descent, model, 5)
    assert error(descent, "relu", WIDTHS[-1]) == pytest.approx(error(descent, "nngp"), rel=0.1)
    fourier = [error(descent, "fourier", width) for width in (10, 100, 1000, 5000)]
    assert fourier == sorted(fourier, reverse=True)
    assert fourier[-1] > error(descent, "gaussian")
