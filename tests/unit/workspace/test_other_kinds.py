"""What is no radiograph is explained, and its label withheld wherever an answer goes."""

from dataclasses import replace
from typing import Any

import pytest

from densexplain.classifier.model_sets.manifest import Manifest
from densexplain.explain.audit.audit import AuditOptions
from densexplain.explain.record import explanation_record
from densexplain.radiograph.radiograph import Radiograph
from densexplain.vocabulary import InputVersion
from densexplain.workspace.workspace import Workspace
from tests.unit.workspace.conftest import png

SENTENCE = "Label withheld: the file is a CT image, no radiograph"


@pytest.fixture
def slice_open(workspace: Workspace) -> Workspace:
    """A CT image, opened as any file."""
    workspace.open_files([("slice.png", png(1))])
    assert workspace.case is not None
    read = workspace.case.radiograph
    acquisition = replace(read.acquisition, other_kind="a CT image")
    workspace.open_radiograph(Radiograph(read.pixels, read.format, acquisition, read.sha256), "Slice")
    return workspace


def _check(explanation: Any) -> None:
    assert explanation.label_withheld
    assert explanation.warning == SENTENCE


def test_every_answer_is_withheld(slice_open: Workspace, manifest: Manifest) -> None:
    case = slice_open.case
    assert case is not None
    explanation = slice_open.explain(case, manifest)
    _check(explanation)
    assert explanation_record(explanation, manifest, case.radiograph, case.geometry)["finding"] is None
    _check(slice_open.read_study(slice_open.study, manifest).projections[0].explanation)
    audit = slice_open.audit(case, manifest, (), AuditOptions())
    _check(audit.explanation)
    versions = tuple(slice_open.versions(case, [InputVersion.ORIGINAL]).values())
    compared = slice_open.compare(case, [manifest], versions).comparison
    assert compared is not None
    for row in compared.rows:
        for cell in row:
            _check(cell.explanation)


def test_the_same_pixels_of_a_radiograph_keep_their_label(workspace: Workspace, manifest: Manifest) -> None:
    workspace.open_files([("wrist.png", png(1))])
    assert workspace.case is not None
    explanation = workspace.explain(workspace.case, manifest)
    assert not explanation.label_withheld
    assert explanation.warning == ""
