"""What a study measures: points in, tables out."""
