from __future__ import annotations

import json
import subprocess
import sys
from collections.abc import Callable
from pathlib import Path
from typing import Any

import pytest

from densexplain.classifier.model_sets.manifest import (
    FORMAT_VERSION,
    MANIFEST_FILE,
    CalibrationRecord,
    FamiliarityRecord,
    check_name,
    manifest_from_json,
    manifest_to_json,
    read_manifest,
)
from densexplain.errors import ManifestError, ManifestKeyError, ManifestVersionError, OptionError
from densexplain.vocabulary import ResizeMode


def _entries(folder: Path) -> dict[str, Any]:
    return json.loads((folder / MANIFEST_FILE).read_text())


def test_a_manifest_reads_back_as_written(tiny_folder: Path) -> None:
    manifest = read_manifest(tiny_folder)
    assert manifest_from_json(json.loads(json.dumps(manifest_to_json(manifest)))) == manifest
    assert manifest.title == "Tiny"
    assert manifest.architecture.blocks == (2, 2, 2, 2)
    assert manifest.architecture_name == "tiny"
    assert manifest.specification.mean == (0.4, 0.45, 0.5)
    assert manifest.specification.resize is ResizeMode.STRETCH
    assert manifest.training == {"epochs": 2}
    assert manifest.tensors["conv1_conv/kernel"].shape == (7, 7, 3, 16)
    assert manifest.tensors["conv1_conv/kernel"].dtype == "float16"


def test_reading_imports_neither_keras_nor_tensorflow(tiny_folder: Path) -> None:
    code = (
        "import sys; from pathlib import Path; "
        "from densexplain.classifier.model_sets.catalogue import installed_model_sets;"
        f"found = installed_model_sets((Path({str(tiny_folder.parent)!r}),));"
        "assert [entry.problem for entry in found] == [None], found;"
        "assert not {'keras', 'tensorflow', 'streamlit'} & sys.modules.keys()"
    )
    subprocess.run([sys.executable, "-c", code], check=True, env={"PYTHONPATH": str(Path(__file__).parents[4])})


def _set(*path: str, value: object) -> Callable[[dict[str, Any]], None]:
    def change(entries: dict[str, Any]) -> None:
        for key in path[:-1]:
            entries = entries[key]
        entries[path[-1]] = value

    return change


def _drop(*path: str) -> Callable[[dict[str, Any]], None]:
    def change(entries: dict[str, Any]) -> None:
        for key in path[:-1]:
            entries = entries[key]
        del entries[path[-1]]

    return change


@pytest.mark.parametrize(
    ("change", "error", "sentence"),
    [
        (_set("format_version", value=5), ManifestVersionError, "received version 5, which needs a newer densexplain"),
        (_set("format_version", value=0), ManifestError, "received version 0"),
        (_drop("format_version"), ManifestError, "expected `format_version` to be a whole number; received 'None'"),
        (_set("pickle", value="x"), ManifestKeyError, "known entries only; received 'pickle'"),
        (_drop("threshold"), ManifestKeyError, "to have the entry 'threshold'; it is missing"),
        (_set("architecture", "code", value="x"), ManifestKeyError, "`architecture` to have known entries only"),
        (_drop("golden", "logit"), ManifestKeyError, "the entry 'logit'"),
        (_set("specification", "resize", value="zoom"), ManifestError, "one of stretch, pad; received 'zoom'"),
        (_set("threshold", value="0.5"), ManifestError, "expected `threshold` to be a number"),
        (_set("threshold", value=True), ManifestError, "expected `threshold` to be a number"),
        (_set("threshold", value=1.5), ManifestError, "between 0 and 1; received 1.5"),
        (_set("title", value=3), ManifestError, "expected `title` to be text; received '3'"),
        (_set("name", value="../../etc"), ManifestError, "letters, digits, - and _; received '../../etc'"),
        (_set("weights_bytes", value=1.5), ManifestError, "expected `weights_bytes` to be a whole number"),
        (_set("weights_bytes", value=0), ManifestError, "must be positive"),
        (_set("activation_map_limit_logits", value=0), ManifestError, "must be positive"),
        (_set("weights_sha256", value="abc"), ManifestError, "64 hexadecimal digits; received 'abc'"),
        (_set("architecture", "blocks", value=[1, 2, 3]), ManifestError, "four dense blocks"),
        (_set("architecture", "blocks", value=[10**9] * 4), ManifestError, "four dense blocks"),
        (_set("specification", "size_px", value=8), ManifestError, "between 32 and 2048; received 8"),
        (_set("specification", "mean", value=[0.1]), ManifestError, "three values"),
        (_set("specification", "mean", value=0.1), ManifestError, "expected `mean` to be an array"),
        (_set("tensors", value=[]), ManifestError, "expected `tensors` to be an object"),
        (_set("tensors", "bn/beta", value={"shape": [3], "dtype": "object"}), ManifestError, "received object"),
        (_set("training", value="long"), ManifestError, "expected `training` to be an object"),
    ],
)
def test_wrong_entries_are_refused(
    tiny_folder: Path, change: Callable[[dict[str, Any]], None], error: type[ManifestError], sentence: str
) -> None:
    entries = _entries(tiny_folder)
    change(entries)
    (tiny_folder / MANIFEST_FILE).write_text(json.dumps(entries))
    with pytest.raises(error, match=sentence.replace("(", r"\(")) as refusal:
        read_manifest(tiny_folder)
    assert refusal.type is error


