"""Statements about other numbers: extremes, floors, counts of classes."""

from collections.abc import Callable, Iterator
from dataclasses import dataclass
from fractions import Fraction

from hemoscope.claims.checks.words import classes, number
from hemoscope.claims.claim import MODEL_NAMES, MODELS, Model
from hemoscope.claims.finding import Finding, agree, bounded, contradict
from hemoscope.claims.interval import Interval
from hemoscope.claims.ledger import Ledger

CLASSES = range(8)


@dataclass(frozen=True)
class Extreme:
    """A claim that something is the least or greatest over the classes."""

    claim: str
    over: tuple[str, ...]
    pick: Callable[..., Interval]
    words: str


def _least(*values: Interval) -> Interval:
    return Interval(min(v.low for v in values), min(v.high for v in values))


def _column(model: str, score: str) -> tuple[str, ...]:
    return tuple(f"t3.{model}.class{k}.{score}" for k in CLASSES)


EXTREMES = (
    Extreme("s31.inception_v3.f1_min", _column("inception_v3", "f1"), _least, "lowest F1"),
    Extreme(
        "s31.efficientnet_b3.precision_min",
        _column("efficientnet_b3", "precision"),
        _least,
        "lowest precision",
    ),
    Extreme(
        "s31.efficientnet_b3.recall_min",
        _column("efficientnet_b3", "recall"),
        _least,
        "lowest recall",
    ),
    Extreme(
        "s31.inception_v3.recall_floor", _column("inception_v3", "recall"), _least, "lowest recall"
    ),
)

# (claim, the class whose figure it must be): ranges whose ends are also given by class.
ENDS = (
    ("s33.efficientnet_b3.auc_min", "s33.efficientnet_b3.class3.auc"),
    ("s33.efficientnet_b3.auc_max", "s33.efficientnet_b3.class1.auc"),
    ("s33.custom_cnn.auc_min", "s33.custom_cnn.class3.auc"),
    ("s33.custom_cnn.auc_max", "s33.custom_cnn.class1.auc"),
    ("s34.efficientnet_b3.ap_min", "s34.efficientnet_b3.class3.ap"),
    ("s34.efficientnet_b3.ap_max", "s34.efficientnet_b3.class1.ap"),
    ("s34.custom_cnn.ap_min", "s34.custom_cnn.class3.ap"),
    ("s34.custom_cnn.ap_max", "s34.custom_cnn.class1.ap"),
)

# (claim, classes that are said to reach it)
FLOORS: tuple[tuple[Model, tuple[int, ...]], ...] = (
    ("inception_v3", (0, 1, 4, 7)),
    ("resnet50", (0, 7)),
    ("efficientnet_b3", (1, 4, 7)),
    ("custom_cnn", (1, 4, 7)),
)

GUESS = Interval.exactly(Fraction(1, 8))  # accuracy of a guess among eight classes
TABLE_5_COLUMNS = ("Reference", "Model", "Accuracy", "F1-score", "Dataset")


def check_extremes(ledger: Ledger) -> Iterator[Finding]:
    """Lowest and highest figures of table 3."""
    for extreme in EXTREMES:
        claim = ledger[extreme.claim]
        value = extreme.pick(*map(ledger.interval, extreme.over))
        printed = ", ".join(ledger[name].figure for name in extreme.over)
        because = f"The {extreme.words} of {printed}."
        verdict = agree if claim.allows(value) else contradict
        yield verdict(extreme.words, (claim.id,), because)


def check_range_ends(ledger: Ledger) -> Iterator[Finding]:
    """Ranges over the classes end at the classes that are named best and worst."""
    for end, by_class in ENDS:
        because = f"{ledger[by_class].means}: {ledger[by_class].figure}."
        if ledger.interval(end).meets(ledger.interval(by_class)):
            yield agree("End of a range", (end,), because)
        else:
            yield contradict("End of a range", (end, by_class), because)


def check_recall_floors(ledger: Ledger) -> Iterator[Finding]:
    """Classes that are said to reach a recall do so in table 3."""
    for model, named in FLOORS:
        claim = ledger[f"s37.{model}.near_perfect"]
        title = f"{MODEL_NAMES[model]}: recall {claim.shown} of {classes(list(named))}"
        recalls = {k: ledger[f"t3.{model}.class{k}.recall"] for k in named}
        short = [k for k, recall in recalls.items() if recall.interval.high < claim.interval.low]
        printed = ", ".join(f"{recall.figure} (class {k})" for k, recall in recalls.items())
        because = f"Table 3 gives recalls of {printed}"
        if short:
            because += f"; {classes(short)} cannot reach {claim.figure} %, however rounded."
            yield contradict(title, (claim.id,), because)
        else:
            yield agree(title, (claim.id,), because + ".")


