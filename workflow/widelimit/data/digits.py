"""The handwritten digits that scikit-learn ships, as points and one-hot targets."""

from __future__ import annotations

import numpy as np

SIZE, INPUTS, CLASSES = 1797, 64, 10


def handwritten_digits() -> tuple[np.ndarray, np.ndarray]:
    """X (1797, 64), brightness 0 to 16 of 8 x 8 pixels, and Y (1797, 10), 1 at the digit.

    Raises ValueError, naming what to install, where scikit-learn is missing.
    Source: Alpaydin & Kaynak (1998), Optical Recognition of Handwritten Digits, test part.
    """
    try:
        from sklearn.datasets import load_digits
    except ImportError as error:
        raise ValueError(
            "source digits needs scikit-learn, the optional extra: pip install scikit-learn"
            f" ({error})"
        ) from None
    images, labels = load_digits(return_X_y=True)
    return images, np.eye(CLASSES)[labels]
