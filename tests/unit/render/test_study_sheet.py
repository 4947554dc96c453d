"""The sheet of a study: its size, its text, the same bytes again."""

from __future__ import annotations

import io
from dataclasses import replace

import numpy as np
import pytest
from PIL import Image

from densexplain.classifier.model_sets.manifest import read_manifest
from densexplain.explain.explanation import Explanation
from densexplain.explain.study.study_reading import ExplainedProjection, StudyReading
from densexplain.radiograph.crop import Geometry
from densexplain.radiograph.radiograph import Acquisition, Radiograph
from densexplain.radiograph.reading.upload import RefusedFile
from densexplain.render.study_sheet import render_study_sheet
from densexplain.settings import PROJECT_FOLDER
from densexplain.vocabulary import FileFormat, Finding

pytestmark = pytest.mark.slow

MANIFEST = read_manifest(PROJECT_FOLDER / "models" / "wrist")


def reading(count: int) -> StudyReading:
    draw = np.random.default_rng(3)
    projections = []
    for number in range(1, count + 1):
        radiograph = Radiograph(
            draw.random((60 + 20 * number, 80), np.float32), FileFormat.PNG, Acquisition(), f"{number:064d}"
        )
        cam = draw.normal(0, 2, (10, 10)).astype(np.float32)
        finding = (Finding.ABNORMAL, Finding.NORMAL)[number % 2]
        explanation = Explanation(0.2 + 0.6 * (number % 2 == 0), 1.0, 0.1, finding, 0.5, cam, ())
        projections.append(ExplainedProjection(number, 1, radiograph, Geometry(), explanation))
    return StudyReading(MANIFEST, tuple(projections))


@pytest.mark.parametrize(("count", "columns"), [(1, 3), (2, 3), (4, 4), (5, 4)])
def test_four_projections_stand_in_a_row(count: int, columns: int) -> None:
    image = Image.open(io.BytesIO(render_study_sheet(reading(count))))
    assert image.width == 2 * 44 + columns * (460 + 36) - 36
    assert image.height == 310 + (2 if count > 4 else 1) * (118 + 920 + 72) + 64
    assert image.info["Disclaimer"] == "Research use only, not for diagnosis"


def test_the_same_study_gives_the_same_bytes_and_no_name() -> None:
    refused = tuple(RefusedFile(number, "DOE.dcm", "Why.", None) for number in range(9))
    study = replace(reading(2), refused=refused)
    sheet = render_study_sheet(study)
    assert sheet == render_study_sheet(study)
    assert b"DOE" not in sheet
    assert sheet != render_study_sheet(study, limit_logits=20.0)