def check_recall_exception(ledger: Ledger) -> Iterator[Finding]:
    """A class below the floor must be below the floor."""
    floor, exception = (
        ledger["s31.inception_v3.recall_floor"],
        ledger["s31.inception_v3.recall_exception"],
    )
    if exception.interval.low >= floor.interval.high:
        because = (
            f"{exception.figure} is above the floor of {floor.figure}, so class "
            f"{exception.cell_class} is no exception to it."
        )
        yield contradict("An exception that is none", (exception.id,), because)


def check_gap_classes(ledger: Ledger) -> Iterator[Finding]:
    """How many classes have a precision-recall gap above the limit."""
    limit, stated = (
        ledger.interval("s31.efficientnet_b3.gap"),
        ledger["s31.efficientnet_b3.gap_classes"],
    )
    printed, named, beyond = [], {1, 4}, []
    for k in CLASSES:
        at = f"t3.efficientnet_b3.class{k}"
        precision, recall = ledger[f"{at}.precision"], ledger[f"{at}.recall"]
        gap = precision.interval - recall.interval
        if max(gap.low, -gap.high) > limit.high:
            beyond.append(k)
        printed.append(f"{precision.figure} / {recall.figure}")
    surprise = [k for k in beyond if k not in named]
    because = f"Precision / recall of classes 0 to 7 is {', '.join(printed)}"
    if surprise:
        because += f": {classes(surprise)}, not named, exceeds 0.03 however rounded."
        yield contradict("Classes with a precision-recall gap", (stated.id,), because)
    else:
        yield agree("Classes with a precision-recall gap", (stated.id,), because + ".")


def check_loss_variance(ledger: Ledger) -> Iterator[Finding]:
    """The lowest variance cannot exceed another model's squared standard deviation."""
    lowest, other = (
        ledger["s32.inception_v3.loss_variance"],
        ledger["s32.custom_cnn.loss_change_sd"],
    )
    square = other.interval * other.interval
    if lowest.interval.low > square.high:
        because = (
            f"CustomCNN's standard deviation of {other.figure} is a variance of "
            f"{number(square.low, 6)} to {number(square.high, 6)}, far below {lowest.figure}. As a "
            "standard deviation it would be the lowest; then it is called a variance wrongly."
        )
        yield contradict("The lowest epoch-to-epoch variance", (lowest.id,), because)


def check_table_5(ledger: Ledger) -> Iterator[Finding]:
    """Columns and rows of table 5 as the text counts them."""
    columns = ledger["s39.columns"]
    because = f"Table 5 has {len(TABLE_5_COLUMNS)} columns: {', '.join(TABLE_5_COLUMNS)}."
    verdict = agree if columns.count == len(TABLE_5_COLUMNS) else contradict
    yield verdict("Columns of table 5", (columns.id,), because)
    earlier = [c.id for c in ledger if c.id.startswith("t5.ref") and c.quantity == "accuracy"]
    existing = ledger["s39.existing"]
    verdict = agree if existing.count == len(earlier) else contradict
    yield verdict("Rows of table 5", (existing.id,), f"Table 5 has {len(earlier)} of them.")


def check_intervals(ledger: Ledger) -> Iterator[Finding]:
    """Every interval holds its estimate, which does not prove either."""
    for claim in ledger:
        low, high = f"{claim.id}_low", f"{claim.id}_high"
        if (
            low in ledger.claims
            and high in ledger.claims
            and claim.quantity + "_ci" == ledger[low].quantity
        ):
            ends = Interval(ledger.interval(low).low, ledger.interval(high).high)
            inside = claim.interval.meets(ends)
            because = (
                f"{claim.figure} lies {'within' if inside else 'outside'} "
                f"{ledger[low].figure} to {ledger[high].figure}."
            )
            verdict = bounded if inside else contradict
            yield verdict("Interval and estimate", (claim.id, low, high), because)


def check_efficiency(ledger: Ledger) -> Iterator[Finding]:
    """Convergence efficiency is defined as improvement over time, and computed as accuracy."""
    for model in MODELS:
        claim = ledger[f"s38.{model}.efficiency"]
        accuracy, minutes = ledger[f"t4.{model}.accuracy"], ledger[f"t4.{model}.minutes"]
        whole = accuracy.interval / minutes.interval
        gained = (accuracy.interval - GUESS) / minutes.interval
        if claim.allows(whole) and not claim.allows(gained):
            because = (
                f"{accuracy.figure} / {minutes.figure} = {number(whole.low, 4)}: the whole "
                "accuracy over time, not its improvement, as the paper defines it. From a guess "
                f"among eight classes (0.125) the improvement is {number(gained.low, 4)} a minute."
            )
            yield contradict(f"{MODEL_NAMES[model]}: convergence efficiency", (claim.id,), because)
