"""The sign of x.b: as plain float arithmetic has it, and the same wherever it decides."""

import numpy as np
import pytest

from widelimit.kernels.elementary import preactivation
from widelimit.kernels.preactivations import preactivations

RNG = np.random.default_rng(0)


def nearly_orthogonal(d, pairs=2000):
    """x, and b orthogonal to it, or off by a unit in the last place."""
    x, b = RNG.standard_normal((pairs, d)), np.zeros((pairs, d))
    i, j = RNG.permuted(np.tile(np.arange(d), (pairs, 1)), axis=1)[:, :2].T
    row = np.arange(pairs)
    b[row, i], b[row, j] = -x[row, j], x[row, i]
    return x, b * (1 + RNG.integers(-1, 2, b.shape) * 2**-52)


@pytest.mark.parametrize("d", [2, 3])
def test_every_product_and_every_sum_is_rounded(d):
    x, b = nearly_orthogonal(d)
    # Python's own floats know no fused multiply-add.
    plain = np.zeros(len(x))
    for row, (point, weight) in enumerate(zip(x.tolist(), b.tolist(), strict=True)):
        for v, w in zip(point, weight, strict=True):
            plain[row] += v * w
    assert 0 < np.sum(plain == 0) < len(x)
    padded = (np.pad(v, ((0, 0), (0, 3 - d))) for v in (x, b))
    for row, (point, weight) in enumerate(zip(*padded, strict=True)):
        assert preactivations(x[row : row + 1], b[row : row + 1]) == plain[row]
        assert preactivation(*point, *weight) == plain[row]


@pytest.mark.parametrize("d", [1, 2, 3, 4, 9])
def test_all_pairs_agree_with_the_matrix_product(d):
    X, B = RNG.standard_normal((7, d)), RNG.standard_normal((5, d))
    np.testing.assert_allclose(preactivations(X, B), X @ B.T, rtol=0, atol=1e-14)
