import math

import pytest


@pytest.fixture(params=["NumPy", "tiles"], scope="module")
def way(request):
    """Tests that use it run for small matrices, and for large ones, which go by compiled tiles."""
    threshold = math.inf if request.param == "NumPy" else 0
    with pytest.MonkeyPatch.context() as patch:
        patch.setattr("widelimit.kernels.gram.COMPILED_FROM", threshold)
        yield request.param
