"""JAX: the gradient by `value_and_grad`, all steps in one compiled `fori_loop`, in float64."""

from functools import partial

import jax
import jax.numpy as jnp
import numpy as np

from benchmarks.cases import FIRST_STEPS, LEARNING_RATE, Problem
from benchmarks.methods.base import Method

jax.config.update("jax_enable_x64", True)

ACTIVATIONS = {
    "relu": jax.nn.relu,
    "gelu": partial(jax.nn.gelu, approximate=False),
    "erf": jax.lax.erf,
    "sin": jnp.sin,
}


def loss(weights, X, Y, scale, phi):
    A, B = weights
    return jnp.sum(jnp.square(Y - scale * (phi(X @ B.T) @ A.T))) / 2


@partial(jax.jit, static_argnames="activation", donate_argnames="weights")
def descend(weights, X, Y, scale, steps, activation):
    def step(t, state):
        weights, losses = state
        value, gradient = jax.value_and_grad(loss)(weights, X, Y, scale, ACTIVATIONS[activation])
        weights = jax.tree.map(lambda w, g: w - LEARNING_RATE * g, weights, gradient)
        return weights, losses.at[t].set(value)

    return jax.lax.fori_loop(0, steps, step, (weights, jnp.zeros(FIRST_STEPS)))


class CompiledLoop(Method):
    def __init__(self, problem: Problem):
        self.X, self.Y = jnp.array(problem.X), jnp.array(problem.Y)
        self.now = jnp.array(problem.A), jnp.array(problem.B)
        self.activation, self.scale = problem.activation, problem.scale

    @classmethod
    def warm_up(cls, problem: Problem) -> None:
        # What is compiled is good for these shapes alone, and for any number of steps.
        cls(problem).advance(0)

    def advance(self, steps: int) -> np.ndarray:
        """At most FIRST_STEPS of them."""
        self.now, losses = descend(
            self.now, self.X, self.Y, self.scale, steps, activation=self.activation
        )
        return np.asarray(losses)[:steps]

    def weights(self) -> tuple[np.ndarray, np.ndarray]:
        A, B = map(np.asarray, self.now)
        return A, B
