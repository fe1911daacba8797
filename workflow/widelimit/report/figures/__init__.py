"""Figures, one module each: frames in, a tidy table, a drawing and a sentence out; no files."""

import matplotlib.artist

# Each of matplotlib's classes lists its properties in a docstring when it is made: a sixth of the
# time to import it, for texts that nobody reads here.
matplotlib.artist.kwdoc = lambda artist: ""
