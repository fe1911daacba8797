"""Activations, their dual functions, and the Gram matrices of kernels in closed form."""
