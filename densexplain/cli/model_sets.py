"""``model-sets``: what is installed, each one loaded and verified."""

from __future__ import annotations

from argparse import ArgumentParser, Namespace
from typing import Any

from densexplain.classifier.model_sets.catalogue import InstalledModelSet, installed_model_sets
from densexplain.cli.command import Command, print_json
from densexplain.errors import DensexplainError, ModelSetError


def add_arguments(parser: ArgumentParser) -> None:
    """Declare nothing: all model sets are listed."""


def run(arguments: Namespace) -> None:
    """List and verify.

    Raises
    ------
    ModelSetError
        After the list, if one of them cannot be used.
    """
    records = [_verify(entry) for entry in installed_model_sets()]
    print_json({"model_sets": records})
    broken = [record for record in records if record["problem"]]
    if broken:
        first = broken[0]
        raise ModelSetError(
            f"{len(broken)} of {len(records)} model sets cannot be used; {first['name']}: {first['problem']}"
        )


def _verify(entry: InstalledModelSet) -> dict[str, Any]:
    problem = entry.problem
    if problem is None:
        from densexplain.classifier.model_sets.model_set import load_model_set

        try:
            load_model_set(entry.folder)
        except DensexplainError as error:
            problem = str(error)
    record: dict[str, Any] = {"name": entry.name, "folder": str(entry.folder)}
    if entry.manifest is not None:
        manifest = entry.manifest
        record |= {
            "title": manifest.title,
            "version": manifest.version,
            "purpose": manifest.purpose,
            "not_for": manifest.not_for,
            "architecture": manifest.architecture_name,
            "size_px": manifest.specification.size_px,
            "threshold": manifest.threshold,
            "weights_sha256": manifest.weights_sha256,
        }
    return record | {"verified": problem is None, "problem": problem}


COMMAND = Command("model-sets", "list the installed model sets and verify each", add_arguments, run)
