"""exp, erfc, erf, arcsin, sin, cos and x.b of floats without branches, so that loops vectorise.

A library's function is called entry by entry, and costs more than all else in a loop. Here each is
a polynomial or a ratio of two, right to a few units in the last place. Coefficients run from the
lowest power up. All but the Taylor series of sine and cosine interpolate the function at Chebyshev
nodes: ``tests/kernels/test_elementary.py`` finds them again from 60 digits.
Sources: Cody & Waite (1980), chapters 6, 8 and 11; Cody (1969) for the form of erfc.
"""

from __future__ import annotations

import math

import numpy as np

from widelimit.compiled import AS_WRITTEN, inlined

EXP = (
    *(-1.0, 0.5000000000000006, -0.1666666666666667, 0.04166666666657314),
    *(-0.008333333333326141, 0.0013888888932488599, -0.00019841269874800493),
    *(2.4801504346997686e-05, -2.7557255425746435e-06, 2.7626357241447223e-07),
    -2.510520637395701e-08,
)
"""(exp(-r) - 1) / r for |r| <= log(2) / 2, with which exp(-r) is right to 1e-17."""
ARCSIN = (
    *(1.0, 0.16666666666664942, 0.07500000000385201, 0.044642856805998936),
    *(0.03038195969768514, 0.022371749733164054, 0.01735977964134998),
    *(0.01388484282640208, 0.012170138592391726, 0.0065293020047365695),
    *(0.019513468251252167, -0.016187392271599134, 0.03187962140081284),
)
"""arcsin(z) / z in powers of z^2 <= 1/4, right to 3e-17."""
TAIL_ABOVE = (
    *(0.5, 0.6594826611192789, 0.4340279167882599, 0.1793491731672923, 0.05020645623982569),
    *(0.009691597170741488, 0.0012587185944490796, 0.00010089485226127915, 3.852999550884088e-06),
)
TAIL_BELOW = (
    *(1.0, 2.116849883041424, 2.05705767279259, 1.207529482884262, 0.4733538202592773),
    *(0.1289844125061432, 0.02454615554543977, 0.003164796947100096, 0.0002529059071096166),
    9.658037405929106e-06,
)
"""exp(u^2/2) Phi(-u) as a ratio for 0 <= u <= 8.5, Phi the normal distribution, right to 3e-17."""
ERF_ABOVE = (
    *(1.1283791670955123, 2.1253244688127806, 1.9053348991187118, 1.030535458184424),
    *(0.36061047252929906, 0.08155566956621811, 0.011079578852339338, 0.0007039554833036012),
)
ERF_BELOW = (
    *(1.0, 2.7697466950381804, 3.476516520765582, 2.5908864841662522, 1.2586637753895056),
    *(0.41007754345448777, 0.08803075165191677, 0.011476742279123408, 0.0007039555008665318),
)
"""(1 - exp(z^2) erfc(z)) / z as a ratio for 0 <= z <= 6, right to 3e-16."""
SIN = tuple((-1) ** m / math.factorial(2 * m + 1) for m in range(9))
COS = tuple((-1) ** m / math.factorial(2 * m) for m in range(9))
SINH = tuple(1 / math.factorial(2 * m + 1) for m in range(10))
COSH = tuple(1 / math.factorial(2 * m) for m in range(10))

LOG2_E = 1 / math.log(2)
LN2 = (0.6931471803691238, 1.9082149292705877e-10)
"""log 2 in two parts: the first has 43 bits, so that its multiples up to 1024 are exact."""
QUARTER = (1.57079632673412561417, 6.07710050630396597660e-11, 2.02226624871116645580e-21)
"""pi/2 in three parts: the first two have 33 bits, so that small multiples of them are exact."""
ROUNDER = 1.5 * 2.0**52
"""Added to a float, it rounds it to a whole number, which then is in the last bits of the sum."""
FAR = 26.0
"""exp(-z^2) is below 1e-293 from here on, where `exponential` still holds."""


@inlined
def _halvings(t):
    """-n, as bits to add to a float's exponent, and q of exp(-t) = 2^-n (1 + q)."""
    sum_with_n = ROUNDER - t * LOG2_E
    minus_n = sum_with_n - ROUNDER
    r = (t + minus_n * LN2[0]) + minus_n * LN2[1]
    q = ((EXP[10] * r + EXP[9]) * r + EXP[8]) * r + EXP[7]
    q = (((q * r + EXP[6]) * r + EXP[5]) * r + EXP[4]) * r + EXP[3]
    q = ((q * r + EXP[2]) * r + EXP[1]) * r + EXP[0]
    return np.float64(sum_with_n).view(np.int64) << np.int64(52), q * r


