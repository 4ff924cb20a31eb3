"""From the logits of attribute heads to a line for each cell, and onto its opinion."""

from collections.abc import Iterable, Iterator, Mapping
from dataclasses import replace

import numpy as np
from scipy.special import softmax

from hemoscope.inference.in_words import ATTRIBUTES, describe_cell, sure_answers
from hemoscope.inference.tasks import Answers, Task
from hemoscope.opinions.opinion import Opinion


def speaks(tasks: Mapping[str, Task]) -> bool:
    """Whether any task is named like an attribute, so that cells can be told in words."""
    return not tasks.keys().isdisjoint(ATTRIBUTES)


def cells_in_words(tasks: Mapping[str, Task], answers: Answers) -> list[str]:
    """A line for each of n cells; `hemoscope.inference.in_words.in_words` by arrays alone.

    Args:
        tasks: Task name to what it answers; those that are named like an attribute are used, and
            there must be one.
        answers: Task name to (n, answers) logits. What is not finite isn't spoken of.

    Returns:
        n lines, empty where no attribute is more likely than not.
    """
    told = [name for name in ATTRIBUTES if name in tasks]
    known: list[dict[str, str]] = [{} for _ in answers[told[0]]]
    for name in told:
        finite = np.flatnonzero(np.isfinite(answers[name]).all(axis=1))
        chances = softmax(answers[name][finite].astype(np.float64), axis=1)
        for row, answer in sure_answers(chances, tasks[name].answers):
            known[finite[row]][name] = answer
    return [describe_cell(attributes) for attributes in known]


def with_words(opinions: Iterable[Opinion], lines: Iterable[str]) -> Iterator[Opinion]:
    """The opinions, each with its line; one without a class stays as it is."""
    for opinion, line in zip(opinions, lines, strict=True):
        yield opinion if opinion.label is None else replace(opinion, in_words=line)
