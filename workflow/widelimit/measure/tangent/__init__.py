"""The neural tangent kernel, statement by statement: step 5."""
