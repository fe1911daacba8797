"""Large Gram matrices, tile by tile: each is finished while it is in cache, and written once.

A tile begins as dot products from BLAS. Pairs of points that are close are found in it and their
distances taken from the differences, as in `geometry`; then a closed form of `layers` goes over it
in place. Of a symmetric matrix the lower half is computed, and each tile is written twice.
"""

from collections.abc import Callable
from concurrent.futures import ThreadPoolExecutor

import numpy as np

from widelimit.compiled import ANY_ORDER, compiled
from widelimit.kernels.activations import Activation
from widelimit.kernels.duals import deep_kernel
from widelimit.kernels.geometry import NEAR, squared_norms
from widelimit.kernels.layers import LAYERS, RADIAL

TILE = 128
"""Rows and columns of a tile: three arrays of this size fit into L2 cache."""
STRIP = 8
"""Columns of a tile that are turned into rows at once."""


class Linear:
    """x.z: the dot products as they are. Other kernels have `finish` turn them into their values.

    finish(tile, i, j) is given the flat buffers (3, rows x columns) of the tile of rows i and
    columns j, the first of which holds the dot products; it returns the one that holds the kernel.
    """

    def __init__(self, X: np.ndarray, Z: np.ndarray):
        self.X, self.Z = X, Z

    def finish(self, tile: np.ndarray, i: slice, j: slice) -> np.ndarray:
        return tile[0]


class Radial(Linear):
    """A function of |x - z|^2: the compiled one of that name, or else `function` in NumPy."""

    def __init__(self, X, Z, function: Callable, name: str | None, scale: float):
        super().__init__(X, Z)
        self.squares = squared_norms(X), squared_norms(Z)
        self.function, self.scale = function, scale
        self.compiled = RADIAL.get(name)

    def finish(self, tile, i, j):
        squares = tile[0]
        rows, columns = self.squares[0][i], self.squares[1][j]
        _distances(squares.reshape(len(rows), -1), self.X[i], self.Z[j], rows, columns)
        if self.compiled is None:
            return self.function(squares)
        self.compiled(squares, self.scale)
        return squares


class Angular(Linear):
    """Theta, or without `tangent` Sigma, after `depth` hidden layers, of the angle between points.

    A layer without compiled form, of an activation that has been added, goes by NumPy.
    """

    def __init__(self, X, Z, phi: Activation, *, depth: int, tangent: bool):
        super().__init__(*(points / np.sqrt(squared_norms(points))[:, None] for points in (X, Z)))
        self.phi, self.depth, self.tangent = phi, depth, tangent
        self.layer = LAYERS.get(phi.family)

    def finish(self, tile, i, j):
        sigma, gap, theta = tile
        shape = i.stop - i.start, j.stop - j.start
        _angles(*(part.reshape(shape) for part in tile), self.X[i], self.Z[j])
        if self.layer is None:
            sine = np.sqrt(gap * (2 - gap))
            return deep_kernel(self.phi, sigma, sine, depth=self.depth, tangent=self.tangent)
        for _ in range(self.depth):
            self.layer(sigma, gap, theta, self.phi.scale, self.phi.parameter or 0.0)
        return theta if self.tangent else sigma


def fill(K: np.ndarray, kernel: Linear, sizes=None, *, symmetric: bool, threads: int) -> None:
    """K[i, j] = s_i t_j kernel(x_i, z_j) for sizes (s, t), 1 unless given, in place.

    K (n, m) is C-contiguous. Where it is symmetric, its diagonal is not to be relied on. The result
    does not depend on the number of threads.
    """
    X, Z = kernel.X, kernel.Z
    ZT = np.ascontiguousarray(Z.T)
    s, t = (np.ones(len(X)), np.ones(len(Z))) if sizes is None else sizes

    def fill_rows(top: int) -> None:
        buffers = np.empty((3, TILE * TILE))
        i = slice(top, min(top + TILE, len(X)))
        for left in range(0, i.stop if symmetric else len(Z), TILE):
            j = slice(left, min(left + TILE, len(Z)))
            shape = i.stop - i.start, j.stop - j.start
            tile = buffers[:, : shape[0] * shape[1]]
            np.matmul(X[i], ZT[:, j], out=tile[0].reshape(shape))
            _write(kernel.finish(tile, i, j).reshape(shape), s[i], t[j], K, top, left, symmetric)

    tops = range(0, len(X), TILE)[::-1]  # the longest rows first, so that threads end together
    if threads == 1:
        for top in tops:
            fill_rows(top)
    else:
        with ThreadPoolExecutor(threads) as pool:
            list(pool.map(fill_rows, tops))


@compiled(fastmath=ANY_ORDER)
def _distances(T, X, Z, X_squares, Z_squares):
    """From x.z to |x - z|^2 in place, to rounding of its own size."""
    for i in range(T.shape[0]):
        nearest = 1.0
        for j in range(np.uint64(T.shape[1])):
            total = X_squares[i] + Z_squares[j]
            square = total - 2.0 * T[i, j]
            T[i, j] = square
            excess = square - NEAR * total
            nearest = excess if excess < nearest else nearest
        if nearest > 0.0:
            continue
        for j in range(T.shape[1]):
            if T[i, j] <= NEAR * (X_squares[i] + Z_squares[j]):
                square = 0.0
                for c in range(X.shape[1]):
                    square += (X[i, c] - Z[j, c]) ** 2
                T[i, j] = square


@compiled(fastmath=ANY_ORDER)
def _angles(cosine, gap, other, X, Z):
    """The cosine of the angle from x.z, in two places, and 1 - |cosine| to its own rounding."""
    for i in range(cosine.shape[0]):
        nearest = 1.0
        for j in range(np.uint64(cosine.shape[1])):
            other[i, j] = cosine[i, j]
            g = 1.0 - abs(cosine[i, j])
            gap[i, j] = g
            nearest = g if g < nearest else nearest
        if nearest > NEAR:
            continue
        for j in range(cosine.shape[1]):
            if gap[i, j] <= NEAR:
                minus, plus = 0.0, 0.0
                for c in range(X.shape[1]):
                    minus += (X[i, c] - Z[j, c]) ** 2
                    plus += (X[i, c] + Z[j, c]) ** 2
                total = minus + plus  # 4, but for the rounding of the norms
                cosine[i, j] = (plus - minus) / total
                other[i, j] = cosine[i, j]
                gap[i, j] = 2.0 * min(minus, plus) / total


@compiled
def _write(T, s, t, K, top, left, mirrored):
    """The tile, times sizes, at its place; what is below the diagonal is written above it as well.

    Above, a strip of columns at a time: its rows of K then stay in cache until they are filled.
    """
    rows, columns = T.shape
    for i in range(rows):
        row = K[top + i]
        for j in range(np.uint64(columns)):
            row[np.uint64(left) + j] = T[i, j] * (s[i] * t[j])
    if not mirrored:
        return
    for first in range(0, columns, STRIP):
        for i in range(rows):
            last = max(first, min(first + STRIP, columns, top + i - left))
            for j in range(np.uint64(first), np.uint64(last)):
                K[np.uint64(left) + j, np.uint64(top + i)] = T[i, j] * (s[i] * t[j])
