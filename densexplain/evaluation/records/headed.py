"""Records of figures as JSON: version of the layout and provenance first, then each entry of a dataclass."""

from __future__ import annotations

from typing import Any, TypeVar

from densexplain import schema
from densexplain.errors import RecordedEvaluationError
from densexplain.provenance import provenance

T = TypeVar("T")


def headed_to_json(record: object, format_version: int) -> dict[str, Any]:
    """The entries of a record; `headed_from_json` gives the same record back."""
    return {"format_version": format_version, **provenance(), **schema.to_json(record)}


def headed_from_json(kind: type[T], entries: object, format_version: int, name: str) -> T:
    """Check the entries of a record and make `kind` of them; none is ignored.

    Parameters
    ----------
    kind
        The dataclass that the record holds.
    entries
        As `densexplain.schema.decode` gives them.
    format_version
        Version of the layout; earlier ones are read too, as far as `kind` lets entries be missing.
    name
        What is recorded, for the message.

    Raises
    ------
    EntryError
        If an entry is missing, not known, or of a wrong type.
    RecordedEvaluationError
        If the layout has a later version.
    """
    given = dict(schema.read(dict[str, Any], entries, name))
    version = schema.read(int, given.pop("format_version", None), "format_version")
    if not 1 <= version <= format_version:
        raise RecordedEvaluationError(
            f"expected {name} of version {format_version}; received version {version}, which needs another densexplain"
        )
    schema.read(str, given.pop("notice", None), "notice")
    schema.read(str, given.pop("densexplain_version", ""), "densexplain_version")  # not in older records
    return schema.read(kind, given, name)
