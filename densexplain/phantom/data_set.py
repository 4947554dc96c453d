"""Data sets of phantoms in MURA's layout, with the truth of each image beside it.

::

    DIR/train/XR_WRIST/patient00001/study1_positive/image1.png   the radiograph
    DIR/truth/train/XR_WRIST/.../image1.png                      its regions
    DIR/truth/train/XR_WRIST/.../image1.json                     its record
    DIR/train_image_paths.csv, train_labeled_studies.csv         MURA's lists; likewise for valid
"""

from __future__ import annotations

import json
from collections.abc import Callable, Iterator
from concurrent.futures import ProcessPoolExecutor
from dataclasses import dataclass, field
from itertools import islice
from multiprocessing import get_context
from pathlib import Path

import cv2
import numpy as np

from densexplain.errors import OptionError
from densexplain.phantom.artefacts.artefact_set import ArtefactRates
from densexplain.phantom.dicom_file import write_dx
from densexplain.phantom.phantom import Phantom, PhantomDescription, Seeds, make_phantom
from densexplain.provenance import provenance
from densexplain.radiograph.regions.regions import TRUTH_FOLDER, write_regions
from densexplain.vocabulary import Abnormality, ExtremityType, FileFormat, Projection, Split

FREQUENCIES = {
    Abnormality.FRACTURE: 0.32,
    Abnormality.PLATE: 0.13,
    Abnormality.NAIL: 0.06,
    Abnormality.WIRES: 0.10,
    Abnormality.PROSTHESIS: 0.05,
    Abnormality.DEGENERATION: 0.14,
    Abnormality.LYTIC_LESION: 0.05,
    Abnormality.SCLEROTIC_LESION: 0.04,
    Abnormality.SUBLUXATION: 0.05,
    Abnormality.FOREIGN_BODY: 0.03,
    Abnormality.PLASTER: 0.03,
}
"""How often each abnormality occurs among the abnormal studies; chosen, for MURA does not say."""

WITH_HARDWARE = frozenset(
    {Abnormality.PLATE, Abnormality.NAIL, Abnormality.WIRES, Abnormality.PROSTHESIS, Abnormality.FOREIGN_BODY}
)
"""Abnormalities that leave `Region.HARDWARE`."""

_NEVER = {ExtremityType.SHOULDER: {Abnormality.PLASTER, Abnormality.NAIL}, ExtremityType.HUMERUS: {Abnormality.PLASTER}}
"""What no such extremity is treated with."""

_IMAGES = (0.25, 0.4, 0.35)
"""How often a study has one, two or three projections."""

_SECOND_STUDY = 0.1


@dataclass(frozen=True)
class Shortcut:
    """A text legend that goes with the label.

    Parameters
    ----------
    abnormal, normal
        Share of the abnormal and of the normal images that carry it, 0 to 1.

    Raises
    ------
    OptionError
        If a share lies outside.
    """

    abnormal: float
    normal: float

    def __post_init__(self) -> None:
        for share in (self.abnormal, self.normal):
            if not 0.0 <= share <= 1.0:
                raise OptionError(f"shares of a shortcut must be 0 to 1; received {self.abnormal:g} {self.normal:g}")


