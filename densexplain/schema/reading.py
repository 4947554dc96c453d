"""From decoded JSON to dataclasses; `densexplain.schema` says of which types."""

from __future__ import annotations

from collections.abc import Hashable, Iterable, Iterator, Mapping, Set
from dataclasses import fields, is_dataclass
from enum import StrEnum
from functools import cache
from types import NoneType, UnionType
from typing import Annotated, Any, TypeVar, Union, cast, get_args, get_origin, get_type_hints

from densexplain.errors import EntryKeyError
from densexplain.schema.decoding import LONGEST_SHOWN
from densexplain.schema.values import SCALARS, Reader, RefusalError, refusal

T = TypeVar("T")

MAY_BE_MISSING: Mapping[str, bool] = {"may_be_missing": True}
"""Metadata of a dataclass's field whose entry may be left out; its default then holds."""

SOME_MEMBERS = "some members"
"""``Annotated[Mapping[AnEnum, X], SOME_MEMBERS]`` need not have an entry for each member."""


def read(kind: type[T], value: object, name: str) -> T:
    """Make `kind` of decoded JSON.

    Parameters
    ----------
    kind
        A dataclass, or any other type that the head of `densexplain.schema` lists.
    value
        As `densexplain.schema.decoding.decode` gives it.
    name
        What to call the whole in a refusal.

    Raises
    ------
    EntryKeyError
        If an entry is missing or not known.
    EntryError
        If an entry is of another type or out of bounds. What a dataclass
        itself refuses with, usually an `OptionError`, is passed on.
    """
    try:
        made: T = _reader(cast("Hashable", kind))(value, name)
    except RefusalError as refused:
        place = f" (at `{'.'.join(refused.path)[:LONGEST_SHOWN]}`)" if len(refused.path) > 1 else ""
        raise refused.error_type(refused.sentence + place) from refused
    return made


def to_json(value: object) -> Any:
    """Dataclasses to objects, tuples to arrays; everything else as it is. `read` gives the same value back."""
    if is_dataclass(value):
        return {field.name: to_json(getattr(value, field.name)) for field in fields(value)}
    if isinstance(value, Mapping):
        return {str(key): to_json(item) for key, item in value.items()}
    if isinstance(value, tuple | list):
        return [to_json(item) for item in value]
    return value


def check_keys(entries: Mapping[str, object], expected: Set[str], name: str) -> None:
    """Refuse an object that has not exactly the expected entries.

    Raises
    ------
    EntryKeyError
        If an entry is missing or not known.
    """
    try:
        _check_keys(entries, expected, expected, name)
    except RefusalError as refused:
        raise refused.error_type(refused.sentence) from refused


@cache
def _reader(kind: Any) -> Reader:
    if kind in SCALARS:
        return SCALARS[kind]
    origin, parameters = get_origin(kind), get_args(kind)
    if origin is Annotated:
        return _members_reader(*get_args(parameters[0]), some=SOME_MEMBERS in parameters[1:])
    if origin in (Union, UnionType) and len(parameters) == 2 and NoneType in parameters:
        return _optional_reader(next(one for one in parameters if one is not NoneType))
    if origin is tuple:
        return _array_reader(parameters)
    if origin in (Mapping, dict):
        return _mapping_reader(parameters[1]) if parameters[0] is str else _members_reader(*parameters, some=False)
    if is_dataclass(kind):
        return _object_reader(kind)
    if isinstance(kind, type) and issubclass(kind, StrEnum):
        return _choice_reader(kind)
    raise TypeError(f"expected a type that JSON can be read as; received {kind!r}")


def _choice_reader(kind: type[StrEnum]) -> Reader:
    def read_choice(value: Any, name: str) -> StrEnum:
        member = _member(kind, value)
        if member is None:
            raise refusal(name, f"one of {', '.join(kind)}", value)
        return member

    return read_choice


def _optional_reader(kind: Any) -> Reader:
    reader = _reader(kind)
    return lambda value, name: None if value is None else reader(value, name)


