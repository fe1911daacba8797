"""Figures, one module each: frames in, a tidy table, a drawing and a sentence out; no files."""
