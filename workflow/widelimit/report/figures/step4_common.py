"""What the figures of step 4 share: one look for each activation."""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np

from widelimit.report.figures import style

FOURIER = "fourier"


@dataclass(frozen=True)
class Look:
    """How an activation is drawn: the dash tells apart what shares a colour."""

    colour: str
    dash: object
    marker: str


_LOOKS = {
    "relu": Look(style.ORANGE, "-", "o"),
    "leaky_relu": Look(style.ORANGE, style.DASHED, "s"),
    "gelu": Look(style.GREEN, "-", "D"),
    "sin": Look(style.SKY, "-", "^"),
    "cos": Look(style.SKY, style.DASHED, "v"),
    "erf": Look(style.PURPLE, "-", "P"),
    "hermite": Look(style.GREY, "-", "X"),
    FOURIER: Look(style.GREEN, style.DOTTED, "*"),
}


def look(name: str) -> Look:
    """That of an activation, or of the random Fourier features."""
    return _LOOKS[name.partition(":")[0]]


def label(name: str) -> str:
    """The activation as a label: leaky_relu:0.1 as leaky relu 0.1."""
    return "Fourier" if name == FOURIER else name.replace("_", " ").replace(":", " ")


def letters(count: int) -> str:
    """Names of panels."""
    return "abcdefghijklmnopqrstuvwxyz"[:count]


def positive(values) -> np.ndarray:
    """Values with NaN for what a logarithmic axis cannot show."""
    values = np.asarray(values, dtype=float)
    return np.where(values > 0, values, np.nan)
