"""Theory that is wrong on purpose: statements of step 7 must tell, or they say nothing."""

from functools import cache
from pathlib import Path

import numpy as np
import pytest

from wide_experiment import run
from widelimit.data.points import make_points
from widelimit.linear.gradient_descent import GradientDescent, GradientFlow
from widelimit.measure.wide.metrics import measure
from widelimit.report.claims import STEP7, check_claims
from widelimit.report.verdict import FAILS, HOLDS
from widelimit.study.arguments import data_arguments
from widelimit.study.config import load_study, read_configs

RATE = 0.01
EARLY, LATE = [0, 1, 10], [0, 10**4, 10**5]
JUDGED = ("rmse_network_vs_ntk", "progress_vs_ntk", "ensemble_bias_paired")


@pytest.fixture(scope="module")
def trained():
    """Points of the shipped study, and its ten widest networks at early and late steps."""
    study = load_study(read_configs([Path(__file__).parents[2] / "config.yaml"]))
    points = make_points(root=study.seed, **data_arguments(study.data))
    steps = sorted({*EARLY, *LATE})
    networks = run(points, widths=[2**20], seeds=10, steps=steps[-1], checkpoints=steps)
    return points, networks


class Theory:
    """The corrected NTK prediction (m,) after t steps, from f_0 at training and test points."""

    def __init__(self, kernels, y):
        self.y = y
        self.grams = {
            name: (
                row["gram_train"].reshape(len(y), -1),
                row["gram_test_train"].reshape(-1, len(y)),
            )
            for name, row in kernels.set_index("kernel").iterrows()
        }
        self.least = kernels.set_index("kernel").loc["ntk", "lambda_min"]

    @cache  # noqa: B019
    def _dynamics(self, kernel, dynamics, rate, ridge):
        K, _ = self.grams[kernel]
        return dynamics(K + ridge * np.eye(len(K)), learning_rate=rate)

    def __call__(self, f0, g0, t, *, kernel="ntk", dynamics=GradientDescent, rate=RATE, ridge=0.0):
        _, K_test = self.grams[kernel]
        return self._dynamics(kernel, dynamics, rate, ridge).prediction(
            K_test, self.y, steps=t, f0_train=f0, f0_test=g0
        )


WRONG = {
    "nothing": lambda theory, f0, g0, t: theory(f0, g0, t),
    "flow": lambda theory, f0, g0, t: theory(f0, g0, t, dynamics=GradientFlow),
    "learning rate": lambda theory, f0, g0, t: theory(f0, g0, t, rate=1.01 * RATE),
    "a step too many": lambda theory, f0, g0, t: theory(f0, g0, t + 1),
    "no f_0": lambda theory, f0, g0, t: theory(0 * f0, 0 * g0, t),
    "NNGP": lambda theory, f0, g0, t: theory(f0, g0, t, kernel="nngp"),
    "ridge": lambda theory, f0, g0, t: theory(f0, g0, t, ridge=theory.least),
}


@pytest.mark.slow
@pytest.mark.parametrize(
    "wrong, found",
    [
        ("nothing", ()),
        # Late predictions differ by less than 10^-4: no network of this width could tell.
        ("flow", ("early",)),
        ("learning rate", ("early",)),  # and so does a kernel that is off by the same factor
        ("a step too many", ("early",)),
        ("no f_0", ("early", "late")),
        ("NNGP", ("early", "late")),
        ("ridge", ("late",)),  # it moves only the slowest directions
    ],
)
def test_each_wrong_theory_is_found_out(trained, wrong, found):
    points, made = trained
    train, test = points["train"], points["test"]
    theory = Theory(made.kernels, train.y[:, 0])
    ((_, networks),) = made.networks
    starts = networks[networks["step"] == 0].set_index("seed")
    predictions = made.predictions.copy()
    corrected = predictions["model"] == "ntk_corrected"
    for (seed, step), rows in predictions[corrected].groupby(["seed", "step"]):
        start = starts.loc[seed]
        if step > 0:
            f = WRONG[wrong](theory, start["f_train"], start["f_test"], int(step))
            predictions.loc[rows.index, "f"] = f
    metrics = measure(
        train,
        test,
        made.kernels,
        made.theory,
        predictions,
        made.networks,
        experiment="step7",
        learning_rate=RATE,
    )
    claims = [claim for claim in STEP7 if claim.metric in JUDGED and claim.kind != "slopes"]
    for name, steps in {"early": EARLY, "late": LATE}.items():
        of_steps = metrics[metrics["step"].isin(steps)]
        verdicts = set(check_claims(claims, of_steps)["verdict"])
        assert (FAILS in verdicts) == (name in found), (name, verdicts)
        assert HOLDS in verdicts or name in found, (name, verdicts)
