"""Networks of growing width against the predictions of their kernels: step 7."""

MAX_EMPIRICAL_SIZE = 2048
"""Largest n_train p for which the empirical NTK is kept: beyond, it would outgrow the rest."""
