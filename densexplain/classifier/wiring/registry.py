"""All families: every module of `densexplain.classifier.families`, so that a new one is an added file."""

from __future__ import annotations

import pkgutil
from importlib import import_module
from typing import Any

import densexplain.classifier.families as package
from densexplain.classifier.wiring.family import Family, StageEnd
from densexplain.errors import OptionError

Parameters = Any
"""A frozen dataclass that some family takes as its `parameters`."""


def _families() -> dict[str, Family]:
    names = [found.name for found in pkgutil.iter_modules(package.__path__)]
    stated = [import_module(f"{package.__name__}.{name}").FAMILY for name in names]
    return {family.name: family for family in stated}


def architecture_name(parameters: Parameters) -> str | None:
    """Name under which `parameters` are known, or None."""
    return next((name for name, known in ARCHITECTURES.items() if known == parameters), None)


def family_of(parameters: Parameters) -> Family:
    """The family whose parameters these are.

    Raises
    ------
    OptionError
        If no family has such parameters.
    """
    for family in FAMILIES.values():
        if type(parameters) is family.parameters:
            return family
    raise OptionError(f"expected parameters of {', '.join(FAMILIES)}; received {type(parameters).__name__}")


FAMILIES: dict[str, Family] = _families()
"""Every family by its name, in the order of the file names."""

ARCHITECTURES: dict[str, Parameters] = {
    name: known for family in FAMILIES.values() for name, known in family.architectures.items()
}
"""Every known network by the name a reader uses; those that begin with ``tiny`` are for tests."""

STAGES: tuple[StageEnd, ...] = tuple({end.name: end for family in FAMILIES.values() for end in family.stages}.values())
"""Every stage that some family has, one of each name, for tables over networks of several families."""
