"""The movement of the kernel for (leaky) ReLU on the circle at large widths: a flux at the kinks.

A unit's weight b changes its activity at training point x_i where it crosses the border x_i.b = 0,
one of the two rays orthogonal to x_i. Near a ray, u = e.b (e = +-x_i) decides the side, and in a
step u grows by eta s a e.S, S = sum_l psi_l r_l x_l, psi_l the slopes phi' at the points; S jumps
at the border by (1 - slope) r_i x_i. So all units with a > 0 move alike in units of s |a|, and
those with a < 0 the other way; the jump makes some stick to the border or flee from it
(border_queues.py), and so the two fluxes do not cancel. Per unit length in u / (s |a|) there are
k s |a| / (2 sqrt(2 pi)) units beside a ray, each adds eta s^2 a^2 psi_x x.S to f(x) in a step, and
E[|a|^3; a > 0] is sqrt(2/pi). Beside the units as they were at the start f(x) gains in a step

    q(x) = eta s c / (2 pi) sum_rays [ F psi_on(x) x.S_on - (F + H) psi_off(x) x.S_off
                                       + H psi(x) x.(p S_on + (1 - p) S_off) ],

F the length of row that has come to the on side, H what is held at the border, on for the share p
of time, each summed over both signs of a. The last term is missing for x on the border itself,
where phi(x.b) of units that are held stays 0. The network answers q with its kernel, as in
single_units. It is of order k^-1/2, the same for all initialisations but for their f_0.

Neglected: terms of relative order k^-1/2, above all what happens when units come to a second
border: the distances s |a| Z they move must stay far below the gap between borders.
"""

from __future__ import annotations

import math

import numpy as np

from widelimit.circle.arrangement import arrange
from widelimit.finite_width.border_queues import advance_queues, empty_queues
from widelimit.finite_width.response import KernelResponse, Strides
from widelimit.kernels.activations import Activation

ON_THE_LINE = 1e-12


class KinkFlux:
    """The flux for training points X (n, 2) on the unit circle, read at Z (m, 2).

    response: to changes of their kernel; steps: ascending whole numbers
    gap: the smallest angle between two borders
    """

    def __init__(self, X, Z, phi: Activation, response: KernelResponse, steps):
        arrangement = arrange(X)
        self.X, self.Z, self.phi, self.vectors = X, Z, phi, response.vectors
        angle = arrangement.angle
        self.ray = np.stack([np.cos(angle), np.sin(angle)], axis=1)
        self.normal = arrangement.border
        self.strides = Strides(response, steps)
        self.gap = float(np.diff(angle, append=angle[0] + 2 * math.pi).min())

    def follow(self, residual) -> tuple[np.ndarray, np.ndarray]:
        """sqrt(k) times the change of f on Z after each of the steps, (len(steps), m), and Z(T),
        (len(steps),), the farthest that any unit can have come, in units of s |a|.

        residual (n,): y - f_0(X)
        """
        psi = _Slopes(self, self.X)
        S = self._pull_of_points(psi, residual)
        speeds = self._across(S)
        pulls = _pulls(_flux(speeds), S)
        # s c / (2 pi) at k = 1
        coefficient = self.phi.scale**1.5 / (2 * math.pi)
        drive = coefficient * psi.gain(pulls)
        answered = self.strides.answer(drive[:, :, None])[:, :, 0]
        behind = np.zeros((len(pulls) + 1, *pulls.shape[1:]))
        np.cumsum(pulls, axis=0, out=behind[1:])
        added = coefficient * _Slopes(self, self.Z).gain(behind[self.strides.checkpoints])
        farthest = np.abs(np.cumsum(speeds, axis=0)).max(axis=(1, 2), initial=0.0)
        farthest = np.maximum.accumulate(np.append(0.0, farthest))
        return answered + added, farthest[self.strides.checkpoints]

    def speeds(self, residual) -> np.ndarray:
        """eta e.S in each stride, (strides, rays, 2): what z = e.b / (s |a|) gains there on the
        on side and on the off side of each ray where a > 0, and loses where a < 0."""
        return self._across(self._pull_of_points(_Slopes(self, self.X), residual))

    def _pull_of_points(self, psi: _Slopes, residual) -> np.ndarray:
        """eta S on both sides of each ray, (strides, 2, rays, 2)."""
        V = self.vectors
        sums = (self.strides.sums * (V.T @ residual)) @ V.T
        return np.stack([psi.pulled(sums, side) for side in (psi.on, psi.off)], axis=1)

    def _across(self, S: np.ndarray) -> np.ndarray:
        return np.einsum("tsqc,qc->tqs", S, self.normal)


class _Slopes:
    """on, off (rays, points): phi' at the points, for units on both sides of each ray."""

    def __init__(self, kinks: KinkFlux, points):
        along, across = kinks.ray @ points.T, kinks.normal @ points.T
        self.points, self.here = points, np.abs(along) < ON_THE_LINE
        self.on, self.off = (
            np.where(np.where(self.here, side * across, along) > 0, 1.0, kinks.phi.slope)
            for side in (1, -1)
        )

    def pulled(self, sums, side) -> np.ndarray:
        """sum_i sums_ti side_qi x_i, (strides, rays, 2)."""
        return np.einsum("ti,qi,ic->tqc", sums, side, self.points, optimize=True)

    def gain(self, pulls) -> np.ndarray:
        """sum_rays of the bracket in the module's formula, (strides, points)."""
        held = np.where(self.here, 0.0, self.on)
        return sum(
            np.einsum("tqc,qi,ic->ti", pull, slope, self.points, optimize=True)
            for pull, slope in zip(
                pulls.transpose(1, 0, 2, 3), (self.on, self.off, held), strict=True
            )
        )


def _pulls(flux: np.ndarray, S: np.ndarray) -> np.ndarray:
    """F S_on, -(F + H) S_off and H (p S_on + (1 - p) S_off), (strides, 3, rays, 2).

    flux (strides, 3, rays): F, H and H p; S (strides, 2, rays, 2): S_on, S_off
    """
    F, H, on = flux.transpose(1, 0, 2)[..., None]
    S_on, S_off = S.transpose(1, 0, 2, 3)
    return np.stack([F * S_on, -(F + H) * S_off, on * S_on + (H - on) * S_off], axis=1)


def _flux(speeds: np.ndarray) -> np.ndarray:
    """F, H and H p on average over each stride, (strides, 3, rays); speeds (strides, rays, 2)."""
    length, rays, _ = speeds.shape
    states = np.zeros((length + 1, 3, rays))
    for sign in (1.0, -1.0):
        queues = empty_queues(rays, length)
        for t in range(length):
            advance_queues(queues, sign * speeds[t])
            states[t + 1] += queues.passed, queues.held, queues.share * queues.held
    return (states[1:] + states[:-1]) / 2
