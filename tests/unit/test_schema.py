"""JSON is read as a dataclass says, and whatever is not so is one sentence that names the entry."""

from __future__ import annotations

import json
from collections.abc import Mapping
from dataclasses import dataclass, field
from typing import Annotated, Any

import pytest

from densexplain import schema
from densexplain.errors import EntryError, EntryKeyError, OptionError
from densexplain.vocabulary import Finding, MapMeasure, Region, Split


@dataclass(frozen=True)
class _Inner:
    loss: float
    pair: tuple[int, int]

    def __post_init__(self) -> None:
        if self.loss < 0:
            raise OptionError(f"`loss` must be positive; received {self.loss}")


@dataclass(frozen=True)
class _Outer:
    name: str
    count: int
    known: bool
    finding: Finding
    inner: _Inner | None
    sizes: tuple[int, ...]
    figures: Mapping[str, float]
    by_finding: Mapping[Finding, _Inner]
    by_split: Annotated[Mapping[Split, float], schema.SOME_MEMBERS]
    free: Mapping[str, Any]
    remark: str = field(default="none", metadata=schema.MAY_BE_MISSING)


_INNER = {"loss": 1, "pair": [3, 4]}
_GOOD: dict[str, Any] = {
    "name": "knie",
    "count": 2,
    "known": True,
    "finding": "abnormal",
    "inner": _INNER,
    "sizes": [],
    "figures": {"kappa": 0.5},
    "by_finding": {"abnormal": _INNER, "normal": {"loss": 0.5, "pair": [0, 0]}},
    "by_split": {"valid": 1},
    "free": {"seeds": [1, None]},
}


def _decoded(entries: object) -> Any:
    return schema.decode(json.dumps(entries).encode())


def test_every_type_is_read_and_reads_back_as_written() -> None:
    outer = schema.read(_Outer, _decoded(_GOOD), "file")
    assert outer == _Outer(
        "knie",
        2,
        True,
        Finding.ABNORMAL,
        _Inner(1.0, (3, 4)),
        (),
        {"kappa": 0.5},
        {Finding.NORMAL: _Inner(0.5, (0, 0)), Finding.ABNORMAL: _Inner(1.0, (3, 4))},
        {Split.VALID: 1.0},
        {"seeds": [1, None]},
    )
    assert isinstance(outer.by_split[Split.VALID], float)
    assert list(outer.by_finding) == [Finding.NORMAL, Finding.ABNORMAL]
    assert schema.read(_Outer, _decoded(schema.to_json(outer)), "file") == outer
    assert schema.read(_Outer, _decoded(_GOOD | {"inner": None, "remark": "x"}), "file").remark == "x"


@pytest.mark.parametrize(
    ("change", "sentence"),
    [
        ({"name": 3}, "expected `name` to be text; received '3'"),
        ({"count": 2.0}, "expected `count` to be a whole number; received '2.0'"),
        ({"count": True}, "expected `count` to be a whole number; received 'True'"),
        ({"known": 1}, "expected `known` to be true or false; received '1'"),
        ({"finding": "doubtful"}, "expected `finding` to be one of normal, abnormal; received 'doubtful'"),
        ({"finding": ["normal"]}, "expected `finding` to be one of normal, abnormal; received \"['normal']\""),
        ({"inner": []}, "expected `inner` to be an object; received '[]'"),
        ({"inner": {"loss": "1", "pair": [1, 2]}}, "expected `loss` to be a number; received '1' (at `inner.loss`)"),
        ({"inner": {"loss": 1, "pair": [1]}}, "expected `pair` to be an array of 2; received '[1]' (at `inner.pair`)"),
        ({"sizes": [1, "2"]}, "expected `sizes` to be a whole number; received '2' (at `sizes.1`)"),
        ({"sizes": {}}, "expected `sizes` to be an array; received '{}'"),
        ({"figures": {"kappa": None}}, "expected `figures` to be a number; received 'None' (at `figures.kappa`)"),
        ({"free": 1}, "expected `free` to be an object; received '1'"),
        ({"name": "x" * 500, "count": "y" * 500}, f"expected `count` to be a whole number; received {'y' * 80!r}"),
    ],
)
def test_a_wrong_type_is_named(change: dict[str, Any], sentence: str) -> None:
    with pytest.raises(EntryError) as refusal:
        schema.read(_Outer, _decoded(_GOOD | change), "file")
    assert str(refusal.value) == sentence
    assert refusal.type is EntryError


