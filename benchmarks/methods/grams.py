"""widelimit's Gram matrices."""

from __future__ import annotations

import numpy as np

import widelimit

GAUSSIAN_SCALE = 2.0


def ntk(X: np.ndarray) -> np.ndarray:
    return widelimit.ntk_gram(X, activation="relu")


def gaussian(X: np.ndarray) -> np.ndarray:
    return widelimit.gaussian_gram(X, scale=GAUSSIAN_SCALE)
