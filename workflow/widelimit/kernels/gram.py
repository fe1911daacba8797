"""Gram matrices of the linear, Gaussian, Laplace, NNGP and neural tangent kernels.

X (n, d) and Z (m, d) hold one point a row; a Gram matrix is K[i, j] = K(X_i, Z_j), shape (n, m).
Without Z it is K(X, X), exactly symmetric and with the diagonal the formula gives. Every function
takes, besides the arguments of its kernel,

    out      a C-contiguous float64 array (n, m) to fill and return; a new one unless given
    threads  on which large matrices are computed, 1 unless given; they change no bit of the result.
             BLAS has threads of its own: set OMP_NUM_THREADS=1 beside this

and raises ValueError for points that are not a finite, non-empty 2-d array, are 1e140 or more in
size (their squares would overflow), or differ in dimension, and MemoryError for a matrix larger
than the machine's memory. Beside the matrix itself little memory is needed.
"""

import contextlib
import math
import os

import numpy as np

from widelimit.kernels.activations import Activation, parse_activation
from widelimit.kernels.duals import deep_kernel
from widelimit.kernels.geometry import cosine_and_sine, squared_distances, squared_norms
from widelimit.validation import finite, positive, whole

UNIT_TOLERANCE = 1e-10
"""How far from 1 the norm of a point on the unit sphere may be."""

SMALLEST, LARGEST = 1e-140, 1e140
"""Of coordinates whose squares neither vanish nor overflow."""

COMPILED_FROM = 2**20
"""Entries from which a matrix is computed by compiled code, tile by tile. Smaller ones take NumPy
less time than loading that code takes."""


def linear_gram(X, Z=None, *, out=None, threads: int = 1) -> np.ndarray:
    """K(x, z) = x.z; arguments, shape and errors as the module says."""
    X, Z = _points(X, Z)
    return _gram(
        *(X, Z, out, threads),
        small=lambda X, Z: X @ Z.T,
        large=lambda tiles, X, Z: tiles.Linear(X, Z),
        diagonal=squared_norms(X),
    )


def gaussian_gram(X, Z=None, *, scale: float, out=None, threads: int = 1) -> np.ndarray:
    """K(x, z) = exp(-L |x - z|^2), L = scale > 0 in inverse squared units of x.

    Raises ValueError also for a scale that is not positive and finite.
    Source: Rasmussen & Williams (2006), equation 4.9, with L = 1/(2 length^2).
    """
    scale = positive("scale", scale)
    form = "gaussian", scale
    return _radial_gram(X, Z, out, threads, lambda squares: np.exp(-scale * squares), form)


def laplace_gram(X, Z=None, *, scale: float, out=None, threads: int = 1) -> np.ndarray:
    """K(x, z) = exp(-L |x - z|), L = scale > 0 in inverse units of x, the Euclidean norm.

    Raises ValueError also for a scale that is not positive and finite.
    Source: Rasmussen & Williams (2006), equation 4.18, with gamma = 1, L = 1/length.
    """
    scale = positive("scale", scale)
    form = "laplace", scale
    return _radial_gram(X, Z, out, threads, lambda squares: np.exp(-scale * np.sqrt(squares)), form)


def nngp_gram(
    X, Z=None, *, activation: str = "relu", depth: int = 1, out=None, threads: int = 1
) -> np.ndarray:
    """K(x, z) = c phi^(x.z) on the unit sphere, 1 on its diagonal: only the last layer trained.

    depth: L hidden layers, K = Sigma_L of Sigma_l = c phi^(Sigma_(l-1)), Sigma_0 = x.z. Rounding
    grows by c phi^'(1) a layer: 1 for relu, n for hermite:n.

    For relu and leaky_relu points may have any norm: K(x, z) = |x| |z| times the value at the
    cosine. Raises ValueError also for an unknown activation, a depth that is not a whole number
    >= 1, or points off the unit sphere (norm not 1 to 1e-10) under another activation.
    Source: Neal (1996), Cho & Saul (2009), Lee et al. (2018); c, phi^ as in `duals`.
    """
    return _angular_gram(X, Z, out, threads, activation, depth, tangent=False)


def ntk_gram(
    X, Z=None, *, activation: str = "relu", depth: int = 1, out=None, threads: int = 1
) -> np.ndarray:
    """K(x, z) = c (phi^(xi) + xi phi^'(xi)), xi = x.z, on the unit sphere: all layers trained.

    depth: L hidden layers, K = Theta_L of Theta_l = Sigma_l + Theta_(l-1) c phi^'(Sigma_(l-1)),
    Theta_0 = x.z and Sigma_l as in `nngp_gram`.

    For relu and leaky_relu points may have any norm: |x| |z| times the value at the cosine.
    Errors as in `nngp_gram`. Source: Jacot, Gabriel & Hongler (2018), theorem 1, without biases;
    c, phi^ as in `duals`.
    """
    return _angular_gram(X, Z, out, threads, activation, depth, tangent=True)


