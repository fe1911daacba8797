"""Functions written as text, targets and activations: checked, then computed with NumPy.

An expression is arithmetic on real numbers: numbers, the variables it is given, + - * / ** %,
comparisons, and the functions and constants below. A comparison is the number 1 where it holds and
0 elsewhere; % has the sign of its right side, as in Python. Anything else (attributes, indexing,
calls of other names, strings) is refused before anything is computed.
"""

import ast
import math
import re
from collections.abc import Mapping, Sequence
from functools import reduce

import numpy as np

_OF_ONE = (
    "sin cos tan arcsin arccos arctan sinh cosh tanh arcsinh arccosh arctanh log log10 log1p exp"
    " expm1 sqrt abs sign floor ceil"
)
_FUNCTIONS = {
    **{name: (getattr(np, name), 1, 1) for name in _OF_ONE.split()},
    "ln": (np.log, 1, 1),
    "arctan2": (np.arctan2, 2, 2),
    "where": (lambda condition, yes, no: np.where(condition != 0, yes, no), 3, 3),
    "min": (lambda *values: reduce(np.minimum, values), 2, math.inf),
    "max": (lambda *values: reduce(np.maximum, values), 2, math.inf),
}
"""Each with the least and the most arguments that it takes."""
FUNCTIONS = tuple(_FUNCTIONS)
CONSTANTS = {"pi": np.float64(np.pi), "e": np.float64(np.e)}
MAX_LENGTH = 1000
MAX_DEPTH = 50

_OPERATORS = {
    ast.Add: np.add,
    ast.Sub: np.subtract,
    ast.Mult: np.multiply,
    ast.Div: np.divide,
    ast.Pow: np.power,
    ast.Mod: np.mod,
}
_COMPARISONS = {
    ast.Lt: np.less,
    ast.LtE: np.less_equal,
    ast.Gt: np.greater,
    ast.GtE: np.greater_equal,
    ast.Eq: np.equal,
    ast.NotEq: np.not_equal,
}

_ALLOWED = f"; functions are {', '.join(FUNCTIONS)}"

_NO_SIGN = r"[\w)]\s+[\w(]|\d(?![eE][-+\d])[A-Za-z_]|\)\w|[²³·×]"
"""Where two factors follow one another, or a sign is not one of Python's."""
_PRODUCT = "; a product is written with *, as in 10 * {0}, and a power with **, as in {0} ** 2"
_SIZE = "; the absolute value is abs({0})"
_CALL = "; a function is written with parentheses, as in sin({0})"
_CHOICE = "; write where({0} > 0, 1, -1) for a choice, and ({0} > 0) * ({0} < 1) for both"
"""How to write what is meant, in a variable."""


def check_expression(text: str, variables: Sequence[str]) -> None:
    """Raise ValueError, with the reason and what is allowed, unless ``text`` is plain arithmetic
    in ``variables``."""
    parse_expression(text, variables)


def evaluate_expression(text: str, variables: Mapping[str, np.ndarray]) -> np.ndarray:
    """The expression at each point; every variable an (n,) array, the result (n,) floats.

    Raises ValueError where the expression is not allowed, or not finite at some point.
    """
    tree = parse_expression(text, list(variables))
    names = {**variables, **CONSTANTS}
    count = len(next(iter(variables.values())))
    with np.errstate(all="ignore"):
        values = np.broadcast_to(value_of(tree, names), count).astype(float)
        bad = np.flatnonzero(~np.isfinite(values))
        if bad.size:
            point = ", ".join(f"{name} = {array[bad[0]]:g}" for name, array in variables.items())
            raise ValueError(
                f"{text!r} is not finite at {bad.size} of {count} points, such as {point}"
                + _unreal_power(tree, names)
            )
    return values


def parse_expression(text: str, variables: Sequence[str]) -> ast.expr:
    """The tree of a checked expression, for `value_of`. Errors as in `check_expression`."""
    if len(text) > MAX_LENGTH:
        raise ValueError(f"an expression has at most {MAX_LENGTH} characters; got {len(text)}")
    try:
        tree = ast.parse(text.strip(), mode="eval").body
    except (SyntaxError, ValueError, MemoryError, RecursionError):
        hints = {_SIZE: r"\|", _CALL: rf"\b({'|'.join(FUNCTIONS)})\s+\w", _PRODUCT: _NO_SIGN}
        hint = next((hint for hint, sign in hints.items() if re.search(sign, text)), "")
        hint = hint.format(variables[0])
        raise ValueError(f"not an arithmetic expression: {text!r}{hint}{_ALLOWED}") from None
    _check(tree, variables, text, depth=0)
    return tree


