"""One part of the InceptionV3 hybrid changed at a time, each against the hybrid as it is."""

from study.markdown import p_value, table
from study.page.paired import Planned, Tested, compare_pairs
from study.page.paired import points as in_points
from study.page.runs import StudyRuns
from study.page.spread import Spread
from study.plan import Section

BASE = "inception_v3-text"


def ablation_table(study: StudyRuns, section: Section) -> str:
    """A row a change; the base first.

    Args:
        study: What there is.
        section: The plan's ablations, for what each one changes.
    """
    tested = {
        t.plan.first: t
        for t in compare_pairs(study, [Planned(name, BASE) for name in section.runs])
    }
    rows = [_row(study, BASE, "(nothing)", None)] if study.of(BASE) else []
    rows += [
        _row(study, name, _changed(section, name), tested.get(name))
        for name in section.runs
        if study.of(name)
    ]
    head = (
        *("run", "what is changed", "seeds", "accuracy", "macro F1", "ECE"),
        *("accuracy less the base's, points", "McNemar's p (Holm)", "accuracy, at 5 %"),
    )
    return table(head, rows, align="llrrrrlll")


def _row(study: StudyRuns, name: str, changed: str, tested: Tested | None) -> tuple[str, ...]:
    runs = study.of(name)
    shown = [Spread.of(runs, path).show() for path in ("accuracy", "macro.f1", "calibration.ece")]
    test = ("–", "–", "–" if name == BASE else "no seed in common with the base")
    if tested is not None:
        ps = ", ".join(map(p_value, tested.mcnemar))
        test = (in_points(tested.accuracy), ps, tested.verdict)
    return (f"`{name}`", changed, str(len(runs)), *shown, *test)


def _changed(section: Section, name: str) -> str:
    settings = section.runs[name].settings
    return "; ".join(f"`{field}` = {_plain(value)}" for field, value in settings.items())


def _plain(value: object) -> str:
    if isinstance(value, list):
        return " + ".join(map(str, value))
    return f"{value:g}" if isinstance(value, float) else str(value)
