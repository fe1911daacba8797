"""Machine code for activations written as an expression: phi and phi' of a block in one pass.

The functions of written.py that compute with arrays run once on a `_Number` in place of the array.
It notes each operation as a line of a program for one number, and numba compiles that program.
"""

from __future__ import annotations

import hashlib
import math
from collections.abc import Callable
from functools import cache

import numpy as np

from widelimit.compiled import compiled
from widelimit.expressions import CONSTANTS, parse_expression, value_of
from widelimit.kernels.written import value_and_slope

_PROGRAM = """\
def {name}(U, derivative):
    for i in range(U.shape[0]):
        for j in range(np.uint64(U.shape[1])):
            u = U[i, j]
            {lines}
            U[i, j], derivative[i, j] = {value}, {slope}
"""


@cache
def written_evaluator(text: str) -> Callable[[np.ndarray, np.ndarray], None]:
    """A compiled function that turns U into phi(U), and its second argument into phi'(U).

    text : a checked expression in u, as `widelimit.kernels.written.Written` takes it
    """
    tree, lines = parse_expression(text, ["u"]), {}
    u = _Number("u", lines)
    with np.errstate(all="ignore"):
        value, slope = value_of(tree, CONSTANTS | {"u": u}), value_and_slope(tree, u)[1]
    body = "\n            ".join(f"{given} = {line}" for line, given in lines.items())
    parts = {"lines": body, "value": _text(value), "slope": _text(slope)}
    # One name for one program: the cache on disk tells functions apart by it, and by bytecode, in
    # which neither constants nor names of functions are.
    name = f"written_{hashlib.sha256(repr(parts).encode()).hexdigest()[:16]}"
    program = _PROGRAM.format(name=name, **parts)
    scope = {"np": np, "inf": math.inf, "nan": math.nan, "__name__": __name__}
    # As of this file, which is what numba asks for before it keeps machine code.
    exec(compile(program, __file__, "exec"), scope)
    return compiled(scope[name])


class _Number(np.lib.mixins.NDArrayOperatorsMixin):
    """A number of the program, which notes what NumPy is asked to do with it; what has been
    noted before is not computed again."""

    def __init__(self, name: str, lines: dict[str, str]):
        self.name, self.lines = name, lines

    def _note(self, line: str) -> _Number:
        return _Number(self.lines.setdefault(line, f"v{len(self.lines)}"), self.lines)

    def __array_ufunc__(self, ufunc, method, *inputs, **options):
        if method != "__call__" or options:
            return NotImplemented
        return self._note(f"np.{ufunc.__name__}({', '.join(map(_text, inputs))})")

    def __array_function__(self, function, types, arguments, options):
        if function is np.where:
            condition, yes, no = arguments
            if not isinstance(condition, _Number):
                return yes if condition else no
            return self._note(f"{_text(yes)} if {condition.name} else {_text(no)}")
        if function is np.zeros_like:
            return np.float64(0)
        if function is np.any:
            return True
        return NotImplemented


def _text(number) -> str:
    return number.name if isinstance(number, _Number) else repr(float(number))