def _check(node: ast.expr, variables: Sequence[str], text: str, depth: int) -> None:
    if depth > MAX_DEPTH:
        raise ValueError(f"an expression is nested at most {MAX_DEPTH} deep: {text[:60]!r}...")
    match node:
        case ast.Constant(value=bool()):
            raise ValueError(f"True and False are not allowed in {text!r}; write 1 and 0")
        case ast.Constant(value=int() | float() as number):
            if not abs(number) <= 1e300:
                raise ValueError(f"number out of range in {text[:60]!r}")
            parts = []
        case ast.Name(id=name):
            if name not in variables and name not in CONSTANTS:
                known = [*variables, *CONSTANTS]
                joined = re.fullmatch(rf"({'|'.join(map(re.escape, known))}|\d)+", name)
                raise ValueError(
                    f"unknown name {name!r} in {text!r}; variables are {', '.join(known)}"
                    + (_PRODUCT * bool(joined) + _CALL * (name in FUNCTIONS)).format(variables[0])
                    + _ALLOWED
                )
            parts = []
        case ast.BinOp(left=left, op=op, right=right) if type(op) in _OPERATORS:
            parts = [left, right]
        case ast.UnaryOp(op=ast.UAdd() | ast.USub(), operand=operand):
            parts = [operand]
        case ast.Compare(left=left, ops=ops, comparators=others) if all(
            type(op) in _COMPARISONS for op in ops
        ):
            parts = [left, *others]
        case ast.Call(func=ast.Name(id=name), args=parts, keywords=[]) if name in _FUNCTIONS:
            _, least, most = _FUNCTIONS[name]
            if not least <= len(parts) <= most:
                number = f"{least} arguments or more" if most > least else f"{least} argument"
                number += "s" * (most == least > 1)
                raise ValueError(f"{name} takes {number}; got {len(parts)} in {text!r}")
        case ast.Call(func=ast.Name(id=name)) if name not in [*variables, *CONSTANTS, *_FUNCTIONS]:
            raise ValueError(f"unknown function {name!r} in {text!r}{_ALLOWED}")
        case _:
            raise ValueError(
                f"only arithmetic is allowed in an expression, not {ast.unparse(node)!r}: {text!r}"
                + _hint(node).format(variables[0])
                + _ALLOWED
            )
    for part in parts:
        _check(part, variables, text, depth + 1)


def _hint(node: ast.expr) -> str:
    """How to write what is meant, where it can be guessed."""
    match node:
        case ast.Call(keywords=[]) | ast.BinOp(op=ast.BitXor()):
            return _PRODUCT
        case ast.BinOp(op=ast.BitOr()):
            return _SIZE
        case ast.BinOp(op=ast.FloorDiv()):
            return "; write floor(... / ...) for //"
        case ast.BoolOp() | ast.IfExp():
            return _CHOICE
        case _:
            return ""


def value_of(node: ast.expr, names: Mapping[str, np.ndarray]) -> np.ndarray:
    """The value at all points of what `_check` has let pass."""
    match node:
        case ast.Constant(value=number):
            return np.float64(number)
        case ast.Name(id=name):
            return names[name]
        case ast.BinOp(left=left, op=op, right=right):
            return _OPERATORS[type(op)](value_of(left, names), value_of(right, names))
        case ast.UnaryOp(op=op, operand=operand):
            value = value_of(operand, names)
            return -value if isinstance(op, ast.USub) else value
        case ast.Compare(left=left, ops=ops, comparators=others):
            values = [value_of(part, names) for part in (left, *others)]
            pairs = zip(ops, values[:-1], values[1:], strict=True)
            return reduce(np.multiply, (_COMPARISONS[type(op)](*two) * 1.0 for op, *two in pairs))
        case ast.Call(func=ast.Name(id=name), args=arguments):
            return _FUNCTIONS[name][0](*(value_of(part, names) for part in arguments))


def _unreal_power(tree: ast.expr, names: Mapping[str, np.ndarray]) -> str:
    """The power that has a negative base and an exponent that is not whole, if there is one."""
    for node in ast.walk(tree):
        match node:
            case ast.BinOp(left=left, op=ast.Pow(), right=right):
                if ((value_of(left, names) < 0) & (value_of(right, names) % 1 != 0)).any():
                    return f"; {ast.unparse(node)} is a fractional power of a negative number"
    return ""
