"""`Judgement`: what is said of each cell, and why a person must look at some."""

from collections.abc import Iterator, Sequence
from dataclasses import dataclass

import numpy as np

from hemoscope.calibration.arrays import Array, Flags, Indices

NUMBERS = {2: "two", 3: "three", 4: "four", 5: "five", 6: "six"}
LISTED = 3
NO_THRESHOLD = "no level of confidence could be certified, so a person looks at every cell"


@dataclass(frozen=True, eq=False)
class Judgement:
    """An opinion of n cells.

    Attributes:
        classes: The C class names.
        probabilities: (n, C) calibrated probabilities.
        predicted: (n,) index of the class that a cell is called: that of the highest logit, unless
            a prior, or the shift of its source, makes another one more probable.
        own: (n,) index of the class that it would be called without a prior.
        sets: (n, C) the conformal set of each cell, and the class that it is called; None where no
            sets were fitted.
        accepted: (n,) whether a cell may be reported without a person.
        unknown_score: (n,) strangeness; None without a score for it.
        unknown: (n,) whether a cell seems to be of none of the classes; None as above.
        reasons: (n,) why a person must look; "" for accepted cells.
    """

    classes: tuple[str, ...]
    probabilities: Array
    predicted: Indices
    own: Indices
    sets: Flags | None
    accepted: Flags
    unknown_score: Array | None
    unknown: Flags | None
    reasons: tuple[str, ...]

    def __len__(self) -> int:
        return len(self.predicted)


@dataclass(frozen=True, eq=False)
class Doubts:
    """What the reasons are told from.

    Attributes:
        classes: Class names.
        probabilities: (n, C) calibrated.
        predicted: (n,) index of the class that a cell is called. A calibration may give another one
            the highest probability.
        own: (n,) index of the class that it would be called without a prior.
        plain: (n,) index of the class of the highest logit.
        sets: (n, C), or None.
        accepted: (n,).
        unknown: (n,), or None.
        certified: Whether there is a threshold of acceptance at all.
    """

    classes: tuple[str, ...]
    probabilities: Array
    predicted: Indices
    own: Indices
    plain: Indices
    sets: Flags | None
    accepted: Flags
    unknown: Flags | None
    certified: bool

    def reasons(self) -> Iterator[str]:
        """One for each cell, the gravest first; "" where there is none."""
        for row, accepted in enumerate(self.accepted):
            yield "" if accepted else self._reason(row)

    def _reason(self, row: int) -> str:
        if self.unknown is not None and self.unknown[row]:
            return "it looks like none of the classes"
        called, plain = int(self.predicted[row]), int(self.plain[row])
        if called != plain:
            cause = "the mix of classes that is expected"
            if self.own[row] != plain:
                cause = "what its source does to the looks of its cells"
            return f"{self.classes[called]} by {cause}; {self.classes[plain]} by its looks alone"
        likely = [] if self.sets is None else self._likely(row)
        if len(likely) > 1:
            return f"{NUMBERS.get(len(likely), 'many')} classes are likely: {_listed(likely)}"
        if not self.certified:
            return NO_THRESHOLD
        stated = 100 * self.probabilities[row, called]
        return f"not sure enough: {self.classes[called]} at {stated:.1f} %"

    def _likely(self, row: int) -> list[str]:
        order = np.argsort(-self.probabilities[row], kind="stable")
        return [self.classes[c] for c in order if self.sets is not None and self.sets[row, c]]


def _listed(names: Sequence[str]) -> str:
    more = len(names) - LISTED
    return ", ".join(names[:LISTED]) + (f" and {more} more" if more > 0 else "")
