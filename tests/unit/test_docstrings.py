"""Whoever takes or gives an array says of what shape, dtype and range or unit it is."""

from __future__ import annotations

import ast
import re
from collections.abc import Iterator
from dataclasses import dataclass
from functools import cache
from pathlib import Path

import pytest

import densexplain

PACKAGE = Path(densexplain.__file__).parent

_SHAPE = re.compile(r"\bshapes?\b", re.IGNORECASE)
_DTYPE = re.compile(r"\b(float(16|32|64)?|u?int(8|16|32|64)|bool|stored type)\b")
_RANGE = re.compile(
    r"[\[(]-?[\d.]+, |[<>]=? ?-?\d|\b-?[\d.]+ to|\b(from|sum) \d|\b(True|finite|signed|RGB|any value|odds|numbers?)\b"
    r"|\b(logits?|millimetres?|pixels?|px|degrees|radians|probabilit(y|ies)|grey levels?|counts?|shares?|unit|per)\b"
    r"|\b(indices|index|standard deviations?|strengths?|normalised)\b"
)
_ENTRY = re.compile(r"^(?P<names>[A-Za-z_*][\w*]*(?:, [\w*]+)*)$")


@dataclass(frozen=True)
class Stated:
    """One array of the public interface, and what is said of it."""

    where: str
    text: str
    boolean: bool

    @property
    def lacks(self) -> list[str]:
        """What is not stated."""
        needed = {"shape": _SHAPE, "dtype": _DTYPE} | ({} if self.boolean else {"range or unit": _RANGE})
        return [what for what, pattern in needed.items() if not pattern.search(" ".join(self.text.split()))]


@cache
def _modules() -> dict[str, ast.Module]:
    return {
        ".".join(path.relative_to(PACKAGE.parent).with_suffix("").parts): ast.parse(path.read_text(encoding="utf-8"))
        for path in sorted(PACKAGE.rglob("*.py"))
    }


def _is_text(node: ast.stmt | None) -> bool:
    return isinstance(node, ast.Expr) and isinstance(node.value, ast.Constant) and isinstance(node.value.value, str)


@cache
def _own_aliases(module: str) -> dict[str, tuple[str, bool]]:
    """Names that a module gives to types of arrays, with what it says under them and whether they are bool."""
    body, found = _modules()[module].body, dict[str, tuple[str, bool]]()
    for node, after in zip(body, [*body[1:], None], strict=True):
        if isinstance(node, ast.Assign) and isinstance(node.targets[0], ast.Name):
            written = ast.unparse(node.value)
            if re.match(r"(NDArray|dict|tuple|Callable|Iterable|Mapping|Sequence)\[", written) and "NDArray" in written:
                said = ast.literal_eval(after.value) if _is_text(after) else ""
                found[node.targets[0].id] = str(said), "np.bool_" in written
    return found


@cache
def _aliases(module: str) -> dict[str, tuple[str, bool]]:
    found = dict(_own_aliases(module))
    for node in ast.walk(_modules()[module]):
        if isinstance(node, ast.ImportFrom) and node.module in _modules():
            found |= {
                name.asname or name.name: _own_aliases(node.module)[name.name]
                for name in node.names
                if name.name in _own_aliases(node.module)
            }
    return found


def _array(annotation: ast.expr | None, module: str) -> tuple[str, bool] | None:
    """What the type of an annotation says by itself, and whether it is bool; None if it is of no array."""
    if annotation is None:
        return None
    written = ast.unparse(annotation)
    names = {node.id for node in ast.walk(annotation) if isinstance(node, ast.Name)}
    known = [_aliases(module)[name] for name in sorted(names & _aliases(module).keys())]
    if "NDArray" not in written and not known:
        return None
    return " ".join(said for said, _ in known), "np.bool_" in written or (bool(known) and known[0][1])