@pytest.mark.parametrize(
    ("entries", "sentence"),
    [
        ({}, "expected `file` to have the entry 'by_finding'; it is missing"),
        (_GOOD | {"code": 1}, "expected `file` to have known entries only; received 'code'"),
        (
            _GOOD | {"by_finding": {"normal": _INNER}},
            "expected `by_finding` to have the entry 'abnormal'; it is missing",
        ),
        (_GOOD | {"by_split": {"test": 1}}, "expected `by_split` to have known entries only; received 'test'"),
    ],
)
def test_missing_and_unknown_entries_are_named(entries: dict[str, Any], sentence: str) -> None:
    with pytest.raises(EntryKeyError) as refusal:
        schema.read(_Outer, entries, "file")
    assert str(refusal.value) == sentence


def test_what_a_dataclass_refuses_is_passed_on() -> None:
    with pytest.raises(OptionError, match="`loss` must be positive"):
        schema.read(_Outer, _GOOD | {"inner": _INNER | {"loss": -1}}, "file")


@pytest.mark.parametrize("number", [10**400, -(10**400), 10**5000, 2**63, float("inf"), float("nan")], ids=range(6))
@pytest.mark.parametrize("kind", [int, float])
def test_a_number_that_cannot_be_computed_with_is_refused(kind: type, number: float) -> None:
    with pytest.raises(EntryError, match="expected `x` to be"):
        schema.read(kind, number, "x")


HOSTILE = {
    "400 digits": (b'{"a": 1' + b"0" * 400 + b"}", "`a` to be a number of at most 64 bits"),
    "5000 digits": (b'{"a": 1' + b"0" * 5000 + b"}", "received something else"),
    "exponent": (b'{"a": [1e400]}', "`a` to be a number; infinity is not a number"),
    "NaN": (b'{"a": {"b": NaN}}', "`b` to be a number; NaN is not a number"),
    "deep": (b"[" * 100 + b"]" * 100, "more than 64 deep"),
    "very deep": (b"[" * 100_000, "more than 64 deep"),
    "twice": (b'{"a": {"b": 1, "b": 2}}', "'b' more than once"),
    "half a surrogate pair": (rb'{"a": "\ud800"}', "`a` to be text; received half a surrogate pair"),
    "half a surrogate pair as a name": (rb'{"\udfff": 1}', "`name of an entry` to be text"),
    "half a surrogate pair, encoded": (b'{"a": "\xed\xa0\x80"}', "half a surrogate pair"),
    "cut": (b'{"a": ', "received something else"),
    "empty": (b"", "received something else"),
    "no text": (b"\xff\xff\xff", "received something else"),
}


@pytest.mark.parametrize("name", HOSTILE)
def test_content_that_is_bounded(name: str) -> None:
    content, sentence = HOSTILE[name]
    with pytest.raises(EntryError, match=sentence) as refusal:
        schema.decode(content)
    assert "\n" not in str(refusal.value)
    str(refusal.value).encode()


@pytest.mark.parametrize("encoding", ["utf-8", "utf-8-sig", "utf-16", "utf-32"])
def test_what_editors_write_is_read(encoding: str) -> None:
    assert schema.decode('{"name": "Handgelenk, 70\u00a0kV"}'.encode(encoding)) == {"name": "Handgelenk, 70\u00a0kV"}


@pytest.mark.parametrize("kind", [list[int], int | str, tuple[int, str], object])
def test_types_without_a_meaning_in_json_are_an_error_of_the_programmer(kind: Any) -> None:
    with pytest.raises(TypeError, match="expected"):
        schema.read(kind, [], "x")


def test_former_values_of_members_are_read_as_their_current_ones() -> None:
    assert schema.read(Region, "finding", "kind") is Region.ABNORMALITY
    kind = Annotated[Mapping[MapMeasure, float], schema.SOME_MEMBERS]
    now, former = str(MapMeasure.EVIDENCE_INSIDE), "evidence inside the finding"
    assert schema.read(kind, {former: 1.0}, "measures") == {MapMeasure.EVIDENCE_INSIDE: 1.0}
    with pytest.raises(EntryKeyError, match="received 'evidence inside the finding'"):
        schema.read(kind, {former: 1.0, now: 2.0}, "measures")
