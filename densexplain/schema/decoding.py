"""From the bytes of a JSON file to values that can be computed with and written again."""

from __future__ import annotations

import json
import math
from typing import Any

from densexplain.errors import EntryError

WHOLE_NUMBERS = range(-(2**63), 2**63)
"""Those that are read; a float holds each of them, if not exactly."""

LONGEST_SHOWN = 80
"""Letters of what was received that a refusal repeats."""

_MOST_DEPTH = 64


def decode(content: bytes) -> Any:
    """Values of a JSON file; text, numbers, lists, None and dicts that can be written as JSON again.

    Parameters
    ----------
    content
        The whole file; UTF-8, or UTF-16 or -32 with a byte order mark.

    Raises
    ------
    EntryError
        If it is not JSON, nested more than 64 deep, has a name twice in one
        object, a number that is infinite, NaN or of more than 64 bits, or text
        with half a surrogate pair. The sentence is a clause to go on with, and
        does not name the file.
    """
    try:
        value = json.loads(content, object_pairs_hook=_object_of_pairs)
    except RecursionError as error:
        raise EntryError(f"received something nested more than {_MOST_DEPTH} deep") from error
    except EntryError:
        raise
    except ValueError as error:
        raise EntryError(f"received something else: {error}") from error
    _check_bounds(value, "value", 0)
    return value


def _object_of_pairs(pairs: list[tuple[str, Any]]) -> dict[str, Any]:
    entries = dict(pairs)
    if len(entries) < len(pairs):
        names = [name for name, _ in pairs]
        again = max(names, key=names.count)[:LONGEST_SHOWN]
        raise EntryError(f"received the entry {again!r} more than once in one object")
    return entries


def _check_bounds(value: Any, name: str, depth: int) -> None:
    if depth > _MOST_DEPTH:
        raise EntryError(f"received something nested more than {_MOST_DEPTH} deep")
    if isinstance(value, str):
        _check_text(value, name)
    elif isinstance(value, float) and not math.isfinite(value):
        shown = "NaN" if math.isnan(value) else "infinity"
        raise EntryError(f"expected `{name}` to be a number; {shown} is not a number that JSON has")
    elif isinstance(value, int) and value not in WHOLE_NUMBERS:
        raise EntryError(f"expected `{name}` to be a number of at most 64 bits; received one of {value.bit_length()}")
    elif isinstance(value, list):
        for item in value:
            _check_bounds(item, name, depth + 1)
    elif isinstance(value, dict):
        for key, item in value.items():
            _check_text(key, "name of an entry")
            _check_bounds(item, key[:LONGEST_SHOWN], depth + 1)


def _check_text(text: str, name: str) -> None:
    if not text.isascii():
        try:
            text.encode()
        except UnicodeEncodeError as error:
            raise EntryError(f"expected `{name}` to be text; received half a surrogate pair in it") from error
