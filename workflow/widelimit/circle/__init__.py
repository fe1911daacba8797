"""The circle cut by the borders of its points into cells, on each of which no unit changes side."""