LIMITS = {"ntk": ntk_gram, "nngp": nngp_gram}
"""The kernels of infinitely wide networks, by name; they have an activation."""
SCALED = {"gaussian": gaussian_gram, "laplace": laplace_gram}
"""The kernels with a scale L."""


def _radial_gram(X, Z, out, threads, function, compiled_form=(None, 1.0)) -> np.ndarray:
    """function(|x - z|^2), 1 on the diagonal, in NumPy or by the compiled form with its scale."""
    return _gram(
        *(*_points(X, Z), out, threads),
        small=lambda X, Z: function(squared_distances(X, Z)),
        large=lambda tiles, X, Z: tiles.Radial(X, Z, function, *compiled_form),
        diagonal=1.0,
    )


def _angular_gram(X, Z, out, threads, activation, depth, *, tangent: bool) -> np.ndarray:
    """|x| |z| times the kernel of a deep network at the angle between x and z."""
    phi = parse_activation(activation)
    options = {"depth": whole("depth", depth, least=1), "tangent": tangent}
    X, Z = _points(X, Z)
    X, X_norms = _directions("X", X, phi)
    Z, Z_norms = (None, X_norms) if Z is None else _directions("Z", Z, phi)
    return _gram(
        *(X, Z, out, threads),
        small=lambda X, Z: deep_kernel(phi, *cosine_and_sine(X, Z), **options),
        large=lambda tiles, X, Z: tiles.Angular(X, Z, phi, **options),
        sizes=(X_norms, Z_norms),
        diagonal=X_norms * X_norms * deep_kernel(phi, np.float64(1), np.float64(0), **options),
    )


def _gram(X, Z, out, threads, *, small, large, diagonal, sizes=None) -> np.ndarray:
    """The matrix by `small(X, Z)` in NumPy, or by the kernel `large(tiles, X, Z)` on tiles."""
    threads = whole("threads", threads, least=1)
    columns = X if Z is None else Z
    K = _matrix(out, (len(X), len(columns)))
    if K.size < COMPILED_FROM:
        K[...] = small(X, columns)
        if sizes is not None:
            K *= sizes[0][:, None] * sizes[1]
        if Z is None:
            K[...] = np.tril(K, -1)
            K += K.T
    else:
        # Numba is imported where it pays.
        from widelimit.kernels import tiles

        kernel = large(tiles, X, columns)
        tiles.fill(K, kernel, sizes, symmetric=Z is None, threads=threads)
    if Z is None:
        np.fill_diagonal(K, diagonal)
    return K


def _matrix(out, shape: tuple[int, int]) -> np.ndarray:
    """`out` where it is given, else a new array that this machine has the memory for."""
    if out is not None:
        if isinstance(out, np.ndarray) and out.shape == shape and out.dtype == float:
            if out.flags.carray:
                return out
        raise ValueError(
            f"out must be a C-contiguous float64 array {shape}; got {type(out).__name__} "
            f"{getattr(out, 'dtype', '')} {getattr(out, 'shape', '')}"
        )
    size = math.prod(shape) * np.dtype(float).itemsize
    memory = os.sysconf("SC_PHYS_PAGES") * os.sysconf("SC_PAGE_SIZE")
    if size <= memory:
        with contextlib.suppress(MemoryError):
            return np.empty(shape)
    raise MemoryError(f"a Gram matrix {shape} takes {size:,} bytes; this machine has {memory:,}")


def _directions(name: str, X: np.ndarray, phi: Activation) -> tuple[np.ndarray, np.ndarray]:
    """Rows divided by their norms, and the norms; (1, 0, .., 0) stands for a zero row's."""
    norms = np.sqrt(squared_norms(X))
    if phi.slope is None:
        if np.abs(norms - 1).max() > UNIT_TOLERANCE:
            raise ValueError(
                f"{name} must have rows of unit norm (to {UNIT_TOLERANCE:g}) with activation "
                f"{phi.name!r}, which is not homogeneous; got norms from {norms.min():.12g} "
                f"to {norms.max():.12g}"
            )
        return X, np.ones_like(norms)
    sizes = np.abs(X).max(axis=1)
    zero = sizes == 0
    if (sizes[~zero] < SMALLEST).any():
        smallest = sizes[~zero].min()
        raise ValueError(f"{name} must have rows of 0 or of {SMALLEST:g} at least; got {smallest}")
    directions = X / np.where(zero, 1.0, norms)[:, None]
    directions[zero] = np.eye(1, X.shape[1])
    return directions, norms


def _points(X, Z) -> tuple[np.ndarray, np.ndarray | None]:
    X = _rows("X", X, "d")
    return X, None if Z is None else _rows("Z", Z, X.shape[1])


def _rows(name: str, X, d: int | str) -> np.ndarray:
    X = finite(name, X, ("points", d))
    large = np.abs(X) > LARGEST
    if large.any():
        raise ValueError(f"{name} must be {LARGEST:g} at most in size; got {X[large][0]}")
    return X
