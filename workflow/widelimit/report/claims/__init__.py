"""Statements of the report beside the numbers that a study measured for them."""

import pandas as pd

from widelimit.report.claims.check import check_claims
from widelimit.report.claims.claim import Claim
from widelimit.report.claims.classes import CLASSES
from widelimit.report.claims.distance import DISTANCE
from widelimit.report.claims.learning import LEARNING
from widelimit.report.claims.scale import SCALE
from widelimit.report.claims.step1 import STEP1
from widelimit.report.claims.step2 import STEP2
from widelimit.report.claims.step4 import STEP4
from widelimit.report.claims.step5 import STEP5
from widelimit.report.claims.step7 import STEP7
from widelimit.tables import schemas

CLAIMS = {
    "step1": STEP1,
    "step2": STEP2,
    "step4": STEP4,
    "step5": STEP5,
    "learning": LEARNING,
    "step7": STEP7,
    "distance": DISTANCE,
    "scale": SCALE,
    "classes": CLASSES,
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


__all__ = [
    "CLAIMS",
    "CLASSES",
    "DISTANCE",
    "LEARNING",
    "SCALE",
    "STEP1",
    "STEP2",
    "STEP4",
    "STEP5",
    "STEP7",
    "Claim",
    "check_claims",
    "judge",
]
