"""Networks of growing width against the predictions of their kernels: step 7."""
