import numpy as np
import pytest

from spheres import circle


@pytest.fixture
def problem():
    """Train and test points on the circle, targets and values at initialisation, two outputs."""
    rng = np.random.default_rng(0)
    X, Z = circle(rng.uniform(-1, 1, 9)), circle(np.linspace(-1, 1, 6))
    return X, Z, rng.normal(size=(9, 2)), rng.normal(size=(9, 2)), rng.normal(size=(6, 2))
