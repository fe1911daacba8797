"""Target functions written as text: checked name by name, then evaluated by numexpr.

An expression is arithmetic in the variables it is given: numbers, + - * / ** %, comparisons,
and the functions and constants below. Anything else (attributes, indexing, calls of other names,
strings) is refused before numexpr sees it.
"""

from __future__ import annotations

import ast
import re
from collections.abc import Mapping, Sequence

import numexpr
import numpy as np

FUNCTIONS = (
    "where sin cos tan arcsin arccos arctan arctan2 sinh cosh tanh arcsinh arccosh arctanh "
    "log log10 log1p exp expm1 sqrt abs floor ceil"
).split()
CONSTANTS = {"pi": np.pi, "e": np.e}
MAX_LENGTH = 1000
MAX_DEPTH = 50

_OPERATORS = (ast.Add, ast.Sub, ast.Mult, ast.Div, ast.Pow, ast.Mod)
_COMPARISONS = (ast.Lt, ast.LtE, ast.Gt, ast.GtE, ast.Eq, ast.NotEq)

# Bytes must not depend on how many cores a machine has.
numexpr.set_num_threads(1)


def check_expression(text: str, variables: Sequence[str]) -> None:
    """Raise ValueError, with the reason and what is allowed, unless ``text`` is plain arithmetic
    in ``variables``."""
    if len(text) > MAX_LENGTH:
        raise ValueError(f"an expression has at most {MAX_LENGTH} characters; got {len(text)}")
    try:
        tree = ast.parse(text.strip(), mode="eval")
    except (SyntaxError, ValueError, MemoryError, RecursionError):
        product = re.search(r"(\d|\))\s*(?!e[-+\d])[A-Za-z_(]", text)
        hint = "; a product is written with *, as in 10 * t" if product else ""
        raise ValueError(f"not an arithmetic expression: {text!r}{hint}") from None
    _check(tree.body, variables, text, depth=0)


def _check(node: ast.AST, variables: Sequence[str], text: str, depth: int) -> None:
    if depth > MAX_DEPTH:
        raise ValueError(f"an expression is nested at most {MAX_DEPTH} deep: {text[:60]!r}...")
    match node:
        case ast.Constant(value=bool()):
            raise ValueError(f"True and False are not allowed in {text!r}")
        case ast.Constant(value=int() | float() as number):
            # An integer beyond 64 bits would make numexpr compute with Python objects.
            if not abs(number) <= 1e300 or (isinstance(number, int) and abs(number) >= 2**63):
                raise ValueError(f"number out of range in {text[:60]!r}")
            parts = []
        case ast.Name(id=name):
            if name not in variables and name not in CONSTANTS:
                allowed = ", ".join([*variables, *CONSTANTS])
                raise ValueError(f"unknown name {name!r} in {text!r}; variables are {allowed}")
            parts = []
        case ast.BinOp(left=left, op=op, right=right) if isinstance(op, _OPERATORS):
            parts = [left, right]
        case ast.UnaryOp(op=ast.UAdd() | ast.USub(), operand=operand):
            parts = [operand]
        case ast.Compare(left=left, ops=[op], comparators=[right]) if isinstance(op, _COMPARISONS):
            parts = [left, right]
        case ast.Call(func=ast.Name(id=name), args=args, keywords=[]):
            if name not in FUNCTIONS:
                raise ValueError(
                    f"unknown function {name!r} in {text!r}; functions are {', '.join(FUNCTIONS)}"
                )
            parts = args
        case ast.BinOp(op=ast.FloorDiv()):
            raise ValueError(f"// is not allowed, but floor(... / ...): {text!r}")
        case ast.BinOp(op=ast.BitXor()):
            raise ValueError(f"powers are written **, not ^: {text!r}")
        case _:
            raise ValueError(
                f"only arithmetic is allowed in an expression, not {type(node).__name__}: {text!r}"
            )
    for part in parts:
        _check(part, variables, text, depth + 1)


def evaluate_expression(text: str, variables: Mapping[str, np.ndarray]) -> np.ndarray:
    """The expression at each point; every variable an (n,) array, the result (n,) floats.

    Raises ValueError where the expression is not allowed, or not finite at some point.
    """
    check_expression(text, list(variables))
    count = len(next(iter(variables.values())))
    try:
        with np.errstate(all="ignore"):
            value = numexpr.evaluate(
                _as_floats(text), local_dict={**variables, **CONSTANTS}, global_dict={}
            )
    except Exception as error:  # numexpr raises many kinds, all meaning: cannot be computed
        raise ValueError(f"cannot evaluate {text!r}: {error}") from None
    values = np.broadcast_to(np.asarray(value, dtype=float), count).copy()
    bad = np.flatnonzero(~np.isfinite(values))
    if bad.size:
        point = ", ".join(f"{name} = {array[bad[0]]:g}" for name, array in variables.items())
        raise ValueError(f"{text!r} is not finite at {bad.size} of {count} points, such as {point}")
    return values


def _as_floats(text: str) -> str:
    """The expression with every number a float: 1/2 is a half, and 10**30 does not overflow.

    Exponents stay whole, which numexpr turns into multiplications.
    """

    class Floats(ast.NodeTransformer):
        def visit_Constant(self, node):
            return ast.Constant(float(node.value))

        def visit_BinOp(self, node):
            node.left = self.visit(node.left)
            if not (isinstance(node.op, ast.Pow) and isinstance(node.right, ast.Constant)):
                node.right = self.visit(node.right)
            return node

    return ast.unparse(Floats().visit(ast.parse(text.strip(), mode="eval")))
