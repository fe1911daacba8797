"""Linear regression by gradient descent: step 1."""
