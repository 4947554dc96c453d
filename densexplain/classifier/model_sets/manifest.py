"""The manifest of a model set: all that is needed to repeat a prediction.

``model.json`` stands beside ``weights.safetensors``. Reading one imports
neither Keras nor TensorFlow, so a list of model sets costs nothing.
"""

from __future__ import annotations

import json
import re
from collections.abc import Mapping
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any

from densexplain import schema
from densexplain.classifier.heads import Head, one_unit
from densexplain.classifier.model_sets.manifest_parts import (
    CalibrationRecord,
    FamiliarityRecord,
    GoldenRecord,
    ProbedStage,
    ProbesRecord,
    TensorDescription,
)
from densexplain.classifier.wiring.network import Network
from densexplain.classifier.wiring.registry import FAMILIES, Parameters, architecture_name, family_of
from densexplain.errors import (
    EntryError,
    EntryKeyError,
    ManifestError,
    ManifestKeyError,
    ManifestVersionError,
    OptionError,
    ShapeError,
)
from densexplain.files import write_atomically
from densexplain.radiograph.preprocessing import InputSpecification

__all__ = [
    "CARD_FILE",
    "FORMAT_VERSION",
    "MANIFEST_FILE",
    "WEIGHTS_FILE",
    "CalibrationRecord",
    "FamiliarityRecord",
    "GoldenRecord",
    "Manifest",
    "ProbedStage",
    "ProbesRecord",
    "TensorDescription",
    "check_name",
    "manifest_from_json",
    "manifest_to_json",
    "read_manifest",
    "write_manifest",
]

MANIFEST_FILE = "model.json"
WEIGHTS_FILE = "weights.safetensors"
CARD_FILE = "README.md"
FORMAT_VERSION = 4
"""Newest version of the manifest that this software reads and writes; a newer one is refused.

Version 1 had neither `calibration` nor `familiarity`; it is read as having none.
Version 2 knew DenseNets with one sigmoid unit alone; what can be said in it is
written in it, so that older software reads what it can use. Version 3 names the
family of the network and the classes of its head. Version 4 may have probes.
"""

_FIRST_FAMILY = "densenet"
_ONE_UNIT_VERSION, _WITHOUT_PROBES_VERSION = 2, 3

_MOST_MANIFEST_BYTES = 4 * 1024 * 1024
_NAME = re.compile(r"[A-Za-z0-9][A-Za-z0-9_-]{0,63}(\.[A-Za-z0-9_-]{1,16}){0,3}")
_SHA256 = re.compile(r"[0-9a-f]{64}")
_NUMBER_FORMATS = ("float16", "float32")


@dataclass(frozen=True, kw_only=True)
class Manifest:
    """One model set; the fields are the entries of ``model.json``, in its order.

    Parameters
    ----------
    name
        Folder name: letters, digits, ``-``, ``_`` and inner dots.
    title, version
        What a reader sees.
    purpose, not_for
        One sentence each: what the model set is meant for and what not.
    architecture
        Parameters of a family of networks; the layers themselves are code, never data.
    specification
        How a crop becomes the network's input.
    threshold
        Probability above which a finding is abnormal, in (0, 1); of several
        classes that of the first which is not normal.
    weights_sha256, weights_bytes
        Hash and size of ``weights.safetensors``.
    tensors
        Name (``layer/variable``) to shape and number format.
    golden
        Reference input and its logit and probability.
    activation_map_limit_logits
        Ends of the absolute colour scale are minus and plus this, in logits
        per cell of the class activation map; > 0.
    training, evaluation, software
        Free entries: how it was trained, what was measured, versions.
    calibration, familiarity
        What was fitted on labelled and on training radiographs; None where
        nothing was.
    probes
        What linear probes of the stages reach; None where none were fitted.
    head
        Classes and thresholds; None for one sigmoid unit. See `full_head`.
    format_version
        Version of this layout.

    Raises
    ------
    OptionError
        If the name, threshold, hash, byte count or limit is out of range.
    """

    format_version: int = FORMAT_VERSION
    name: str
    title: str
    version: str
    purpose: str
    not_for: str
    architecture: Parameters
    specification: InputSpecification
    threshold: float
    activation_map_limit_logits: float
    weights_sha256: str
    weights_bytes: int
    golden: GoldenRecord
    evaluation: Mapping[str, Any] = field(default_factory=dict)
    calibration: CalibrationRecord | None = None
    familiarity: FamiliarityRecord | None = None
    training: Mapping[str, Any] = field(default_factory=dict)
    software: Mapping[str, Any] = field(default_factory=dict)
    tensors: Mapping[str, TensorDescription]
    head: Head | None = field(default=None, metadata=schema.MAY_BE_MISSING)
    probes: ProbesRecord | None = field(default=None, metadata=schema.MAY_BE_MISSING)

    def __post_init__(self) -> None:
        check_name(self.name)
        if not 0 < self.threshold < 1:
            raise OptionError(f"`threshold` must lie between 0 and 1; received {self.threshold}")
        if not _SHA256.fullmatch(self.weights_sha256):
            raise OptionError(f"`weights_sha256` must be 64 hexadecimal digits; received {self.weights_sha256[:80]!r}")
        if self.weights_bytes < 1 or not self.activation_map_limit_logits > 0:
            raise OptionError(
                "`weights_bytes` and `activation_map_limit_logits` must be positive; "
                f"received {self.weights_bytes} and {self.activation_map_limit_logits}"
            )
        for name, tensor in self.tensors.items():
            if tensor.dtype not in _NUMBER_FORMATS:
                raise OptionError(f"tensor {name} must be float16 or float32; received {tensor.dtype}")

    @property
    def architecture_name(self) -> str:
        """For a reader, for example ``densenet169``."""
        own = next(iter(schema.to_json(self.architecture).values()))
        return architecture_name(self.architecture) or f"{family_of(self.architecture).name} {tuple(own)}"

    @property
    def full_head(self) -> Head:
        """Classes, their thresholds, and what makes probabilities of their logits."""
        return self.head or one_unit(self.threshold)

    @property
    def network(self) -> Network:
        """The network but for its weights."""
        return Network(self.architecture, self.full_head, self.specification.size_px)


