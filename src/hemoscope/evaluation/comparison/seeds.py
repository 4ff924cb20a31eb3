"""Several seeds of one model: mean and standard deviation of each headline figure."""

from collections.abc import Mapping, Sequence

import numpy as np

from hemoscope.evaluation.comparison.pairs import Contender, headline_paths
from hemoscope.evaluation.errors import UnknownTableError
from hemoscope.evaluation.result import SeedSpread


def seed_spreads(
    seeds: Mapping[str, Sequence[str]], contenders: Mapping[str, Contender]
) -> dict[str, dict[str, SeedSpread]]:
    """Model to figure path to its spread; figures that some seed lacks are left out.

    Args:
        seeds: Model name to the names of its tables.
        contenders: Table name to what was evaluated.

    Raises:
        UnknownTableError: A name stands for no table, or a model has none.
    """
    for model, names in seeds.items():
        unknown = [name for name in names if name not in contenders]
        if unknown or not names:
            raise UnknownTableError(
                f"seeds of {model}: {', '.join(unknown) or 'no table'} is not among the tables "
                f"({', '.join(contenders)}). Name tables that are compared."
            )
    return {model: _spreads([contenders[n] for n in names]) for model, names in seeds.items()}


def _spreads(contenders: Sequence[Contender]) -> dict[str, SeedSpread]:
    rows = {
        path: [contender.evaluation.estimate(path).value for contender in contenders]
        for path in headline_paths(contenders[0])
    }
    return {
        path: _spread([v for v in values if v is not None])
        for path, values in rows.items()
        if None not in values
    }


def _spread(values: list[float]) -> SeedSpread:
    sd = float(np.std(values, ddof=1)) if len(values) > 1 else None
    return SeedSpread(float(np.mean(values)), sd, len(values), tuple(values))