@pytest.mark.parametrize(
    ("content", "sentence"),
    [
        (b"", "to be JSON"),
        (b"{", "to be JSON"),
        (b"\xff\xfe", "to be JSON"),
        (b"[]", "to hold an object; received list"),
        (b"[" * 100_000, "to be JSON"),
        (b'{"threshold": NaN}', "NaN is not a number"),
        (b" " * (4 * 1024 * 1024 + 1), "at most 4194304 bytes"),
    ],
)
def test_content_that_is_no_manifest_is_refused(tmp_path: Path, content: bytes, sentence: str) -> None:
    (tmp_path / MANIFEST_FILE).write_bytes(content)
    with pytest.raises(ManifestError, match=sentence):
        read_manifest(tmp_path)


def test_a_missing_manifest_is_refused(tmp_path: Path) -> None:
    with pytest.raises(ManifestError, match=r"model\.json in the model set .* cannot be read: No such file"):
        read_manifest(tmp_path)


@pytest.mark.parametrize("name", ["knee", "knee-2", "Wrist_v1.2", "a" * 64])
def test_good_names(name: str) -> None:
    check_name(name)


@pytest.mark.parametrize("name", ["", ".", "..", "../x", "a/b", "a\\b", ".hidden", "a..b", "a b", "a\n", "a" * 65, "é"])
def test_names_that_could_lead_elsewhere_are_refused(name: str) -> None:
    with pytest.raises(OptionError, match="letters, digits, - and _"):
        check_name(name)


def test_version_1_is_read_as_having_neither_calibration_nor_familiarity(tiny_folder: Path) -> None:
    entries = _entries(tiny_folder)
    del entries["calibration"], entries["familiarity"]
    with pytest.raises(ManifestKeyError, match="calibration"):
        manifest_from_json(entries)
    manifest = manifest_from_json(entries | {"format_version": 1})
    assert (manifest.calibration, manifest.familiarity) == (None, None)
    assert manifest.format_version == FORMAT_VERSION


_CALIBRATION = {"temperature": 1.5, "split": "valid", "images": 9, "loss_before": 0.5, "loss_after": 0.4}
_FAMILIARITY = {
    "file_sha256": "ab",
    "file_bytes": 3,
    "images": 7,
    "quantiles": {"0.95": 2.0},
    "warn_above": 2.0,
    "withhold_above": 3.0,
}


def test_calibration_and_familiarity_read_back_as_written(tiny_folder: Path) -> None:
    manifest = manifest_from_json(_entries(tiny_folder) | {"calibration": _CALIBRATION, "familiarity": _FAMILIARITY})
    assert manifest.calibration == CalibrationRecord(1.5, "valid", 9, 0.5, 0.4)
    assert manifest.familiarity == FamiliarityRecord("ab", 3, 7, {"0.95": 2.0}, 2.0, 3.0)
    assert manifest_from_json(json.loads(json.dumps(manifest_to_json(manifest)))) == manifest


@pytest.mark.parametrize(
    ("entry", "sentence"),
    [
        ({"calibration": _CALIBRATION | {"temperature": 0}}, "`temperature` must be positive"),
        ({"calibration": {}}, "entry 'images'"),
        ({"familiarity": _FAMILIARITY | {"warn_above": 4.0}}, "at most `withhold_above`"),
        ({"familiarity": _FAMILIARITY | {"quantiles": {"0.95": "far"}}}, "`quantiles` to be a number"),
    ],
)
def test_impossible_fits_are_refused(tiny_folder: Path, entry: dict[str, Any], sentence: str) -> None:
    with pytest.raises(ManifestError, match=sentence):
        manifest_from_json(_entries(tiny_folder) | entry)


@pytest.mark.parametrize(
    ("old", "new"),
    [
        ('"threshold": 0.4', '"threshold": 1' + "0" * 400),
        ('"threshold": 0.4', '"threshold": 1e400'),
        ('"threshold": 0.4', '"threshold": 0.4, "threshold": 0.6'),
        ('"threshold": 0.4', '"threshold": ' + "[" * 500 + "]" * 500),
        ('"title": "Tiny"', r'"title": "\ud800"'),
        ('"epochs": 2', '"epochs": 2, "loss": NaN'),
        ('"epochs": 2', '"epochs": 2' + "0" * 400),
    ],
)
def test_hostile_entries_are_refused(tiny_folder: Path, old: str, new: str) -> None:
    path = tiny_folder / MANIFEST_FILE
    assert old in path.read_text()
    path.write_text(path.read_text().replace(old, new))
    with pytest.raises(ManifestError) as refusal:
        read_manifest(tiny_folder)
    assert "\n" not in str(refusal.value)
    assert len(str(refusal.value).encode()) < 300


def test_a_number_of_400_digits_is_refused_by_whoever_reads_the_entries(tiny_folder: Path) -> None:
    for key in ("threshold", "weights_bytes", "format_version"):
        with pytest.raises(ManifestError, match=f"expected `{key}` to be"):
            manifest_from_json(_entries(tiny_folder) | {key: 10**400})


def test_quantiles_are_named_by_shares(tiny_folder: Path) -> None:
    entry = {"familiarity": _FAMILIARITY | {"quantiles": {"far": 2.0}}}
    with pytest.raises(ManifestError, match=r"shares in \[0, 1\]; received 'far'"):
        manifest_from_json(_entries(tiny_folder) | entry)