def _array_reader(parameters: tuple[Any, ...]) -> Reader:
    if len(set(parameters) - {Ellipsis}) > 1:
        raise TypeError(f"expected an array whose values have one type; received {parameters}")
    reader = _reader(parameters[0])

    def read_array(value: Any, name: str) -> tuple[Any, ...]:
        if not isinstance(value, list):
            raise refusal(name, "an array", value)
        if Ellipsis not in parameters and len(value) != len(parameters):
            raise refusal(name, f"an array of {len(parameters)}", value)
        return tuple(item for _, item in _items(enumerate(value), reader, name))

    return read_array


def _mapping_reader(kind: Any) -> Reader:
    reader = _reader(kind)

    def read_mapping(value: Any, name: str) -> dict[str, Any]:
        return dict(_items(_object(value, name).items(), reader, name))

    return read_mapping


def _members_reader(names: type[StrEnum], kind: Any, *, some: bool) -> Reader:
    reader, members = _reader(kind), {member.value: member for member in names}

    def read_members(value: Any, name: str) -> dict[StrEnum, Any]:
        entries = _with_current_keys(names, _object(value, name))
        _check_keys(entries, set() if some else members.keys(), members.keys(), name)
        ordered = ((key, entries[key]) for key in members if key in entries)
        return {members[key]: item for key, item in _items(ordered, reader, name)}

    return read_members


def _member(kind: type[StrEnum], value: object) -> StrEnum | None:
    """Give the member with a value, present or former; None if there is none."""
    try:
        return kind(value) if isinstance(value, str) else None
    except ValueError:
        return None


def _with_current_keys(names: type[StrEnum], entries: dict[str, Any]) -> dict[str, Any]:
    """Rename keys that an earlier version wrote; a former key beside its current one stays, and is refused."""
    members = {key: _member(names, key) for key in entries}
    return {
        key if member is None or member.value in entries else member.value: entries[key]
        for key, member in members.items()
    }


def _object_reader(kind: Any) -> Reader:
    hints = get_type_hints(kind, include_extras=True)
    known = [field for field in fields(kind) if field.init]
    lengths = {field.name: _fixed_length(hints[field.name]) for field in known}
    readers = {
        field.name: _reader(hints[field.name])
        if lengths[field.name] is None
        else _array_reader((get_args(hints[field.name])[0], ...))
        for field in known
    }
    needed = {field.name for field in known if not field.metadata.get("may_be_missing")}

    def read_object(value: Any, name: str) -> Any:
        entries, values = _object(value, name), dict[str, Any]()
        _check_keys(entries, needed, readers.keys(), name)
        for key in readers.keys() & entries.keys():
            values |= dict(_items([(key, entries[key])], readers[key], key))
        made = kind(**values)  # first, since it knows better what it lacks than a count of values does
        for key, length in lengths.items():
            if length is not None and key in values and len(values[key]) != length:
                refused = refusal(key, f"an array of {length}", entries[key])
                refused.path.append(key)
                raise refused
        return made

    return read_object


def _fixed_length(hint: Any) -> int | None:
    parameters = get_args(hint)
    return None if get_origin(hint) is not tuple or Ellipsis in parameters else len(parameters)


def _object(value: Any, name: str) -> dict[str, Any]:
    if not isinstance(value, dict):
        raise refusal(name, "an object", value)
    return value


def _items(items: Iterable[tuple[Any, Any]], reader: Reader, name: str) -> Iterator[tuple[Any, Any]]:
    for place, item in items:
        try:
            yield place, reader(item, name)
        except RefusalError as refused:
            refused.path.insert(0, str(place))
            raise


def _check_keys(entries: Mapping[str, object], needed: Set[str], known: Set[str], name: str) -> None:
    missing, unknown = sorted(needed - entries.keys()), sorted(entries.keys() - known)
    if missing:
        raise RefusalError(f"expected `{name}` to have the entry {missing[0]!r}; it is missing", EntryKeyError)
    if unknown:
        shown = unknown[0][:LONGEST_SHOWN]
        raise RefusalError(f"expected `{name}` to have known entries only; received {shown!r}", EntryKeyError)
