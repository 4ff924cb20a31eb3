"""The plan of the study: what is run, read from plan.yaml as checked, frozen data."""

from collections.abc import Iterator
from pathlib import Path
from typing import Any, Self

import yaml
from pydantic import BaseModel, ConfigDict, Field, model_validator

from hemoscope.models.config import Normalisation
from hemoscope.training.recipe import Recipe
from hemoscope.training.recipe_files import load_recipe
from study.markdown import counted

PLAN = Path(__file__).with_name("plan.yaml")


class _Part(BaseModel):
    model_config = ConfigDict(frozen=True, extra="forbid")


class LocalWeights(_Part):
    """A file of backbone weights, and how its images were scaled."""

    file: str
    normalisation: Normalisation


class Reduced(_Part):
    """What the reduced study has less of; validation and test cells stay whole.

    Attributes:
        epochs: Of every training.
        seeds: Of every run, the plan's first ones.
        more_seeds: Name to how many seeds, of the runs that can afford more than that.
        train_per_class: Training cells of a class at most; None: all.
        image_size: Side of what a model sees, in pixels; None: each model's own.
    """

    epochs: int = Field(ge=1)
    seeds: int = Field(ge=1)
    more_seeds: dict[str, int] = {}
    train_per_class: int | None = Field(default=None, ge=1)
    image_size: int | None = Field(default=None, ge=32)

    @property
    def settings(self) -> dict[str, Any]:
        """What it sets in every recipe."""
        own = {} if self.image_size is None else {"model.image_size": self.image_size}
        return {"epochs": self.epochs, **own}

    def seeds_of(self, name: str) -> int:
        """How many seeds a run has."""
        return self.more_seeds.get(name, self.seeds)

    def agrees_with(self, other: Self) -> bool:
        """Whether runs of both belong in one table; how many seeds there are does not matter."""
        own, theirs = (each.model_dump(exclude={"seeds", "more_seeds"}) for each in (self, other))
        return own == theirs

    @property
    def words(self) -> str:
        """How every table from it is named."""
        seeds = counted(self.seeds, "seed")
        if self.more_seeds:
            seeds += f" ({max(self.more_seeds.values())} of some runs)"
        parts = [counted(self.epochs, "epoch"), seeds]
        if self.train_per_class is not None:
            parts.append(f"at most {self.train_per_class} training cells of a class")
        if self.image_size is not None:
            parts.append(f"images of {self.image_size} px")
        return f"reduced study: {', '.join(parts)}"


class RunPlan(_Part):
    """What is special about one run."""

    recipe: str = "default"
    settings: dict[str, Any] = {}


class Section(_Part):
    """Runs that answer one question."""

    name: str
    title: str
    split: str
    choose_on: str | None
    seeds: tuple[int, ...]
    settings: dict[str, Any] = {}
    runs: dict[str, RunPlan]


class Experiment(_Part):
    """One training with one seed, and the cells that judge it."""

    name: str
    section: str
    split: str
    scored: tuple[str, ...]
    seed: int
    recipe: str
    settings: tuple[str, ...]
    train_per_class: int | None = None

    @property
    def place(self) -> Path:
        """Its folder, under results and under runs alike."""
        return Path(self.name) / f"seed-{self.seed}"

    def load(self) -> Recipe:
        """Its recipe, checked before anything runs."""
        return load_recipe(self.recipe, self.settings)


class Plan(_Part):
    """The whole study."""

    weights: dict[str, LocalWeights]
    reduced: Reduced
    sections: tuple[Section, ...]

    @model_validator(mode="after")
    def _known_runs(self) -> Self:
        known = {name for section in self.sections for name in section.runs}
        if unknown := self.reduced.more_seeds.keys() - known:
            raise ValueError(f"more_seeds names {', '.join(sorted(unknown))}, which is no run.")
        return self

    @classmethod
    def read(cls, path: Path = PLAN) -> Self:
        """Reads plan.yaml."""
        return cls.model_validate(yaml.safe_load(path.read_text(encoding="utf-8")))

    def experiments(self, *, reduced: bool, weights: Path | None) -> Iterator[Experiment]:
        """Every run, the paper's own first.

        Args:
            reduced: Less of everything that `reduced` in plan.yaml names.
            weights: Folder of backbone weights. A backbone whose file is not there starts from
                nothing, as without network; None: timm fetches all of them.
        """
        for section in self.sections:
            for name, run in section.runs.items():
                for seed in section.seeds[: self.reduced.seeds_of(name) if reduced else None]:
                    settings = {**section.settings, **run.settings, "seed": seed}
                    settings |= {"data.split_column": section.split}
                    if reduced:
                        settings |= self.reduced.settings
                    lines = tuple(f"{key}={_as_yaml(value)}" for key, value in settings.items())
                    experiment = Experiment(
                        name=name,
                        section=section.name,
                        split=section.split,
                        scored=tuple(filter(None, (section.choose_on, "test"))),
                        seed=seed,
                        recipe=run.recipe,
                        settings=lines,
                        train_per_class=self.reduced.train_per_class if reduced else None,
                    )
                    yield experiment if weights is None else self._local(experiment, weights)

    def _local(self, experiment: Experiment, folder: Path) -> Experiment:
        architecture = experiment.load().model.architecture
        local = self.weights.get(architecture)
        if local is None or not (folder / local.file).is_file():
            added = ("weights=none",)
        else:
            scaling = _as_yaml(local.normalisation.model_dump(mode="json"))
            added = (f"weights={folder / local.file}", f"model.normalisation={scaling}")
        return experiment.model_copy(update={"settings": (*experiment.settings, *added)})


def _as_yaml(value: Any) -> str:
    if isinstance(value, float):
        return repr(value)
    return yaml.safe_dump(value, default_flow_style=True, width=1000).removesuffix("...\n").strip()
