"""The generated blocks of docs/results.md that are about the study and its evidence."""

import json
from collections.abc import Callable, Mapping, Sequence
from pathlib import Path
from typing import Any

from study.evidence import STUDIES
from study.page.ablations import ablation_table
from study.page.aims import aims_table
from study.page.calibration import calibration_table, class_table
from study.page.leakage import leakage_table
from study.page.made import command, made
from study.page.paper_calibration import paper_calibration
from study.page.plates import plates_text
from study.page.printed import RUN_OF, class_names
from study.page.replica import table_2, table_3, table_4, table_5
from study.page.runs import StudyRuns
from study.page.variants import figures_table, variants_tests
from study.plan import Plan, Section

OURS = r"(study|evidence)-.*"
"""Names of these blocks, as a pattern."""
SHOWN_BY_CLASS = "inception_v3-text"


def blocks(results: Path, plan: Plan) -> dict[str, Callable[[], str]]:
    """Name of a block to what writes it.

    Args:
        results: The folder results/.
        plan: Of the study.

    Raises:
        StudyError: A result is not whole.
    """
    studies = [StudyRuns.read(results / name) for name in STUDIES]
    section = {each.name: each for each in plan.sections}
    replica, variants, ablations = (section[n] for n in ("replica", "variants", "ablations"))
    own = list(variants.runs)
    return {
        "study-aims": lambda: _each(studies, replica, aims_table, variants),
        "study-table-2": table_2,
        "study-table-3": lambda: _each(studies, replica, table_3),
        "study-table-4": lambda: _each(studies, replica, table_4),
        "study-table-5": lambda: _each(studies, replica, table_5),
        "study-plates": lambda: _each(studies, replica, plates_text),
        "study-replica-made": lambda: _each(studies, replica, lambda s: _made(s, replica)),
        "study-variants": lambda: _each(studies, variants, lambda s: figures_table(s, own)),
        "study-variants-tests": lambda: _each(studies, variants, variants_tests),
        "study-variants-made": lambda: _each(studies, variants, lambda s: _made(s, variants)),
        "study-ablations": lambda: _each(
            studies, ablations, lambda s: ablation_table(s, ablations)
        ),
        "study-ablations-made": lambda: _each(studies, ablations, lambda s: _made(s, ablations)),
        "study-calibration-paper": lambda: _each(studies, replica, paper_calibration),
        "study-calibration": lambda: _each(studies, replica, _calibrations, variants),
        "study-leakage": lambda: _each(studies, replica, _leakage, variants),
        "evidence-calibration": lambda: calibration_table(
            {f"`{n}`": [record] for n, record in _single(results, "calibrations.json").items()}
        ),
        "evidence-class-calibration": lambda: class_table(
            _single(results, "calibrations.json")[SHOWN_BY_CLASS], list(class_names().values())
        ),
        "evidence-leakage": lambda: leakage_table(
            {f"`{name}`": record for name, record in _single(results, "twins.json").items()}
        ),
    }


def _each(
    studies: Sequence[StudyRuns],
    section: Section,
    write: Callable[[StudyRuns], str],
    *more: Section,
) -> str:
    """A text of each study that has a run of these sections, named by what it is."""
    names = {name for one in (section, *more) for name in one.runs}
    there = [study for study in studies if names & set(study.runs)]
    if not there:
        return f"*Not run yet (`{section.name}/*` of the plan).*"
    return "\n\n".join(f"*{_title(study.words)}:*\n\n{write(study)}" for study in there)


def _title(words: str) -> str:
    return words[:1].upper() + words[1:]


def _made(study: StudyRuns, section: Section) -> str:
    return f"{made(study, list(section.runs))}\n\n```\n{command(study, f'{section.name}/*')}\n```"


def _calibrations(study: StudyRuns) -> str:
    found = {}
    for name in _judged(study):
        records = [run.calibrations for run in study.of(name)]
        whole = [record for record in records if record is not None]
        if whole and len(whole) == len(records):
            found[f"`{name}` ({whole[0]['fitted_on']})"] = whole
    return calibration_table(found) if found else _evidence_first()


def _leakage(study: StudyRuns) -> str:
    found = {
        f"`{name}` seed {run.seed}": run.twins
        for name in _judged(study)
        for run in study.of(name)
        if run.twins is not None
    }
    return leakage_table(found) if found else _evidence_first()


def _judged(study: StudyRuns) -> list[str]:
    """The replicas, and the hybrids of the text: the runs that are calibrated and audited here."""
    hybrids = [name for name in study.runs if name.endswith("-text")]
    return [*(name for name in RUN_OF.values() if study.of(name)), *hybrids]


def _evidence_first() -> str:
    return "*Not gathered yet: `python -m study.evidence --cells pbc/manifest.csv`.*"


def _single(results: Path, name: str) -> Mapping[str, Any]:
    """A file of every run outside the study, by the run."""
    return {
        file.parent.name: json.loads(file.read_text(encoding="utf-8"))
        for file in sorted(results.glob(f"*/{name}"))
    }
