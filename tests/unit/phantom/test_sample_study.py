"""The sample study is this code's own, one patient's, and can be made again."""

from __future__ import annotations

import io
import zipfile

import numpy as np
import pydicom
import pytest

from densexplain.phantom.sample_study import SAMPLE_STUDY, write_sample_study
from densexplain.phantom.samples import STUDY_FILE
from densexplain.radiograph.reading.upload import read_upload
from densexplain.settings import settings
from densexplain.vocabulary import Projection

pytestmark = pytest.mark.slow


def datasets(path):
    with zipfile.ZipFile(path) as archive:
        return [pydicom.dcmread(io.BytesIO(archive.read(name))) for name in archive.namelist()]


def test_what_ships_is_what_the_code_simulates(tmp_path):
    made, shipped = (datasets(path) for path in (write_sample_study(tmp_path), settings().assets / STUDY_FILE))
    assert len(made) == len(shipped) == len(SAMPLE_STUDY) == 3
    for one, other in zip(made, shipped, strict=True):
        difference = np.abs(one.pixel_array.astype(int) - other.pixel_array.astype(int))
        assert difference.max() <= 1  # mathematics libraries may round the last bit otherwise
        assert np.mean(difference > 0) < 1e-3
        assert one.StudyInstanceUID == other.StudyInstanceUID


def test_it_is_read_as_one_study_of_three_projections():
    file = settings().assets / STUDY_FILE
    assert file.stat().st_size < 500_000
    upload = read_upload([(file.name, file.read_bytes())])
    (study,) = upload.studies
    assert not upload.refused
    assert study.identified
    assert len(study.extremities) == 1
    assert [image.series for image in study.images] == [1, 2, 3]
    seen = [image.radiograph.acquisition.projection for image in study.images]
    assert len(set(seen)) == len(seen) == len(Projection)
    for dataset in datasets(file):
        assert "no patient was imaged" in str(dataset)
        assert str(dataset.PatientName).startswith("Phantom")


def test_a_folder_that_is_not_there_is_refused(tmp_path):
    with pytest.raises(OSError, match="missing"):
        write_sample_study(tmp_path / "missing")
