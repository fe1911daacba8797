"""Tables on disk: what their columns mean, how they are read and written, what made them."""
