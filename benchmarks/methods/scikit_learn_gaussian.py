"""The Gaussian kernel of scikit-learn."""

from __future__ import annotations

import numpy as np
from sklearn.metrics.pairwise import rbf_kernel

from benchmarks.methods.grams import GAUSSIAN_SCALE


def gaussian_gram(X: np.ndarray) -> np.ndarray:
    return rbf_kernel(X, gamma=GAUSSIAN_SCALE)