def check_name(name: str) -> None:
    """Refuse a model set's name that could lead out of its folder.

    Raises
    ------
    OptionError
        If it has anything but letters, digits, ``-``, ``_`` and inner dots, or over 64 characters.
    """
    if not _NAME.fullmatch(name):
        raise OptionError(f"a model set's name consists of letters, digits, - and _; received {name[:80]!r}")


def read_manifest(folder: Path) -> Manifest:
    """Read ``model.json`` of a model set's folder; every entry is checked, none is ignored.

    Raises
    ------
    ManifestError
        If it is missing, not JSON, oversized, or an entry has a wrong type or value.
    ManifestKeyError
        If an entry is missing or not known.
    ManifestVersionError
        If a newer version of this software wrote it.
    """
    path = folder / MANIFEST_FILE
    try:
        with path.open("rb") as file:
            content = file.read(_MOST_MANIFEST_BYTES + 1)
    except OSError as error:
        raise ManifestError(
            f"expected {MANIFEST_FILE} in the model set {folder.name}; it cannot be read: {error.strerror}"
        ) from error
    if len(content) > _MOST_MANIFEST_BYTES:
        raise ManifestError(
            f"expected {MANIFEST_FILE} of {folder.name} to have at most {_MOST_MANIFEST_BYTES} bytes; it has more"
        )
    try:
        entries = schema.decode(content)
    except EntryError as error:
        raise ManifestError(f"expected {MANIFEST_FILE} of {folder.name} to be JSON; {error}") from error
    return manifest_from_json(entries)


def write_manifest(folder: Path, manifest: Manifest) -> None:
    """Write ``model.json`` so that it is there whole or not at all.

    Raises
    ------
    OSError
        If the folder does not exist or the disk is full.
    """
    content = json.dumps(manifest_to_json(manifest), indent=2, ensure_ascii=False, allow_nan=False) + "\n"
    write_atomically(folder / MANIFEST_FILE, content.encode("utf-8"))


def manifest_to_json(manifest: Manifest) -> dict[str, Any]:
    """The entries of ``model.json``; `manifest_from_json` gives the same manifest back."""
    entries, family = dict(schema.to_json(manifest)), family_of(manifest.architecture).name
    if manifest.probes is None:
        del entries["probes"]
        entries["format_version"] = _WITHOUT_PROBES_VERSION
    if manifest.head is None:
        del entries["head"]
        if family == _FIRST_FAMILY:
            return entries | ({"format_version": _ONE_UNIT_VERSION} if manifest.probes is None else {})
    return entries | {"architecture": {"family": family, **entries["architecture"]}}


def manifest_from_json(entries: object) -> Manifest:
    """Check the entries of ``model.json`` and make a manifest of them.

    Raises
    ------
    ManifestError
        If an entry has a wrong type or value.
    ManifestKeyError
        If an entry is missing or not known.
    ManifestVersionError
        If a newer version of this software wrote it.
    """
    if not isinstance(entries, dict):
        raise ManifestError(f"expected {MANIFEST_FILE} to hold an object; received {type(entries).__name__}")
    try:
        version = schema.read(int, entries.get("format_version"), "format_version")
        if version > FORMAT_VERSION:
            raise ManifestVersionError(
                f"expected a manifest of version {FORMAT_VERSION}; received version {version}, "
                "which needs a newer densexplain"
            )
        if version < 1:
            raise ManifestError(f"expected a manifest of version 1 to {FORMAT_VERSION}; received version {version}")
        if version < 2:
            entries = {**dict.fromkeys(_SINCE_VERSION_2), **entries}
        made = {"format_version": FORMAT_VERSION}
        if "architecture" in entries:
            made["architecture"] = _read_architecture(entries["architecture"])
        return schema.read(Manifest, entries | made, MANIFEST_FILE)
    except EntryKeyError as error:
        raise ManifestKeyError(str(error)) from error
    except EntryError as error:
        raise ManifestError(str(error)) from error
    except (OptionError, ShapeError) as error:
        raise ManifestError(f"expected {MANIFEST_FILE} to describe a usable model set; {error}") from error


_SINCE_VERSION_2 = ("calibration", "familiarity")


def _read_architecture(value: object) -> Parameters:
    """Parameters of a network; of a DenseNet where no family is named."""
    entries = dict(schema.read(dict[str, Any], value, "architecture"))
    name = schema.read(str, entries.pop("family", _FIRST_FAMILY), "family")
    if name not in FAMILIES:
        raise ManifestError(f"expected a family of networks out of {', '.join(FAMILIES)}; received {name[:40]!r}")
    return schema.read(FAMILIES[name].parameters, entries, "architecture")
