"""A model set made of weights that a user trained elsewhere with Keras."""

from __future__ import annotations

from hashlib import sha256
from pathlib import Path

from densexplain.classifier.heads import Head, one_unit
from densexplain.classifier.model_sets.keras_file import Tensors, read_keras_weights
from densexplain.classifier.model_sets.manifest import MANIFEST_FILE, Manifest, check_name
from densexplain.classifier.model_sets.model_set import write_model_set
from densexplain.errors import ImportWeightsError, OptionError
from densexplain.provenance import NOTICE
from densexplain.radiograph.guard.guard import GuardedProcess, GuardLimits
from densexplain.radiograph.preprocessing import InputSpecification
from densexplain.settings import settings

IMPORTED_ARCHITECTURES = ("densenet121", "densenet169", "densenet201", "resnet50")
"""Networks that are recognised in a file, by their tensors' shapes."""

_LIMITS = GuardLimits(seconds=60.0, memory_bytes=2_000_000_000, calls_per_child=1, children=1)
_NOT_FOR = "Diagnosis, and radiographs other than those it was trained on; its figures were not measured here."


def import_weights(
    file: Path,
    name: str,
    *,
    specification: InputSpecification,
    folder: Path | None = None,
    threshold: float = 0.5,
    head: Head | None = None,
    title: str | None = None,
    purpose: str = "Trying out a network that was trained elsewhere.",
    not_for: str = _NOT_FOR,
    activation_map_limit_logits: float = 20.0,
    replace: bool = False,
    architectures: tuple[str, ...] = IMPORTED_ARCHITECTURES,
) -> Manifest:
    """Make a model set of a Keras 3 ``.weights.h5`` file.

    The file is read by h5py in a guarded process; Keras never loads it, so
    nothing in it can run or take more memory than its network needs.

    Parameters
    ----------
    file
        As ``Model.save_weights`` of Keras 3 writes it: DenseNet-121, 169 or 201 or
        ResNet50V2 (nested or not), global average pooling, and one dense layer.
        The file does not say how the maps were pooled; only their mean can be explained.
    name
        Name of the new model set.
    specification
        How its training images were made; a wrong one gives wrong predictions without an error.
    folder
        Folder of model sets to write into; None means the first one of the settings.
    threshold, title, purpose, not_for, activation_map_limit_logits
        As in `densexplain.classifier.model_sets.manifest.Manifest`; the title is `name` unless given.
    head
        Classes of the dense layer, in the order of its units; None for one
        sigmoid unit, abnormal above `threshold`.
    replace
        Whether an installed model set of that name may be written over.
    architectures
        Which networks are looked for.

    Returns
    -------
    Manifest
        Manifest of the model set as written.

    Raises
    ------
    OptionError
        If the name, threshold or limit is out of range.
    ImportWeightsError
        If the file is missing, too large, hostile, or not such a network, or
        the name is taken.
    """
    check_name(name)
    if not 0 < threshold < 1:
        raise OptionError(f"`threshold` must lie between 0 and 1; received {threshold}")
    target = (folder or settings().model_folders[0]) / name
    if not replace and (target / MANIFEST_FILE).exists():
        raise ImportWeightsError(f"expected the name of a new model set; {name} is installed already")
    content = _content(file)
    architecture, tensors = _read_guarded(content, architectures, 1 if head is None else len(head.classes))
    source = {"imported_from": file.name, "imported_sha256": sha256(content).hexdigest()}
    title = title or name
    return write_model_set(
        target,
        dict(tensors),
        name=name,
        title=title,
        version="1",
        purpose=purpose,
        not_for=not_for,
        architecture=architecture,
        specification=specification,
        threshold=threshold,
        head=head,
        training=source,
        activation_map_limit_logits=activation_map_limit_logits,
        card=_card(title, architecture, head or one_unit(threshold), purpose, not_for, specification, source),
    )


def _content(file: Path) -> bytes:
    limit = settings().maximum_weights_bytes
    try:
        with file.open("rb") as stream:
            content = stream.read(limit + 1)
    except OSError as error:
        raise ImportWeightsError(
            f"expected a Keras .weights.h5 file; {file.name} cannot be read: {error.strerror}"
        ) from error
    if len(content) > limit:
        raise ImportWeightsError(f"expected a file of at most {limit} bytes; {file.name} has more")
    return content


def _read_guarded(content: bytes, architectures: tuple[str, ...], units: int) -> tuple[str, Tensors]:
    guard = GuardedProcess(
        _LIMITS,
        preload=("densexplain.classifier.model_sets.keras_file",),
        task="Importing the weights",
        limit_error=ImportWeightsError,
        failure_error=ImportWeightsError,
    )
    try:
        return guard.run(read_keras_weights, content, architectures, units)
    finally:
        guard.close()


def _card(
    title: str,
    architecture: str,
    head: Head,
    purpose: str,
    not_for: str,
    specification: InputSpecification,
    source: dict[str, str],
) -> str:
    units = "one sigmoid unit (probability of an abnormal finding)"
    if len(head.classes) > 1:
        units = f"{len(head.classes)} {head.kind} units ({', '.join(one.name for one in head.classes)})"
    return f"""# {title}

{NOTICE}.

- Network: {architecture}, {units}
- Weights: imported from `{source["imported_from"]}` (sha256 `{source["imported_sha256"]}`)
- Input: {specification.size_px} x {specification.size_px} px, {specification.resize.value},
  grey repeated to three channels, (pixels - {specification.mean}) / {specification.standard_deviation}
- Meant for: {purpose}
- Not for: {not_for}
- Training data and measured figures: not known to this software; add them here.
"""
