"""What a reader sees on a first visit, and a server that is ready for it before anybody comes."""

from __future__ import annotations

from collections.abc import Collection
from functools import cache

from densexplain.classifier.model_sets.catalogue import installed_model_sets, usable
from densexplain.errors import DensexplainError
from densexplain.explain.cases.cases import PaperCase, read_cases
from densexplain.settings import settings
from densexplain.workspace.model_set_store import ModelSetStore


@cache
def shared_model_sets() -> ModelSetStore:
    """Model sets of this process, shared by all its readers."""
    return ModelSetStore()


def first_case(model_sets: Collection[str]) -> PaperCase | None:
    """Return the first of the paper's cases, where the model set that plays the paper's part is among those given.

    Parameters
    ----------
    model_sets
        Names of the model sets that can be used.

    Returns
    -------
    PaperCase or None
        None also where there are no cases, or their list cannot be read: the page Cases says why.
    """
    try:
        first = next(iter(read_cases(settings().cases)), None)
    except DensexplainError:
        return None
    return first if first is not None and first.model_set in model_sets else None


def load_first_model_set() -> None:
    """Begin to load what the first reader will need, in the background; nothing where no model set can be used."""
    manifests = usable(installed_model_sets())
    case = first_case(manifests)
    manifest = next(iter(manifests.values()), None) if case is None else manifests[case.model_set]
    if manifest is not None:
        shared_model_sets().loading(manifest)
