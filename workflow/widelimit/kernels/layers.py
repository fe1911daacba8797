"""The closed forms of `duals` and of radial kernels, compiled, in place of a tile's entries.

A layer takes three flat arrays, an entry for each pair of points, through one hidden layer:

    sigma  <-  c phi^(sigma), the correlation that the next layer sees; at first the cosine of x, z
    theta  <-  c phi^(sigma) + theta c phi^'(sigma), the tangent kernel; at first the cosine too
    gap    =   1 - |sigma| to rounding of its own size, which the rectifier alone needs

with c as `scale` and the number in the activation's name as `parameter`. Sources as in `duals`.
"""

import math

import numpy as np

from widelimit.compiled import compiled
from widelimit.kernels.elementary import arccosine, arcsine, bell, hyperbolic_sine_and_cosine

FURTHEST = 1400.0
"""exp(-s/2) counts as 0 from here on; it is below 1e-304."""


@compiled
def rectifier(sigma, gap, theta, scale, slope):
    """With w the angle to the nearer of 1 and -1, ReLU has c phi^(xi) = max(xi, 0) + rest,
    rest = (sin w - w cos w) / pi, where nothing cancels; leaky ReLU is a mean of it and of xi.
    """
    bent = 0.5 * scale * (1.0 - slope) ** 2
    straight = 1.0 - bent
    for j in range(np.uint64(sigma.size)):
        xi, g = sigma[j], gap[j]
        size, right = abs(xi), xi > 0.0
        angle = arccosine(size, g)
        rest = (math.sqrt(g * (2.0 - g)) - size * angle) * (1.0 / math.pi)
        relu = (xi if right else 0.0) + rest
        value = bent * relu + straight * xi
        slope_here = bent * (1.0 / math.pi) * (math.pi - angle if right else angle) + straight
        from_1 = bent * ((g if right else 1.0) - rest) + straight * (g if right else 2.0 - g)
        from_minus_1 = bent * (1.0 + relu) + straight * (2.0 - g if right else g)
        theta[j] = value + theta[j] * slope_here
        sigma[j] = value
        g = from_1 if value > 0.0 else from_minus_1
        gap[j] = g if g > 0.0 else 0.0


@compiled
def gelu(sigma, gap, theta, scale, parameter):
    for j in range(np.uint64(sigma.size)):
        xi = sigma[j]
        square = xi * xi
        r = 1.0 / math.sqrt(4.0 - square)
        angle = 0.25 + (0.5 / math.pi) * arcsine(0.5 * xi, 0.25 * square)
        value = scale * (xi * angle + (0.5 / math.pi) * r)
        slope = scale * (angle + (0.5 / math.pi) * xi * r * (1.0 + r * r))
        theta[j] = value + theta[j] * slope
        sigma[j] = value


@compiled
def erf(sigma, gap, theta, scale, parameter):
    for j in range(np.uint64(sigma.size)):
        x = (2.0 / 3.0) * sigma[j]
        size = abs(x)
        angle = 0.5 * math.pi - arccosine(size, 1.0 - size)
        value = scale * (2.0 / math.pi) * (-angle if x < 0.0 else angle)
        slope = scale * (4.0 / (3.0 * math.pi)) / math.sqrt((1.0 - x) * (1.0 + x))
        theta[j] = value + theta[j] * slope
        sigma[j] = value


@compiled
def sin(sigma, gap, theta, scale, parameter):
    for j in range(np.uint64(sigma.size)):
        sine, cosine = hyperbolic_sine_and_cosine(sigma[j])
        value = scale / math.e * sine
        theta[j] = value + theta[j] * (scale / math.e * cosine)
        sigma[j] = value


@compiled
def cos(sigma, gap, theta, scale, parameter):
    for j in range(np.uint64(sigma.size)):
        sine, cosine = hyperbolic_sine_and_cosine(sigma[j])
        value = scale / math.e * cosine
        theta[j] = value + theta[j] * (scale / math.e * sine)
        sigma[j] = value


@compiled
def hermite(sigma, gap, theta, scale, degree):
    """xi^n and n xi^(n-1); the power by squaring, for all entries at once, in place of `gap`."""
    lower = np.int64(degree) - 1
    for j in range(np.uint64(sigma.size)):
        gap[j] = 1.0
    for bit in range(6, -1, -1):
        factor = (lower >> bit) & 1 == 1
        for j in range(np.uint64(sigma.size)):
            gap[j] *= gap[j] * (sigma[j] if factor else 1.0)
    for j in range(np.uint64(sigma.size)):
        value = gap[j] * sigma[j]
        theta[j] = value + theta[j] * (degree * gap[j])
        sigma[j] = value


LAYERS = {
    "relu": rectifier,
    "leaky_relu": rectifier,
    "gelu": gelu,
    "erf": erf,
    "sin": sin,
    "cos": cos,
    "hermite": hermite,
}
"""By the part of the activation's name before the colon, as in `duals`."""


@compiled
def gaussian(squares, scale):
    """exp(-L |x - z|^2) in place of |x - z|^2."""
    for j in range(np.uint64(squares.size)):
        s = 2.0 * scale * squares[j]
        squares[j] = bell(s) if s < FURTHEST else 0.0


@compiled
def laplace(squares, scale):
    """exp(-L |x - z|) in place of |x - z|^2."""
    for j in range(np.uint64(squares.size)):
        s = 2.0 * scale * math.sqrt(squares[j])
        squares[j] = bell(s) if s < FURTHEST else 0.0


RADIAL = {"gaussian": gaussian, "laplace": laplace}
