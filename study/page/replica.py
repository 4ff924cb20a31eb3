"""The paper's Tables 2 to 5 beside ours."""

from collections.abc import Iterator
from typing import NamedTuple

from study.markdown import NOTHING, number, table
from study.page.printed import MODEL_NAMES, MODELS, RUN_OF, Model, Printed, class_names
from study.page.runs import RunResult, StudyRuns
from study.page.spread import Spread

METRICS = {"precision": "precision", "recall": "recall", "f1": "F1"}
CITED = {"ref38": "reference 38", "ref39": "reference 39", "ref40": "reference 40"}


class Built(NamedTuple):
    """Our model of Table 2, as it is built: no training decides these numbers."""

    map_edge: int
    map_channels: int
    tokens: int
    total: int
    trainable: int
    frozen: int


def built(model: Model) -> Built:
    """Builds a model of the zoo on no device and counts it as Keras would."""
    import torch  # noqa: PLC0415 (the page's other tables do without)

    from hemoscope.models.build import build_model  # noqa: PLC0415
    from hemoscope.models.counts import count_as_keras, count_tokens  # noqa: PLC0415
    from hemoscope.models.zoo import zoo_config  # noqa: PLC0415

    with torch.device("meta"):
        made = build_model(zoo_config(RUN_OF[model]), len(class_names()), "none")
    keras, shape = count_as_keras(made), made.map_shapes[-1]
    if keras is None:
        raise ValueError(f"{model} has no count as Keras gives it")
    return Built(
        map_edge=shape.height,
        map_channels=shape.channels,
        tokens=count_tokens(made),
        total=keras.total,
        trainable=keras.trainable,
        frozen=keras.frozen,
    )


def table_2() -> str:
    """Architectures; ours is counted, not trained."""
    printed = Printed(2)
    rows = []
    for model in MODELS:
        ours = built(model)
        paper = {field: printed.text(f"{model}.{field}") for field in Built._fields}
        cells = [f"{paper[field]} / {getattr(ours, field):,}" for field in Built._fields]
        same = all(paper[f].replace(",", "") == str(getattr(ours, f)) for f in Built._fields)
        rows.append((MODEL_NAMES[model], *cells, "yes" if same else "**no**"))
    heads = ("edge of the map", "channels", "tokens", "parameters", "trainable", "frozen")
    head = ("model", *(f"{name}, paper / ours" for name in heads), "equal")
    return table(head, rows, align="lrrrrrrl")


def table_3(study: StudyRuns) -> str:
    """Classification reports, a table a model."""
    parts = [_report(model, study.of(RUN_OF[model])) for model in MODELS]
    return "\n\n".join(filter(None, parts))


def _report(model: Model, runs: tuple[RunResult, ...]) -> str:
    if not runs:
        return ""
    rows = [
        (name, _support(runs, name), *_beside(model, runs, f"class{i}", f"per_class.{name}"))
        for i, name in class_names().items()
    ]
    cells = f"{runs[0].figures['cells']:,}"
    rows += [
        (f"{kind} average", cells, *_beside(model, runs, kind, kind))
        for kind in ("macro", "weighted")
    ]
    heads = (f"{name}, {whose}" for name in METRICS.values() for whose in ("paper", "ours"))
    head = (f"{MODEL_NAMES[model]}: class", "test cells", *heads)
    return table(head, rows, align="lrrrrrrr")


def _support(runs: tuple[RunResult, ...], name: str) -> str:
    return number(runs[0].figure(f"per_class.{name}.support"), "{:,}")


def _beside(model: Model, runs: tuple[RunResult, ...], theirs: str, ours: str) -> Iterator[str]:
    for metric in METRICS:
        yield Printed(3).text(f"{model}.{theirs}.{metric}")
        mean = Spread.of(runs, f"{ours}.{metric}").mean
        yield number(mean, "{:.3f}")


def table_4(study: StudyRuns) -> str:
    """Training time, accuracy and loss."""
    rows = []
    for model in MODELS:
        runs, printed = study.of(RUN_OF[model]), Printed(4)
        minutes = number(sum(r.minutes for r in runs) / len(runs), "{:.1f}") if runs else NOTHING
        rows.append(
            (
                MODEL_NAMES[model],
                printed.text(f"{model}.minutes"),
                minutes,
                printed.text(f"{model}.accuracy"),
                Spread.of(runs, "accuracy").show() if runs else NOTHING,
                printed.text(f"{model}.loss"),
                Spread.of(runs, "calibration.nll").show() if runs else NOTHING,
            )
        )
    whose = ("minutes", "test accuracy", "loss on the test cells")
    head = ("model", *(f"{name}, {side}" for name in whose for side in ("paper", "ours")))
    return table(head, rows, align="lrrrrrr")


def table_5(study: StudyRuns) -> str:
    """Accuracy and macro F1, in percent, beside what the paper cites."""
    printed = Printed(5)
    rows = [
        (f"{name}, as the paper cites it", printed.text(f"{key}.accuracy"), NOTHING,
         printed.text(f"{key}.f1"), NOTHING)
        for key, name in CITED.items()
    ]  # fmt: skip
    for model in MODELS:
        runs = study.of(RUN_OF[model])
        shown = [
            Spread.of(runs, path).show("{:.2f}", scale=100) if runs else NOTHING
            for path in ("accuracy", "macro.f1")
        ]
        paper = [printed.text(f"{model}.{name}") for name in ("accuracy", "f1")]
        rows.append((MODEL_NAMES[model], paper[0], shown[0], paper[1], shown[1]))
    head = ("model", "accuracy %, paper", "ours", "macro F1 %, paper", "ours")
    return table(head, rows, align="lrrrr")
