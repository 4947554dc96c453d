"""Several files at once: sorted into studies, the bad ones named, the archive unpacked."""

from __future__ import annotations

import io
import zipfile
from collections.abc import Callable
from dataclasses import replace

import numpy as np
import pytest
from numpy.typing import NDArray
from PIL import Image

from densexplain.errors import UploadTooLargeError
from densexplain.radiograph.radiograph import Acquisition, Radiograph
from densexplain.radiograph.reading import upload
from densexplain.radiograph.reading.study_facts import StudyFacts
from densexplain.radiograph.reading.upload import FiledRadiograph, named_extremities, read_upload, sort_into_studies
from densexplain.settings import settings
from densexplain.vocabulary import FileFormat

MakeDicom = Callable[..., bytes]


def png(values: NDArray[np.generic]) -> bytes:
    target = io.BytesIO()
    Image.fromarray(values).save(target, "PNG")
    return target.getvalue()


def filed(number: int, study: str | None, series: str | None = None, **facts: str) -> FiledRadiograph:
    radiograph = Radiograph(np.zeros((2, 2), np.float32), FileFormat.DICOM, Acquisition(**facts), f"{number}")
    return FiledRadiograph(number, radiograph, StudyFacts(study, series))


def test_radiographs_are_grouped_by_study_and_series() -> None:
    read = [
        filed(1, "a", "x"),
        filed(2, None),
        filed(3, "b", "x"),
        filed(4, "a", "y"),
        filed(5, "a", "x"),
        filed(6, None),
    ]
    studies = sort_into_studies(read)
    assert [(study.number, study.identified) for study in studies] == [(1, True), (2, False), (3, True)]
    assert [[(image.number, image.series) for image in study.images] for study in studies] == [
        [(1, 1), (5, 1), (4, 2)],
        [(2, 1), (6, 1)],
        [(3, 1)],
    ]


@pytest.mark.parametrize(
    ("facts", "expected"),
    [
        ([("WRIST", "L"), ("WRIST", "L")], ("WRIST L",)),
        ([("WRIST", "L"), ("WRIST", None), (None, "R"), (None, None)], ("WRIST L",)),
        ([("WRIST", None), ("WRIST", "R")], ("WRIST R",)),
        ([("WRIST", "L"), ("WRIST", "R")], ("WRIST L", "WRIST R")),
        ([("HAND", None), ("WRIST", "L")], ("HAND", "WRIST L")),
        ([(None, None)], ()),
    ],
)
def test_extremities_are_those_that_the_files_name(facts, expected: tuple[str, ...]) -> None:
    read = [filed(n, "a", body_part=part, laterality=side).radiograph for n, (part, side) in enumerate(facts)]
    assert named_extremities(read) == expected


def test_one_unreadable_file_among_ten_is_named_and_the_nine_go_on(
    make_dicom: MakeDicom, ramp: NDArray[np.uint16]
) -> None:
    uids = {"StudyInstanceUID": "1.2.3", "SeriesInstanceUID": "1.2.3.4"}
    files = [(f"IM{n}", make_dicom(np.roll(ramp, n, 0), **uids)) for n in range(9)]
    files.insert(6, ("folder/broken.dcm", files[0][1][:-500]))
    told: list[tuple[int, int]] = []
    found = read_upload(files, lambda done, of: told.append((done, of)))
    (study,) = found.studies
    assert study.identified
    assert [image.number for image in study.images] == [1, 2, 3, 4, 5, 6, 8, 9, 10]
    assert [(one.number, one.name) for one in found.refused] == [(7, "broken.dcm")]
    assert "the end of the image is missing" in found.refused[0].reason
    assert told == [(n, 10) for n in range(1, 11)]
    assert "1.2.3" not in repr([vars(image) for image in study.images])


def test_an_archive_stands_for_its_members_and_a_file_counts_once(
    make_dicom: MakeDicom, ramp: NDArray[np.uint16]
) -> None:
    one, other = make_dicom(ramp, StudyInstanceUID="1.2"), make_dicom(ramp[::-1], StudyInstanceUID="1.3")
    target = io.BytesIO()
    with zipfile.ZipFile(target, "w") as archive:
        archive.writestr("a/1.dcm", one)
        archive.writestr("../2.dcm", other)
        archive.writestr("b/3.dcm", other)
    found = read_upload(
        [("study.zip", target.getvalue()), (".DS_Store", b"x"), ("again.dcm", one), ("p.png", png(ramp))]
    )
    assert [[image.number for image in study.images] for study in found.studies] == [[1], [3], [5]]
    assert [study.identified for study in found.studies] == [True, True, False]
    assert [(refused.number, refused.name) for refused in found.refused] == [(2, "2.dcm"), (4, "again.dcm")]
    assert "leads out" in found.refused[0].reason
    assert "the same as file 1" in found.refused[1].reason
    assert found.refused[0].sha256 is None


def test_an_archive_that_cannot_be_unpacked_is_one_refused_file(ramp: NDArray[np.uint16]) -> None:
    found = read_upload([("bad.zip", b"PK\x03\x04" + bytes(90)), ("a.png", png(ramp))])
    assert [refused.name for refused in found.refused] == ["bad.zip"]
    assert "zip archive" in found.refused[0].reason
    assert len(found.studies) == 1


def test_more_than_an_upload_may_have_is_refused(monkeypatch: pytest.MonkeyPatch, ramp: NDArray[np.uint16]) -> None:
    files = [(f"{n}.png", png(np.roll(ramp, n, 0))) for n in range(3)]
    limits = {"maximum_upload_files": 2}, {"maximum_upload_bytes": 300}
    for limit in limits:
        monkeypatch.setattr(upload, "settings", lambda limit=limit: replace(settings(), **limit))
        with pytest.raises(UploadTooLargeError, match="An upload may have"):
            read_upload(files)
    monkeypatch.setattr(upload, "settings", lambda: replace(settings(), maximum_upload_pixels=2 * ramp.size))
    found = read_upload(files)
    assert [refused.number for refused in found.refused] == [3]
    assert "megapixels together" in found.refused[0].reason
