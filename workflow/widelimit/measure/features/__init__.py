"""Random features and the last layer alone: step 4."""
