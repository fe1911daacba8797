"""A study as its user configures it: model, checks, cost, logs and environment of its jobs."""
