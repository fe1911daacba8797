"""Least squares and kernel regression, solved at once and by gradient descent."""
