"""Where a record comes from: what each one says of itself, in JSON and in tables alike."""

from __future__ import annotations

from typing import Any, Protocol

from densexplain import __version__

NOTICE = "Research use only, not for diagnosis"
"""Stands on every page and every export."""


class IdentifiedModelSet(Protocol):
    """What tells a model set from every other; a `densexplain.classifier.model_sets.manifest.Manifest` has it."""

    @property
    def name(self) -> str:
        """Folder name."""

    @property
    def version(self) -> str:
        """As its author counts."""

    @property
    def weights_sha256(self) -> str:
        """Hash of its weights, 64 hexadecimal digits."""


def provenance(model_set: IdentifiedModelSet | None = None, *, engine: str | None = None) -> dict[str, Any]:
    """The entries, or columns, that a record begins with; keys are the same in every record.

    Parameters
    ----------
    model_set
        The model set whose answers are recorded; None where they are of none or of several.
    engine
        What ran the network; left out when None.

    Returns
    -------
    dict
        ``notice``, ``densexplain_version`` and, of a model set, ``model_set``,
        ``model_set_version`` and ``weights_sha256``; ``engine`` if it is known.
    """
    entries: dict[str, Any] = {"notice": NOTICE, "densexplain_version": __version__}
    if model_set is not None:
        entries |= {
            "model_set": model_set.name,
            "model_set_version": model_set.version,
            "weights_sha256": model_set.weights_sha256,
        }
    return entries if engine is None else entries | {"engine": engine}
