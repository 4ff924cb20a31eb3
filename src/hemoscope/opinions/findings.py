"""`Findings`: a job's outcome in bounded memory, however many images it had."""

from collections import Counter, defaultdict
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass

from hemoscope.opinions.class_counts import ClassCounts
from hemoscope.opinions.opinion import Opinion
from hemoscope.opinions.smallest import Smallest

PICTURES = 600
"""Most cells on the contact sheet: the page stays below about 3 MB."""
LOOK_FIRST = 36
"""Most cells among those to look at first."""
LISTED = 1000
"""Most cells, and most unreadable images, in the tables on the page."""


@dataclass(frozen=True, eq=False)
class Findings:
    """What was found, as much of it as a page can show.

    Attributes:
        classes: The C class names.
        calibrated: Whether the model has a calibration; without one no cell is accepted.
        counted: How many cells of each class, unknown ones apart.
        accepted: How many cells may stand without a person.
        called: How many cells were given each class, unknown ones among them.
        own: How many cells the model gave each class by their looks alone, without a prior but for
            what their source does to looks; unknown ones not among them.
        look_first: Cells that a person must look at, unknown ones first, then the least sure.
        sheets: By class: its cells, the unknown first, then those to look at, the least sure first.
        listed: Cells for a table, in the same order.
        unreadable: How many images have no opinion.
        failures: The first of those.
    """

    classes: tuple[str, ...]
    calibrated: bool
    counted: ClassCounts
    accepted: int
    called: Mapping[str, int]
    own: Mapping[str, int]
    look_first: tuple[Opinion, ...]
    sheets: Mapping[str, tuple[Opinion, ...]]
    listed: tuple[Opinion, ...]
    unreadable: int
    failures: tuple[Opinion, ...]

    @property
    def told(self) -> bool:
        """Whether cells are told in words."""
        return any(one.in_words is not None for one in self.listed)

    @property
    def cells(self) -> int:
        """How many images have an opinion."""
        return self.counted.cells + self.counted.unknown

    @property
    def doubtful(self) -> int:
        """How many cells a person must look at."""
        return self.cells - self.accepted

    @property
    def shown(self) -> tuple[Opinion, ...]:
        """All opinions that have a picture on the page, each once, in the order of the images."""
        every = [*self.look_first, *(one for sheet in self.sheets.values() for one in sheet)]
        return tuple(sorted({one.index: one for one in every}.values(), key=lambda one: one.index))


def gather(
    opinions: Iterable[Opinion],
    classes: Sequence[str],
    *,
    calibrated: bool,
    groups: Sequence[str] | None = None,
    offsets: Sequence[float] | None = None,
) -> Findings:
    """Goes through all opinions once and keeps what a page can show.

    Args:
        opinions: In any number.
        classes: C names.
        calibrated: Whether the model has a calibration.
        groups: Group of each image by its index, or None.
        offsets: C numbers that the cells' source adds to the logits of every cell, or None.
    """
    tally = _Tally(classes, groups, offsets)
    for opinion in opinions:
        tally.add(opinion)
    share = PICTURES // max(1, len(tally.sheets))
    kept = {name: tally.sheets[name].sorted()[:share] for name in classes if name in tally.sheets}
    return Findings(
        classes=tuple(classes),
        calibrated=calibrated,
        counted=ClassCounts.counted(classes, tally.counted, tally.unknown),
        accepted=tally.accepted,
        called=dict(tally.called),
        own=dict(tally.own),
        look_first=tally.look_first.sorted(),
        sheets=kept,
        listed=tally.listed.sorted(),
        unreadable=tally.unreadable,
        failures=tuple(tally.failures),
    )


class _Tally:
    def __init__(
        self,
        classes: Sequence[str],
        groups: Sequence[str] | None,
        offsets: Sequence[float] | None,
    ) -> None:
        self._classes, self._groups = classes, groups
        self._offsets = offsets or (0.0,) * len(classes)
        self.counted: Counter[tuple[str, str]] = Counter()
        self.called: Counter[str] = Counter()
        self.own: Counter[str] = Counter()
        self.unknown = self.accepted = self.unreadable = 0
        self.look_first, self.listed = Smallest[Opinion](LOOK_FIRST), Smallest[Opinion](LISTED)
        self.sheets: defaultdict[str, Smallest[Opinion]] = defaultdict(lambda: Smallest(PICTURES))
        self.failures: list[Opinion] = []

    def add(self, opinion: Opinion) -> None:
        if opinion.label is None:
            self.unreadable += 1
            if len(self.failures) < LISTED:
                self.failures.append(opinion)
            return
        self._count(opinion, opinion.label)
        key = _urgency(opinion)
        self.listed.add(key, opinion)
        self.sheets[opinion.label].add(key, opinion)
        if not opinion.accepted:
            self.look_first.add(key, opinion)

    def _count(self, opinion: Opinion, label: str) -> None:
        self.called[label] += 1
        self.accepted += opinion.accepted
        if opinion.unknown:
            self.unknown += 1
        else:
            group = "" if self._groups is None else self._groups[opinion.index]
            self.counted[group, label] += 1
            self.own[self._by_looks(opinion) or label] += 1

    def _by_looks(self, opinion: Opinion) -> str | None:
        """The class of the highest logit, where logits are kept."""
        shown = [a - b for a, b in zip(opinion.logits, self._offsets, strict=False)]
        return self._classes[shown.index(max(shown))] if shown else None


def _urgency(opinion: Opinion) -> tuple[float, ...]:
    """Smaller = to be looked at earlier: unknown cells, the strangest first, then the unsure."""
    if opinion.unknown:
        return (0, -(opinion.unknown_score or 0.0))
    return (2 if opinion.accepted else 1, opinion.probability or 0.0)
