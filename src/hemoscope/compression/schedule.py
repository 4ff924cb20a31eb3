"""Which kind of part the next step removes, and when there is no next step."""

from collections.abc import Sequence

from hemoscope.compression.choice import KINDS, Kind, possible
from hemoscope.compression.journal import Journal
from hemoscope.models.config import BlockShape


def next_kind(journal: Journal, shapes: Sequence[BlockShape]) -> Kind | None:
    """Blocks as long as they can go, then heads, channels and units in turn.

    Blocks first, while all are alike: so what each step takes depends on no guide, and guides
    are compared at equal size. A kind whose step exceeded the budget is not tried again.

    Args:
        journal: Of the steps so far.
        shapes: Of the blocks that are left.

    Returns:
        None where nothing may go any more; `why_stopped` says why.
    """
    if _small_enough(journal):
        return None
    open_kinds = _open(journal, shapes)
    if not open_kinds or open_kinds[0] == "blocks":
        return open_kinds[0] if open_kinds else None
    last = KINDS.index(journal.steps[-1].kind) if journal.steps else 0
    return min(open_kinds, key=lambda kind: (KINDS.index(kind) - last - 1) % len(KINDS))


def why_stopped(journal: Journal, shapes: Sequence[BlockShape]) -> str:
    """In words, once `next_kind` gives None."""
    if _small_enough(journal):
        return f"the model has come down to {100 * journal.settings.until:g} % of its parameters"
    over = [step.kind for step in journal.steps if not step.accepted]
    if not over:
        return "there is nothing left that may be removed"
    budget = f"{journal.settings.max_loss:g} points"
    return f"removing {', '.join(over)} costs more than {budget}, and nothing else may be removed"


def _small_enough(journal: Journal) -> bool:
    kept = journal.kept
    now = journal.before if kept is None else kept.measured
    return now.parameters <= journal.settings.until * journal.before.parameters


def _open(journal: Journal, shapes: Sequence[BlockShape]) -> list[Kind]:
    """Kinds that may go, in order: asked for, within the budget so far, and there."""
    settings = journal.settings
    closed = [step.kind for step in journal.steps if not step.accepted]
    wanted: list[Kind] = [kind for kind in settings.kinds if kind not in closed]
    there: list[Kind] = [kind for kind in wanted if possible(kind, shapes, settings.keep_blocks)]
    return sorted(there, key=KINDS.index)
