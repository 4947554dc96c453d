"""Every package is pinned, and none that the app needs is under the GPL."""

import importlib.metadata
import re
from pathlib import Path

import pytest
from packaging.requirements import Requirement

from densexplain.settings import PROJECT_FOLDER

_LISTS = (PROJECT_FOLDER / "requirements.txt", PROJECT_FOLDER / "requirements-dev.txt")
_GPL = re.compile(r"\bA?GPL|GNU (Affero )?General Public", re.IGNORECASE)


def _requirements(path: Path) -> list[Requirement]:
    lines = (line.split("#")[0].strip() for line in path.read_text().splitlines())
    return [Requirement(line) for line in lines if line and not line.startswith("-r ")]


_RUNTIME = [item for item in _requirements(_LISTS[0]) if item.marker is None or item.marker.evaluate()]


@pytest.mark.parametrize("path", _LISTS, ids=lambda path: path.name)
def test_every_package_is_pinned_to_one_version(path):
    for requirement in _requirements(path):
        assert [specifier.operator for specifier in requirement.specifier] == ["=="], requirement
        assert requirement.url is None


@pytest.mark.parametrize("path", _LISTS, ids=lambda path: path.name)
def test_no_registry_is_named(path):
    assert "://" not in path.read_text()
    assert "--" not in path.read_text()


@pytest.mark.parametrize("requirement", _RUNTIME, ids=lambda requirement: requirement.name)
def test_no_package_of_the_app_declares_the_gpl(requirement):
    metadata = importlib.metadata.metadata(requirement.name)
    declared = [
        *(metadata.get_all("License-Expression") or []),
        *(entry for entry in metadata.get_all("Classifier") or [] if entry.startswith("License")),
        # Some packages put the whole text here; its first line names the licence.
        *((metadata.get("License") or "").strip().splitlines()[:1]),
    ]
    assert not [entry for entry in declared if _GPL.search(entry)], declared


@pytest.mark.parametrize("requirement", _RUNTIME, ids=lambda requirement: requirement.name)
def test_what_is_tested_is_what_is_pinned(requirement):
    assert importlib.metadata.version(requirement.name) in requirement.specifier


def test_the_pattern_knows_the_gpl():
    assert _GPL.search("GPL-3.0-or-later")
    assert _GPL.search("License :: OSI Approved :: GNU General Public License v3 (GPLv3)")
    assert _GPL.search("AGPL-3.0-only")
    assert not _GPL.search("LGPL-2.1-or-later")
    assert not _GPL.search("Apache-2.0")
