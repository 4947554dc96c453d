"""The tree drawn in the module docstring is the tree of the classes."""

import inspect
import re

import pytest

from densexplain import errors
from densexplain.errors import DensexplainError

_BRANCH = re.compile(r"^(?P<bars>(?:[|] {3}| {4})*)\+-- (?P<name>\w+)", re.MULTILINE)


def _drawn() -> dict[str, str]:
    """Class name to the name of its parent, from the drawing, which is indented by one level."""
    parents, path = {}, {0: "DensexplainError"}
    for match in _BRANCH.finditer(errors.__doc__ or ""):
        depth = len(match["bars"]) // 4
        path[depth] = match["name"]
        parents[match["name"]] = path[depth - 1]
    return parents


def _classes() -> dict[str, type]:
    members = vars(errors).items()
    return {name: value for name, value in members if inspect.isclass(value) and value.__module__ == errors.__name__}


def test_the_drawing_holds_every_class_under_its_parent():
    actual = {
        name: next(base.__name__ for base in value.__bases__ if issubclass(base, DensexplainError))
        for name, value in _classes().items()
        if value is not DensexplainError
    }
    assert _drawn() == actual
    assert len(actual) > 25


@pytest.mark.parametrize("name", sorted(_classes()))
def test_every_class_says_what_it_stands_for(name):
    docstring = _classes()[name].__doc__
    assert docstring
    assert docstring.endswith(".")


def test_wrong_values_are_also_value_errors():
    assert issubclass(errors.ShapeError, ValueError)
    assert issubclass(errors.OptionError, ValueError)
