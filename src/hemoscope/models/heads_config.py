"""What a model answers beside the class, as plain data."""

from typing import Self

from pydantic import BaseModel, ConfigDict, Field, field_validator, model_validator

CLASS = "class"
"""The main head's name: the class of the cell, which every verb knows."""


class HeadConfig(BaseModel):
    """One further task of a model.

    Attributes:
        column: The column of a manifest that holds the true answers.
        answers: The answers, in the order of the logits.
        members: None for a head with weights of its own. Otherwise the answers are sets of
            classes: for each answer the places of its classes among the main head's logits. Every
            class belongs to exactly one answer, so that the probability of an answer is the sum
            over its classes, and the two never contradict each other.
    """

    model_config = ConfigDict(frozen=True, extra="forbid")

    column: str
    answers: tuple[str, ...] = Field(min_length=2)
    members: tuple[tuple[int, ...], ...] | None = None

    @field_validator("answers")
    @classmethod
    def _distinct(cls, answers: tuple[str, ...]) -> tuple[str, ...]:
        if len(set(answers)) != len(answers):
            raise ValueError("an answer stands there twice")
        return answers

    @model_validator(mode="after")
    def _partition(self) -> Self:
        if self.members is None:
            return self
        places = sorted(place for part in self.members for place in part)
        whole = places == list(range(len(places)))
        if len(self.members) != len(self.answers) or not all(self.members) or not whole:
            raise ValueError("members must put every class into exactly one answer")
        return self
