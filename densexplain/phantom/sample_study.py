"""The study that comes with the app: one wrist in three projections, and how it is made again."""

from __future__ import annotations

import io
import zipfile
from pathlib import Path
from tempfile import TemporaryDirectory

from densexplain.files import check_writable, write_atomically
from densexplain.phantom.artefacts.artefact_set import ArtefactRates
from densexplain.phantom.dicom_file import write_dx
from densexplain.phantom.phantom import PhantomDescription, Seeds, make_phantom
from densexplain.phantom.samples import STUDY_FILE
from densexplain.vocabulary import Abnormality, ExtremityType, Projection

_SEED, _SIZE_PX, _BITS = 2, 512, 8
_CLEAN = ArtefactRates(legend=0, image_frame=0, collimation=0, inversion=0, second_exposure=0, dirt=0)
_EARLIEST = (1980, 1, 1, 0, 0, 0)  # a zip archive holds a date; the same one makes the same bytes

SAMPLE_STUDY: tuple[PhantomDescription, ...] = tuple(
    PhantomDescription(
        ExtremityType.WRIST,
        projection,
        Seeds(_SEED, _SEED, _SEED + place),
        Abnormality.FRACTURE,
        severity=0.5,
        size_px=_SIZE_PX,
        legend=place == 0,
        rates=_CLEAN,
    )
    for place, projection in enumerate(Projection)
)
"""One patient with one fracture. The first draw whose side letter is right, whatever a model set says of it."""


def sample_study() -> bytes:
    """Simulate the study; the same archive on every call."""
    target = io.BytesIO()
    with TemporaryDirectory() as folder, zipfile.ZipFile(target, "w", zipfile.ZIP_DEFLATED, compresslevel=9) as archive:
        for place, description in enumerate(SAMPLE_STUDY, start=1):
            phantom = make_phantom(description)
            file = Path(folder) / f"{place}-{description.projection}.dcm"
            write_dx(
                file,
                phantom.pixels,
                description.extremity,
                description.projection,
                phantom.record["laterality"],
                description.seeds.study,
                phantom.pitch_mm,
                bits_stored=_BITS,
            )
            archive.writestr(zipfile.ZipInfo(file.name, _EARLIEST), file.read_bytes(), zipfile.ZIP_DEFLATED)
    return target.getvalue()


def write_sample_study(folder: Path) -> Path:
    """Simulate the study and write it into `folder`, which must exist.

    Raises
    ------
    OSError
        If `folder` cannot be written to.
    """
    check_writable(folder, make=False)
    path = folder / STUDY_FILE
    write_atomically(path, sample_study())
    return path
