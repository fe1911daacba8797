"""Statements of the report beside the numbers that a study measured for them."""

from widelimit.report.claims.check import Checked, Claim, check_claims
from widelimit.report.claims.step1 import STEP1
from widelimit.report.claims.step2 import STEP2
from widelimit.report.claims.step4 import STEP4
from widelimit.report.claims.step5 import STEP5
from widelimit.report.claims.step7 import STEP7

CLAIMS = {"step1": STEP1, "step2": STEP2, "step4": STEP4, "step5": STEP5, "step7": STEP7}
"""The statements of each step of the course."""

__all__ = [
    "CLAIMS",
    "STEP1",
    "STEP2",
    "STEP4",
    "STEP5",
    "STEP7",
    "Checked",
    "Claim",
    "check_claims",
]
