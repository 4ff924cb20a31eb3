"""What is wrong with a set of cells, before anyone trains on it.

audit(table)  →  Audit: findings with codes, groups of cells that belong together, a cleaned table
twin_accuracy(predictions, groups, trained_on)  →  what such groups across a split do to a result
"""

from hemoscope.audit.audit import Audit, audit
from hemoscope.audit.case import Case
from hemoscope.audit.checks import CHECKS
from hemoscope.audit.finding import Finding, Severity
from hemoscope.audit.groups import Groups
from hemoscope.audit.pair_groups import PairError, groups_of_pairs, read_pairs
from hemoscope.audit.pairs import Rule
from hemoscope.audit.twins import TwinAccuracy, twin_accuracy

__all__ = [
    "CHECKS",
    "Audit",
    "Case",
    "Finding",
    "Groups",
    "PairError",
    "Rule",
    "Severity",
    "TwinAccuracy",
    "audit",
    "groups_of_pairs",
    "read_pairs",
    "twin_accuracy",
]
