"""widelimit side by side with PyTorch, JAX, neural-tangents and scikit-learn: `make benchmark`."""
