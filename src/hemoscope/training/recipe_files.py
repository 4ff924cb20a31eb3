"""Recipes as YAML: those that ship, a user's own, and single fields set on the command line."""

from contextlib import suppress
from importlib.resources import files
from pathlib import Path
from typing import Any

import yaml
from pydantic import ValidationError

from hemoscope.errors import HemoscopeError, place_of
from hemoscope.training.recipe import Recipe

_SHIPPED = files("hemoscope.training") / "recipes"


class RecipeError(HemoscopeError):
    """A recipe that cannot be read; the message names the field."""


def shipped_recipes() -> tuple[str, ...]:
    """Names of the recipes that come with hemoscope, sorted."""
    names = (entry.name for entry in _SHIPPED.iterdir())
    return tuple(sorted(n.removesuffix(".yaml") for n in names if n.endswith(".yaml")))


def load_recipe(
    name: str = "default", settings: tuple[str, ...] = (), *, start_from: str | None = None
) -> Recipe:
    """Reads a recipe and sets single fields in it.

    Args:
        name: A shipped recipe's name, or the path of a YAML file.
        settings: "FIELD=VALUE" each, with dots between nested names ("optimiser.head=1e-3") and
            the value in YAML.
        start_from: A run folder to start from; its model takes the place of the recipe's, and
            settings are applied to that.

    Raises:
        RecipeError: No such recipe, not YAML, or a field that is unknown or out of range.
    """
    values = _parse(_text(name), name)
    if start_from is not None:
        values |= {"start_from": str(Path(start_from).absolute()), "model": None}
    if values.get("start_from") and values.get("model") is None:
        values["model"] = _model_of(str(values["start_from"]))
    return _with_settings(values, settings, f"recipe {name}")


def set_fields(recipe: Recipe, settings: tuple[str, ...]) -> Recipe:
    """A recipe with single fields set in it, as `load_recipe` sets them.

    Raises:
        RecipeError: A field is unknown or out of range.
    """
    return _with_settings(recipe.model_dump(mode="json"), settings, "--set")


def _with_settings(values: dict[str, Any], settings: tuple[str, ...], place: str) -> Recipe:
    for setting in settings:
        _set(values, setting)
    try:
        return Recipe.model_validate(values)
    except ValidationError as error:
        raise RecipeError(f"{place}: {_explain(error)}") from error


def dump_recipe(recipe: Recipe) -> str:
    """The recipe as YAML, every default written out; `load_recipe` reads it back unchanged."""
    return yaml.safe_dump(recipe.model_dump(mode="json"), sort_keys=False, allow_unicode=True)


def _model_of(run: str) -> dict[str, Any]:
    from hemoscope.training.start import starting_config  # noqa: PLC0415 (loads torch)

    return starting_config(Path(run)).model_dump(mode="json")


def _text(name: str) -> str:
    if name in shipped_recipes():
        return (_SHIPPED / f"{name}.yaml").read_text(encoding="utf-8")
    try:
        return Path(name).read_text(encoding="utf-8")
    except (OSError, UnicodeDecodeError) as error:
        raise RecipeError(
            f"there is no recipe {name!r}. Give the path of a YAML file, or one of: "
            f"{', '.join(shipped_recipes())}."
        ) from error


def _parse(text: str, name: str) -> dict[str, Any]:
    try:
        values = yaml.safe_load(text) or {}
    except (yaml.YAMLError, ValueError) as error:  # ValueError: a day that no calendar has
        raise RecipeError(f"recipe {name} is not valid YAML: {error}") from error
    if not isinstance(values, dict):
        raise RecipeError(f"recipe {name} must be a mapping of field names to values.")
    return values


def _set(values: dict[str, Any], setting: str) -> None:
    key, separator, text = setting.partition("=")
    if not separator:
        raise RecipeError(f"--set {setting!r}: write it as FIELD=VALUE, for example epochs=5.")
    *outer, last = key.strip().split(".")
    # A model may stand there as a bare name of the zoo; setting one of its fields builds on it.
    if outer[:1] == ["model"] and isinstance(values.get("model"), str):
        values["model"] = {"base": values["model"]}
    place = values
    for name in outer:
        place = place.setdefault(name, {})
        if not isinstance(place, dict):
            raise RecipeError(f"--set {setting!r}: {name!r} holds a single value, not fields.")
    place[last] = _number_or_yaml(text)


def _number_or_yaml(text: str) -> Any:
    # YAML 1.1 takes 1e-4 for a string, which nobody means.
    if "e" in text.lower():
        with suppress(ValueError):
            return float(text)
    try:
        value = yaml.safe_load(text)
    except (yaml.YAMLError, ValueError) as error:  # ValueError: a day that no calendar has
        raise RecipeError(f"--set: {text!r} is not a valid value: {error}") from error
    # A path may hold " #", where a comment begins in YAML; in a setting nobody means one.
    bare = isinstance(value, str) and not text.lstrip().startswith(('"', "'"))
    return text.strip() if bare else value


def _explain(error: ValidationError) -> str:
    """The first mistake in words, with the field's place."""
    first, place = error.errors()[0], place_of(error)
    if isinstance(first["input"], dict) and first["type"] == "value_error":
        said = first["msg"].removeprefix("Value error, ")  # of fields that do not go together
        return f"{place}: {said}." if place else f"{said}."
    if first["type"] == "extra_forbidden":
        return f"there is no field {place!r}. `hemoscope train --show-recipe` lists them all."
    return f"{place}: {first['msg']} (it is {first['input']!r})."
