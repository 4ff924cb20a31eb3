"""The lab bench: a web page where a person checks, corrects, counts and signs.

open_job(CLASSIFIED)  →  Job  ┐
Ledger.open(URL, job)         ├─→  Bench  →  the page (`make_app`), signatures, exports
Count of decisions            ┘

It reads what `hemoscope classify` has written and never sees a model. Decisions are events that
are only ever added; what holds is the fold of them.
"""

from hemoscope.review.bench import Bench
from hemoscope.review.errors import ReviewError
from hemoscope.review.job import Job, open_job
from hemoscope.review.ledger import ConflictError, Ledger
from hemoscope.review.verdicts import ARTEFACT, UNCLEAR, Event, Verdict, standing

__all__ = [
    "ARTEFACT",
    "UNCLEAR",
    "Bench",
    "ConflictError",
    "Event",
    "Job",
    "Ledger",
    "ReviewError",
    "Verdict",
    "open_job",
    "standing",
]
