"""Single values of a JSON file, each of its type or refused by name."""

from __future__ import annotations

import math
from collections.abc import Callable, Mapping
from typing import Any

from densexplain.errors import EntryError
from densexplain.schema.decoding import LONGEST_SHOWN, WHOLE_NUMBERS

Reader = Callable[[Any, str], Any]
"""From a decoded value, and what to call it in a refusal, to what it is read as."""


class RefusalError(Exception):
    """A refusal on its way out, which learns on the way where in the file it was."""

    def __init__(self, sentence: str, error_type: type[EntryError] = EntryError) -> None:
        super().__init__(sentence)
        self.sentence, self.error_type, self.path = sentence, error_type, list[str]()


def refusal(name: str, expected: str, value: object) -> RefusalError:
    """Say what a value was expected to be, and what was received."""
    try:
        received = repr(str(value)[:LONGEST_SHOWN])
    except (ValueError, RecursionError):  # thousands of digits, or of brackets
        received = "something that is too long to show"
    return RefusalError(f"expected `{name}` to be {expected}; received {received}")


def _text(value: Any, name: str) -> str:
    if not isinstance(value, str):
        raise refusal(name, "text", value)
    return value


def _truth(value: Any, name: str) -> bool:
    if not isinstance(value, bool):
        raise refusal(name, "true or false", value)
    return value


def _whole_number(value: Any, name: str) -> int:
    if not isinstance(value, int) or isinstance(value, bool) or value not in WHOLE_NUMBERS:
        raise refusal(name, "a whole number", value)
    return value


def _number(value: Any, name: str) -> float:
    is_number = isinstance(value, float) and math.isfinite(value)
    if not is_number and (not isinstance(value, int) or isinstance(value, bool) or value not in WHOLE_NUMBERS):
        raise refusal(name, "a number", value)
    return float(value)


SCALARS: Mapping[Any, Reader] = {
    str: _text,
    bool: _truth,
    int: _whole_number,
    float: _number,
    Any: lambda value, _name: value,
}
"""What reads each type that is no container; ``Any`` is what it is."""
