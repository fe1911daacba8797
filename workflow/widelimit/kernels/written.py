"""Activations written as an expression in u: phi, and phi' by the rules of differentiation.

The grammar is that of targets (expressions.py). At a kink, phi' is that of the piece
which the expression takes there: of where(u > 0, u, 0) it is 0, as for ReLU.
"""

import ast
from functools import reduce

import numpy as np

from widelimit.expressions import CONSTANTS, parse_expression, value_of
from widelimit.kernels.quadrature import expectation

WRITTEN = {
    "tanh": "tanh(u)",
    "sigmoid": "(1 + tanh(u / 2)) / 2",
    "softplus": "log1p(exp(u))",
    "swish": "u * (1 + tanh(u / 2)) / 2",
}
"""Activations with a name of their own; swish is also known as SiLU."""

BESIDE = 1e-100
"""No function with a slope changes between this and minus this."""
REACH = 12.0
"""phi and phi' must be finite up to this size of u."""


class Written:
    """phi(u) and phi'(u) of the text, elementwise, and E[phi(g)^2] for standard normal g.

    Raises ValueError for what is no arithmetic in u, does not depend on it, or is not finite.
    """

    def __init__(self, text: str):
        self.tree = parse_expression(text, ["u"])
        if not any(isinstance(node, ast.Name) and node.id == "u" for node in ast.walk(self.tree)):
            raise ValueError(f"{text!r} does not depend on u")
        grid = np.linspace(-REACH, REACH, 24_001)
        for name, function in (("", self.value), ("the derivative of ", self.derivative)):
            bad = grid[~np.isfinite(function(grid))]
            if bad.size:
                raise ValueError(f"{name}{text!r} is not finite at u = {bad[0]:g}")
        below, above = self.value(-BESIDE), self.value(BESIDE)
        if abs(above - below) > 1e-9 * (1 + abs(above)):
            raise ValueError(f"{text!r} jumps at u = 0, from {below:g} to {above:g}")
        self.second_moment = expectation(lambda u: self.value(u) ** 2)
        if not 0 < self.second_moment < np.inf:
            raise ValueError(f"{text!r} has the second moment {self.second_moment:g}")

    def value(self, u):
        u = np.asarray(u, dtype=float)
        with np.errstate(all="ignore"):
            return np.broadcast_to(value_of(self.tree, CONSTANTS | {"u": u}), u.shape).astype(float)

    def derivative(self, u):
        u = np.asarray(u, dtype=float)
        with np.errstate(all="ignore"):
            _, slope = value_and_slope(self.tree, u)
            return np.broadcast_to(slope, u.shape).astype(float)


_SLOPES = {
    "sin": np.cos,
    "cos": lambda x: -np.sin(x),
    "tan": lambda x: 1 + np.tan(x) ** 2,
    "arcsin": lambda x: 1 / np.sqrt(1 - x * x),
    "arccos": lambda x: -1 / np.sqrt(1 - x * x),
    "arctan": lambda x: 1 / (1 + x * x),
    "sinh": np.cosh,
    "cosh": np.sinh,
    "tanh": lambda x: 1 - np.tanh(x) ** 2,
    "arcsinh": lambda x: 1 / np.sqrt(x * x + 1),
    "arccosh": lambda x: 1 / np.sqrt(x * x - 1),
    "arctanh": lambda x: 1 / (1 - x * x),
    "log": lambda x: 1 / x,
    "ln": lambda x: 1 / x,
    "log10": lambda x: 1 / (x * np.log(10)),
    "log1p": lambda x: 1 / (1 + x),
    "exp": np.exp,
    "expm1": np.exp,
    "sqrt": lambda x: 0.5 / np.sqrt(x),
    "sign": np.zeros_like,
    "floor": np.zeros_like,
    "ceil": np.zeros_like,
}
"""d f / d x of the functions of one argument, but for abs."""


def value_and_slope(node: ast.expr, u: np.ndarray):
    """The value of a checked expression and its derivative in u."""
    match node:
        case ast.Name(id="u"):
            return u, np.float64(1)
        case ast.Constant() | ast.Name():
            return value_of(node, CONSTANTS), np.float64(0)
        case ast.Compare():
            return value_of(node, CONSTANTS | {"u": u}), np.float64(0)
        case ast.UnaryOp(op=op, operand=operand):
            value, slope = value_and_slope(operand, u)
            return (-value, -slope) if isinstance(op, ast.USub) else (value, slope)
        case ast.BinOp(left=left, op=op, right=right):
            return _operation(op, *value_and_slope(left, u), *value_and_slope(right, u))
        case ast.Call(func=ast.Name(id=name), args=arguments):
            parts = [value_and_slope(argument, u) for argument in arguments]
            slope = _call(name, parts)
            return value_of(node, CONSTANTS | {"u": u}), slope


def _operation(op: ast.operator, a, da, b, db):
    match op:
        case ast.Add():
            return a + b, da + db
        case ast.Sub():
            return a - b, da - db
        case ast.Mult():
            return a * b, da * b + a * db
        case ast.Div():
            return np.divide(a, b), (da - np.divide(a, b) * db) / b
        case ast.Mod():
            return np.mod(a, b), da - np.floor_divide(a, b) * db
        case ast.Pow():
            value = np.power(a, b)
            slope = np.where(b == 0, 0.0, b * np.power(a, np.where(b == 0, 1.0, b - 1))) * da
            return value, slope + value * np.log(a) * db if np.any(db) else slope


def _call(name: str, parts):
    """The derivative of a function of some values and their derivatives."""
    (a, da), *others = parts
    match name:
        case "abs":
            return np.where(a > 0, da, np.where(a < 0, -da, -np.abs(da)))
        case "where":
            (_, yes), (_, no) = others
            return np.where(a != 0, yes, no)
        case "arctan2":
            ((b, db),) = others
            return (b * da - a * db) / (a * a + b * b)
        case "max" | "min":
            return reduce(_larger if name == "max" else _smaller, parts)[1]
        case _:
            return _SLOPES[name](a) * da


def _larger(one, two):
    (a, da), (b, db) = one, two
    # Of two that meet, the larger one left of there is the one that rises less.
    slope = np.where(a > b, da, np.where(a < b, db, np.minimum(da, db)))
    return np.maximum(a, b), slope


def _smaller(one, two):
    (a, da), (b, db) = one, two
    slope = np.where(a < b, da, np.where(a > b, db, np.maximum(da, db)))
    return np.minimum(a, b), slope