def _sections(docstring: str) -> tuple[str, dict[str, str], str]:
    """Text before the sections, text of each parameter, and text of what is returned."""
    head, parameters, returned, section, names = list[str](), dict[str, str](), list[str](), "", list[str]()
    lines = docstring.splitlines()
    for line, under in zip(lines, [*lines[1:], ""], strict=False):
        if re.fullmatch(r"-{3,}", under.strip()):
            section, names = line.strip(), []
        elif section in ("Parameters", "Attributes"):
            entry = _ENTRY.match(line)
            if entry:
                names = [name.strip().lstrip("*") for name in entry["names"].split(",")]
            else:  # the names are no statement: a parameter may be called `pixels`
                parameters |= {name: f"{parameters.get(name, '')}{line}\n" for name in names}
        elif section in ("Returns", "Yields"):
            returned.append(line)
        elif not section:
            head.append(line)
    return "\n".join(head), parameters, "\n".join(returned)


def _of_function(node: ast.FunctionDef, module: str, owner: str, inherited: dict[str, str]) -> Iterator[Stated]:
    head, parameters, returned = _sections(ast.get_docstring(node) or "")
    where = f"{module}:{node.lineno} {owner}{node.name}"
    arguments = node.args
    for argument in [*arguments.posonlyargs, *arguments.args, *arguments.kwonlyargs]:
        found = _array(argument.annotation, module)
        if found:
            said = parameters.get(argument.arg, inherited.get(argument.arg, head))
            yield Stated(f"{where}({argument.arg})", f"{said}\n{found[0]}", found[1])
    found = _array(node.returns, module)
    if found:
        yield Stated(f"{where} returns", f"{returned or head}\n{found[0]}", found[1])


def _of_class(node: ast.ClassDef, module: str) -> Iterator[Stated]:
    _, parameters, _ = _sections(ast.get_docstring(node) or "")
    for member in node.body:
        if isinstance(member, ast.AnnAssign) and isinstance(member.target, ast.Name):
            name = member.target.id
            found = None if name.startswith("_") else _array(member.annotation, module)
            if found:
                where = f"{module}:{member.lineno} {node.name}.{name}"
                yield Stated(where, f"{parameters.get(name, '')}\n{found[0]}", found[1])
        elif isinstance(member, ast.FunctionDef) and (member.name == "__init__" or not member.name.startswith("_")):
            yield from _of_function(member, module, f"{node.name}.", parameters if member.name == "__init__" else {})


def _stated(module: str) -> list[Stated]:
    found = list[Stated]()
    for node in _modules()[module].body:
        if isinstance(node, ast.FunctionDef) and not node.name.startswith("_"):
            found += _of_function(node, module, "", {})
        elif isinstance(node, ast.ClassDef) and not node.name.startswith("_"):
            found += _of_class(node, module)
    return found


@pytest.mark.parametrize("module", _modules())
def test_every_array_has_a_shape_a_dtype_and_a_range_or_unit(module: str) -> None:
    lacking = [f"{one.where} lacks {', '.join(one.lacks)}" for one in _stated(module) if one.lacks]
    assert not lacking, "\n".join(lacking)


_SAMPLE = '''
def scaled(pixels: NDArray[np.float32], mask: NDArray[np.bool_], factor: float) -> NDArray[np.float32]:
    """Scale pixels.

    Parameters
    ----------
    pixels, factor
        {pixels}
    mask
        Shape (rows, columns), bool.

    Returns
    -------
    numpy.ndarray
        {returned}
    """
'''


@pytest.mark.parametrize(
    ("pixels", "returned", "lacks"),
    [
        ("Shape (rows, columns), float32 in [0, 1].", "Same shape, float32, in logits.", []),
        ("Shape (rows, columns), in [0, 1].", "Same shape, float32, in logits.", ["(pixels) lacks dtype"]),
        (
            "The radiograph.",
            "Same shape, float32.",
            ["(pixels) lacks shape, dtype, range or unit", " returns lacks range"],
        ),
    ],
)
def test_what_a_docstring_does_not_state_is_named(pixels: str, returned: str, lacks: list[str]) -> None:
    function = ast.parse(_SAMPLE.format(pixels=pixels, returned=returned)).body[0]
    assert isinstance(function, ast.FunctionDef)
    stated = list(_of_function(function, "densexplain.errors", "", {}))
    assert [one.where.split("scaled")[1] for one in stated] == ["(pixels)", "(mask)", " returns"]
    named = [f"{one.where.split('scaled')[1]} lacks {', '.join(one.lacks)}" for one in stated if one.lacks]
    assert len(named) == len(lacks)
    assert all(found.startswith(expected) for found, expected in zip(named, lacks, strict=True))
