"""Networks at given weights: outputs, empirical kernels, linearisation, Hessian."""
