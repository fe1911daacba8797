"""How kernels, activations and regimes are called and drawn, the same in every figure."""

from typing import NamedTuple

from widelimit.report.figures import style


class Look(NamedTuple):
    """Name, colour, dash and marker: the dash tells apart what shares a colour."""

    name: str
    colour: str
    marker: str = "o"
    dash: object = "-"


KERNELS = {
    "linear": Look("linear", style.SKY),
    "gaussian": Look("Gaussian", style.GREEN),
    "laplace": Look("Laplace", style.PURPLE),
    "nngp": Look("NNGP", style.NNGP),
    "ntk": Look("NTK", style.NTK),
}

REGIMES = {
    "overdetermined": Look("n > d", style.ORANGE, "o"),
    "square": Look("n = d", style.SKY, "s"),
    "underdetermined": Look("n < d", style.GREEN, "D"),
    "deficient": Look("rank < d", style.PURPLE, "^"),
}
"""Of linear regression; the deficient one has n = d."""

TARGET = {"color": style.GREY, "linestyle": style.DOTTED, "linewidth": 1.1}
THEORY = {"color": style.THEORY, "linestyle": style.DASHED, "linewidth": 1.2}
TRAINING_POINTS = {
    "color": "white",
    "linestyle": "none",
    "marker": "o",
    "markeredgecolor": style.INK,
    "markeredgewidth": 0.7,
    "markersize": 3.4,
}
"""How matplotlib draws the three in the figures of step 7."""

_ACTIVATIONS = {
    "relu": Look("relu", style.ORANGE, "o"),
    "leaky_relu": Look("leaky relu", style.ORANGE, "s", style.DASHED),
    "gelu": Look("gelu", style.GREEN, "D"),
    "sin": Look("sin", style.SKY, "^"),
    "cos": Look("cos", style.SKY, "v", style.DASHED),
    "erf": Look("erf", style.PURPLE, "P"),
    "hermite": Look("hermite", style.GREY, "X"),
    "fourier": Look("Fourier", style.GREEN, "*", style.DOTTED),
}


def activation(name: str) -> Look:
    """That of an activation, leaky_relu:0.1 as leaky relu 0.1, or of the Fourier features."""
    kind, _, parameter = name.partition(":")
    look = _ACTIVATIONS.get(kind, Look(kind, style.INK))
    return look._replace(name=f"{look.name} {parameter}".strip())