@inlined
def exponential(t):
    """exp(-t) for 0 <= t <= 700."""
    exponent, q = _halvings(t)
    return np.int64(np.float64(1.0 + q).view(np.int64) + exponent).view(np.float64)


@inlined
def exponential_and_rest(t):
    """exp(-t) and 1 - exp(-t) for 0 <= t <= 700, each to rounding of its own size."""
    exponent, q = _halvings(t)
    power = np.int64(np.float64(1.0).view(np.int64) + exponent).view(np.float64)
    return power + power * q, (1.0 - power) - power * q


@inlined
def scaled_tail(u):
    """exp(u^2/2) Phi(-u) for 0 <= u <= 8.5, right to 1e-8 of itself up to FAR sqrt 2."""
    P, Q = TAIL_ABOVE, TAIL_BELOW
    p = (((P[8] * u + P[7]) * u + P[6]) * u + P[5]) * u + P[4]
    p = (((p * u + P[3]) * u + P[2]) * u + P[1]) * u + P[0]
    q = ((((Q[9] * u + Q[8]) * u + Q[7]) * u + Q[6]) * u + Q[5]) * u + Q[4]
    q = (((q * u + Q[3]) * u + Q[2]) * u + Q[1]) * u + Q[0]
    return p / q


@inlined
def scaled_erf(z):
    """1 - exp(z^2) erfc(z) for 0 <= z <= 6, right to rounding of its own size; see `scaled_erfc`.

    erf(z) = (1 - exp(-z^2)) + exp(-z^2) times this, a sum of positive numbers.
    """
    P, Q = ERF_ABOVE, ERF_BELOW
    p = ((P[7] * z + P[6]) * z + P[5]) * z + P[4]
    p = (((p * z + P[3]) * z + P[2]) * z + P[1]) * z + P[0]
    q = (((Q[8] * z + Q[7]) * z + Q[6]) * z + Q[5]) * z + Q[4]
    q = (((q * z + Q[3]) * z + Q[2]) * z + Q[1]) * z + Q[0]
    return z * p / q


@inlined
def arcsine(z, square):
    """arcsin(z) for |z| <= 1/2, square = z^2."""
    c = ARCSIN
    p = (((c[12] * square + c[11]) * square + c[10]) * square + c[9]) * square + c[8]
    p = (((p * square + c[7]) * square + c[6]) * square + c[5]) * square + c[4]
    p = (((p * square + c[3]) * square + c[2]) * square + c[1]) * square + c[0]
    return p * z


@inlined
def arccosine(size, gap):
    """arccos(size) for 0 <= size <= 1, to rounding of its own size; gap = 1 - size."""
    near = size > 0.5
    square = 0.5 * gap if near else size * size
    angle = arcsine(math.sqrt(square) if near else size, square)
    return 2.0 * angle if near else 0.5 * math.pi - angle


@inlined
def sine_and_cosine(u):
    """Both for |u| < 2^20: u = q pi/2 + r, and q says which is which, and with what sign."""
    q = math.floor(u * (2.0 / math.pi) + 0.5)
    r = ((u - q * QUARTER[0]) - q * QUARTER[1]) - q * QUARTER[2]
    t = r * r
    s = ((SIN[8] * t + SIN[7]) * t + SIN[6]) * t + SIN[5]
    s = r + r * t * (((((s * t + SIN[4]) * t + SIN[3]) * t + SIN[2]) * t) + SIN[1])
    c = ((COS[8] * t + COS[7]) * t + COS[6]) * t + COS[5]
    c = 1.0 + t * (((((c * t + COS[4]) * t + COS[3]) * t + COS[2]) * t) + COS[1])
    turns = q - 4.0 * math.floor(0.25 * q)
    exchanged = turns == 1.0 or turns == 3.0
    sine, cosine = (c if exchanged else s), (s if exchanged else c)
    return (-sine if turns >= 2.0 else sine), (-cosine if 1.0 <= turns <= 2.0 else cosine)


@inlined
def hyperbolic_sine_and_cosine(u):
    """Both for |u| <= 1."""
    t = u * u
    s = (((SINH[9] * t + SINH[8]) * t + SINH[7]) * t + SINH[6]) * t + SINH[5]
    s = (((s * t + SINH[4]) * t + SINH[3]) * t + SINH[2]) * t + SINH[1]
    c = (((COSH[9] * t + COSH[8]) * t + COSH[7]) * t + COSH[6]) * t + COSH[5]
    c = ((((c * t + COSH[4]) * t + COSH[3]) * t + COSH[2]) * t + COSH[1]) * t
    return u + u * t * s, 1.0 + c


@inlined(fastmath=AS_WRITTEN)
def preactivation(x1, x2, x3, b1, b2, b3):
    """x.b as its sign decides about units: see preactivations.py."""
    return (x1 * b1 + x2 * b2) + x3 * b3
