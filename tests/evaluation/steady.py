"""Small helpers of the tests."""

from typing import TypeVar

from hypothesis import settings

T = TypeVar("T")

steady = settings(deadline=None, max_examples=50)  # a busy machine is no failure


def known(value: T | None) -> T:
    """The value, which must be there."""
    assert value is not None
    return value
