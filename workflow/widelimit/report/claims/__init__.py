"""Statements of the report beside the numbers that a study measured for them."""

import pandas as pd

from widelimit.report.claims import (
    classes,
    distance,
    features,
    learning,
    linear_regression,
    regression,
    scale,
    tangent,
    wide,
)
from widelimit.report.claims.check import check_claims
from widelimit.report.claims.claim import Claim
from widelimit.tables import schemas

CLAIMS = {
    "step1": linear_regression.CLAIMS,
    "step2": regression.CLAIMS,
    "step4": features.CLAIMS,
    "step5": tangent.CLAIMS,
    "learning": learning.CLAIMS,
    "step7": wide.CLAIMS,
    "distance": distance.CLAIMS,
    "scale": scale.CLAIMS,
    "classes": classes.CLAIMS,
}
"""The statements of each step of the course."""


def judge(
    course_step: str,
    metrics: pd.DataFrame,
    slopes: pd.DataFrame | None = None,
    *,
    constant_scale: bool = True,
) -> pd.DataFrame:
    """The rows of claims.parquet about one step of the course, from those of METRICS and SLOPES.

    A step that states nothing of slopes needs none. Where the output scale of the main experiment
    is not the same at all widths, what presupposes that is not stated.
    """
    stated = [claim for claim in CLAIMS[course_step] if constant_scale or not claim.constant_scale]
    table = check_claims(stated, metrics, slopes)
    return schemas.CLAIMS.arrange(table.assign(course_step=course_step))


__all__ = ["CLAIMS", "Claim", "check_claims", "judge"]
