"""Points and targets: where they come from, how they become training and test points."""
