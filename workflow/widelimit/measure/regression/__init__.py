"""Kernel regression on a few samples: steps 2 and 3."""