@dataclass(frozen=True)
class DataSetPlan:
    """What a data set of phantoms holds.

    Parameters
    ----------
    images
        How many.
    extremities
        Drawn with equal chances for each patient.
    seed
        Same seed, same files, however many processes write them.
    shortcut
        None leaves text legends independent of the label.
    valid_share
        Every so many patients go to ``valid``; the rest to ``train``.
    abnormal_share
        Share of the studies.
    severity
        Least and greatest, 0 (hardly visible) to 1 (plain); drawn evenly.
    size_px
        Longer edge of the images.
    file_format
        PNG, or DICOM (DX) to be opened one by one; the training module reads PNG.
    rates
        How often each artefact occurs.

    Raises
    ------
    OptionError
        If a number lies outside its range.
    """

    images: int
    extremities: tuple[ExtremityType, ...] = tuple(ExtremityType)
    seed: int = 0
    shortcut: Shortcut | None = None
    valid_share: float = 0.2
    abnormal_share: float = 0.45
    severity: tuple[float, float] = (0.25, 1.0)
    size_px: int = 512
    file_format: FileFormat = FileFormat.PNG
    rates: ArtefactRates = field(default_factory=ArtefactRates)

    def __post_init__(self) -> None:
        for name, value, low, high in (
            ("images", self.images, 1, 1_000_000),
            ("valid_share", self.valid_share, 0.0, 0.5),
            ("abnormal_share", self.abnormal_share, 0.0, 1.0),
            ("size_px", self.size_px, 64, 2048),
            ("seed", self.seed, 0, 2**31 - 1),
        ):
            if not low <= value <= high:
                raise OptionError(f"`{name}` must be {low:g} to {high:g}; received {value:g}")
        if not 0.0 <= self.severity[0] <= self.severity[1] <= 1.0:
            raise OptionError(
                "`severity` must be two numbers from 0 to 1, the lower first; received {:g} {:g}".format(*self.severity)
            )
        if not self.extremities:
            raise OptionError("`extremities` must name at least one extremity type")
        if self.file_format is FileFormat.JPEG:
            raise OptionError("phantoms are written as PNG or DICOM, not as JPEG")


@dataclass(frozen=True)
class PlannedImage:
    """One image of a data set, not yet simulated; `folder` is below the root."""

    folder: str
    number: int
    description: PhantomDescription
    shortcut: Shortcut | None

    @property
    def split(self) -> Split:
        """Which part it belongs to."""
        return Split(self.folder.split("/")[0])


def planned_images(plan: DataSetPlan) -> Iterator[PlannedImage]:
    """List what a data set will hold, in order of patients."""
    return islice((image for patient in _numbers() for image in _patient(plan, patient)), plan.images)


def _numbers() -> Iterator[int]:
    number = 0
    while True:
        number += 1
        yield number


def _patient(plan: DataSetPlan, number: int) -> Iterator[PlannedImage]:
    """The studies of one patient; all that they are follows from the seed and the patient's number."""
    rng = np.random.default_rng([plan.seed, number])
    extremity = plan.extremities[int(rng.integers(len(plan.extremities)))]
    # The shares of train and valid are kept over any run of patients.
    valid = int(number * plan.valid_share) > int((number - 1) * plan.valid_share)
    patient_seed = int(rng.integers(2**31))
    for study in range(1, 2 + int(rng.random() < _SECOND_STUDY)):
        abnormal = rng.random() < plan.abnormal_share
        abnormality = drawn_abnormality(rng, extremity) if abnormal else None
        severity, study_seed = float(rng.uniform(*plan.severity)), int(rng.integers(2**31))
        count = 1 + int(rng.choice(len(_IMAGES), p=_IMAGES))
        projections = [list(Projection)[int(n)] for n in rng.permutation(len(Projection))[:count]]
        split = Split.VALID if valid else Split.TRAIN
        label = "positive" if abnormal else "negative"
        folder = f"{split}/XR_{extremity.upper()}/patient{number:05d}/study{study}_{label}"
        for image, projection in enumerate(projections, 1):
            legend = None
            if plan.shortcut is not None:
                legend = bool(rng.random() < (plan.shortcut.abnormal if abnormal else plan.shortcut.normal))
            seeds = Seeds(patient_seed, study_seed, int(rng.integers(2**31)))
            description = PhantomDescription(
                extremity, projection, seeds, abnormality, severity, plan.size_px, legend, plan.rates
            )
            yield PlannedImage(folder, image, description, plan.shortcut)


