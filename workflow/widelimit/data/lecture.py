"""The worked examples of a lecture on the NTK, with the numbers that the lecturer published.

A. Radhakrishnan, "NTK Derivation and Analysis", a notebook of the Deep Learning Theory Summer
School at Princeton (2021). Points are uniform on S^{d-1}, targets linear, y = w x; the network has
a bias in its first layer, which is an input coordinate of 1 here. A notebook of the same school,
"Double Descent Tutorial", fits random features to ten noisy points of a line.
"""

import numpy as np

from widelimit.data.sources import normalise_rows

WIDTH = 16_000
"""Hidden units of the one network that the lecturer trained."""

PUBLISHED = {
    "ntk_bias": 0.48437464815921794,
    "network_vs_ntk": 0.0011547295683387625,
    "network_vs_empirical_ntk": 1.4939568621191908e-05,
}
"""Mean squared distances over the test points: of NTK regression from the target, which is
deterministic; and of the trained network from the NTK prediction corrected for its start, with the
limit kernel and with the network's own."""


LINE_SEED = 2134
LINE_PUBLISHED = {"laplace": 0.2678602200053003, "nngp": 0.8432877145009113}
"""Mean squared errors of kernel regression on `noisy_line`, both called "infinite width test
error" there: of the kernel that the notebook calls Gaussian, which is exp(-|x - z| / 2), and of
NNGP with a bias."""


def linear_data(seed: int, *, n_train: int, n_test: int, d: int):
    """X (n_train, d), y (n_train,), Z (n_test, d) and their targets (n_test,).

    All are drawn by NumPy's legacy generator from ``seed``, standard normal: X, then Z, then w
    (d,); the rows of X and Z are normalised, and the targets are X w and Z w. The lecture has
    seed 2134, n_train 32, n_test 100, d 100. Raises ValueError for a seed beyond 2^32 - 1.
    """
    if not 0 <= seed < 2**32:
        raise ValueError(f"seed must lie in [0, 2^32) with source lecture; got {seed}")
    # The one place for NumPy's legacy stream: its numbers never change, and are the lecture's.
    rng = np.random.RandomState(seed)
    X, Z = (normalise_rows(rng.standard_normal((n, d))) for n in (n_train, n_test))
    w = rng.standard_normal(d)
    return X, X @ w, Z, Z @ w


def noisy_line():
    """x (10,), y (10,), a grid z (1000,) and w z: y is w x and normal noise of deviation 1/2.

    x, w and the noise are drawn by NumPy's legacy generator, as in the lecture; z goes from the
    smallest x to the largest.
    """
    rng = np.random.RandomState(LINE_SEED)
    x, w = rng.standard_normal(10), rng.standard_normal()
    y = w * x + 0.5 * rng.standard_normal(10)
    z = np.linspace(x.min(), x.max(), 1000)
    return x, y, z, w * z
