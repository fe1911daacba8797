"""exp, erfc, erf, arcsin, sin, cos and x.b of floats without branches, so that loops vectorise.

A library's function is called entry by entry, and costs more than all else in a loop. Here each is
a polynomial or a ratio of two, right to a few units in the last place. Coefficients run from the
lowest power up. All but the Taylor series of sine and cosine interpolate the function at Chebyshev
nodes: ``tests/kernels/test_elementary.py`` finds them again from 60 digits.
Sources: Cody & Waite (1980), chapters 6, 8 and 11; Cody (1969) for the form of erfc.
"""

import math

import numpy as np

from widelimit.compiled import AS_WRITTEN, inlined

EXP = (
    *(-0.5, 0.12500000000000014, -0.02083333333333334, 0.0026041666666608214),
    *(-0.0002604166666664419, 2.1701388957013436e-05, -1.5500992089687885e-06),
    *(9.688087635545971e-08, -5.382276450341101e-09, 2.6978864493600803e-10),
    -1.2258401549783697e-11,
)
"""(exp(-r/2) - 1) / r for |r| <= log 2, with which exp(-r/2) is right to 1e-17."""
ARCSIN = (
    *(1.0, 0.16666666666664942, 0.07500000000385201, 0.044642856805998936),
    *(0.03038195969768514, 0.022371749733164054, 0.01735977964134998),
    *(0.01388484282640208, 0.012170138592391726, 0.0065293020047365695),
    *(0.019513468251252167, -0.016187392271599134, 0.03187962140081284),
)
"""arcsin(z) / z in powers of z^2 <= 1/4, right to 3e-17."""
TAIL_ABOVE = (
    *(0.49999999999999994, 0.5862392150391137, 0.3441407956703443, 0.12456932909626006),
    *(0.02959705449853312, 0.004588494463435713, 0.00043026781630023175),
    *(1.8965153855376883e-05, 4.1240895045499574e-13),
)
TAIL_BELOW = (
    *(1.0, 1.970362990881075, 1.7604038009426584, 0.934517696562569, 0.323670186997247),
    *(0.07526618679909902, 0.01154925729525554, 0.001078518533573125, 4.753867082326123e-05),
)
"""exp(u^2/2) Phi(-u) as a ratio for 0 <= u <= 8.5, Phi the normal distribution, right to 5e-16."""
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

LN4 = 2 * math.log(2)
QUARTER = (1.57079632673412561417, 6.07710050630396597660e-11, 2.02226624871116645580e-21)
"""pi/2 in three parts: the first two have 33 bits, so that small multiples of them are exact."""
ROUNDER = 1.5 * 2.0**52
"""Added to a float, it rounds it to a whole number, which then is in the last bits of the sum."""
FAR = 37.0
"""exp(-u^2/2) is below 1e-297 from here on, where `bell` still holds."""


@inlined
def _halvings(s):
    """-n, as bits to add to a float's exponent, and q of exp(-s/2) = 2^-n (1 + q)."""
    sum_with_n = ROUNDER - s * (1.0 / LN4)
    r = s + (sum_with_n - ROUNDER) * LN4
    q = ((EXP[10] * r + EXP[9]) * r + EXP[8]) * r + EXP[7]
    q = (((q * r + EXP[6]) * r + EXP[5]) * r + EXP[4]) * r + EXP[3]
    q = ((q * r + EXP[2]) * r + EXP[1]) * r + EXP[0]
    return np.float64(sum_with_n).view(np.int64) << np.int64(52), q * r


@inlined
def bell(s):
    """exp(-s/2) for 0 <= s <= 1400, no further off than a third of what rounding s may cost."""
    exponent, q = _halvings(s)
    return np.int64(np.float64(1.0 + q).view(np.int64) + exponent).view(np.float64)


@inlined
def bell_and_rest(s):
    """exp(-s/2) and 1 - exp(-s/2) for 0 <= s <= 1400, each right as `bell` is."""
    exponent, q = _halvings(s)
    power = np.int64(np.float64(1.0).view(np.int64) + exponent).view(np.float64)
    return power + power * q, (1.0 - power) - power * q


@inlined
def scaled_tail(u):
    """exp(u^2/2) Phi(-u) for 0 <= u <= 8.5, right to 1e-7 of itself up to FAR."""
    P, Q = TAIL_ABOVE, TAIL_BELOW
    p = (((P[8] * u + P[7]) * u + P[6]) * u + P[5]) * u + P[4]
    p = (((p * u + P[3]) * u + P[2]) * u + P[1]) * u + P[0]
    q = (((Q[8] * u + Q[7]) * u + Q[6]) * u + Q[5]) * u + Q[4]
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
