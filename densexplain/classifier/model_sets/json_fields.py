"""Entries of a manifest, each of the type it should have or refused by name."""

from __future__ import annotations

import math
from collections.abc import Mapping
from dataclasses import fields, is_dataclass
from typing import Any

from densexplain.errors import ManifestError, ManifestKeyError


def to_json(value: object) -> Any:
    """Dataclasses to objects, tuples to arrays; everything else as it is."""
    if is_dataclass(value):
        return {field.name: to_json(getattr(value, field.name)) for field in fields(value)}
    if isinstance(value, Mapping):
        return {str(key): to_json(item) for key, item in value.items()}
    if isinstance(value, tuple | list):
        return [to_json(item) for item in value]
    return value


def check_keys(entries: Mapping[str, object], expected: set[str], where: str) -> None:
    """Refuse missing and unknown entries.

    Raises
    ------
    ManifestKeyError
        If the keys are not exactly `expected`.
    """
    missing, unknown = sorted(expected - entries.keys()), sorted(entries.keys() - expected)
    if missing:
        raise ManifestKeyError(f"expected {where} to have the entry {missing[0]!r}; it is missing")
    if unknown:
        raise ManifestKeyError(f"expected {where} to have known entries only; received {unknown[0][:80]!r}")


def table(value: object, key: str, expected: set[str]) -> Mapping[str, Any]:
    """An object with exactly the expected keys.

    Raises
    ------
    ManifestError
        If it is no object.
    ManifestKeyError
        If the keys are not exactly `expected`.
    """
    entries = mapping(value, key)
    check_keys(entries, expected, f"`{key}`")
    return entries


def mapping(value: object, key: str) -> Mapping[str, Any]:
    """An object of any keys; ManifestError otherwise."""
    if not isinstance(value, dict):
        raise _refusal(key, "an object", value)
    return value


def array(value: object, key: str) -> list[Any]:
    """An array; ManifestError otherwise."""
    if not isinstance(value, list):
        raise _refusal(key, "an array", value)
    return value


def text(value: object, key: str) -> str:
    """A string; ManifestError otherwise."""
    if not isinstance(value, str):
        raise _refusal(key, "text", value)
    return value


def integer(value: object, key: str) -> int:
    """A whole number; ManifestError otherwise."""
    if not isinstance(value, int) or isinstance(value, bool):
        raise _refusal(key, "a whole number", value)
    return value


def number(value: object, key: str) -> float:
    """A finite number; ManifestError otherwise."""
    if not isinstance(value, int | float) or isinstance(value, bool) or not math.isfinite(value):
        raise _refusal(key, "a number", value)
    return float(value)


def _refusal(key: str, expected: str, value: object) -> ManifestError:
    return ManifestError(f"expected `{key}` to be {expected}; received {str(value)[:80]!r}")