def drawn_abnormality(rng: np.random.Generator, extremity: ExtremityType) -> Abnormality:
    """Draw one that an extremity can have, by `FREQUENCIES`; one number of `rng` is used up."""
    shares = {kind: share for kind, share in FREQUENCIES.items() if kind not in _NEVER.get(extremity, ())}
    chances = np.array(list(shares.values()))
    return list(shares)[int(rng.choice(len(shares), p=chances / chances.sum()))]


def write_data_set(
    folder: Path, plan: DataSetPlan, processes: int = 1, report: Callable[[str], None] | None = None
) -> int:
    """Simulate and write a data set; files of an earlier, interrupted run are kept.

    Parameters
    ----------
    folder
        Made if need be.
    plan
        What it holds.
    processes
        How many share the work; the files do not depend on it.
    report
        Receives a line now and then.

    Returns
    -------
    int
        Number of images.
    """
    images = list(planned_images(plan))
    folder.mkdir(parents=True, exist_ok=True)
    _write_lists(folder, plan, images)
    tell = report or (lambda line: None)
    if processes == 1:
        for number, image in enumerate(images, 1):
            write_image(folder, image, plan.file_format)
            _tell(number, len(images), tell)
        return len(images)
    # Spawned, so that threads of the caller are not copied half-way through their work.
    with ProcessPoolExecutor(processes, mp_context=get_context("spawn")) as pool:
        written = pool.map(write_image, [folder] * len(images), images, [plan.file_format] * len(images), chunksize=8)
        for number, _ in enumerate(written, 1):
            _tell(number, len(images), tell)
    return len(images)


def _tell(number: int, images: int, report: Callable[[str], None]) -> None:
    if number % 200 == 0 or number == images:
        report(f"{number} of {images} phantoms")


def write_image(folder: Path, image: PlannedImage, file_format: FileFormat) -> None:
    """Simulate one image and write it, its regions and its record."""
    cv2.setNumThreads(1)
    name = f"image{image.number}"
    place, truth = folder / image.folder, folder / TRUTH_FOLDER / image.folder
    if (truth / f"{name}.json").is_file():  # written last, so all of it is there
        return
    place.mkdir(parents=True, exist_ok=True)
    truth.mkdir(parents=True, exist_ok=True)
    phantom = make_phantom(image.description)
    _write_radiograph(place / name, phantom, image.description, file_format)
    write_regions(truth / f"{name}.png", phantom.regions)
    shortcut = image.shortcut and {"abnormal": image.shortcut.abnormal, "normal": image.shortcut.normal}
    record = phantom.record | {"shortcut": shortcut} | provenance()
    (truth / f"{name}.json").write_text(json.dumps(record, ensure_ascii=False, allow_nan=False) + "\n")


def _write_radiograph(path: Path, phantom: Phantom, description: PhantomDescription, file_format: FileFormat) -> None:
    if file_format is FileFormat.DICOM:
        write_dx(
            path.with_suffix(".dcm"),
            phantom.pixels,
            description.extremity,
            description.projection,
            laterality=phantom.record["laterality"],
            seed=description.seeds.image,
            pitch_mm=phantom.pitch_mm,
        )
        return
    path.with_suffix(".png").write_bytes(cv2.imencode(".png", phantom.grey)[1].tobytes())


def _write_lists(folder: Path, plan: DataSetPlan, images: list[PlannedImage]) -> None:
    suffix = ".png" if plan.file_format is FileFormat.PNG else ".dcm"
    for split in Split:
        mine = [image for image in images if image.split is split]
        paths = [f"{folder.name}/{image.folder}/image{image.number}{suffix}\n" for image in mine]
        studies = sorted({image.folder for image in mine})
        labels = [f"{folder.name}/{study}/,{int(study.endswith('_positive'))}\n" for study in studies]
        (folder / f"{split}_image_paths.csv").write_text("".join(paths))
        (folder / f"{split}_labeled_studies.csv").write_text("".join(labels))
