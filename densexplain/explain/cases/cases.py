"""The cases that the paper discusses, each as a phantom radiograph with its ground truth.

A folder of cases, usually ``assets/cases``, holds ``cases.json`` and for every
radiograph a folder ``image.png``, ``regions.png`` and ``record.json`` (the
phantom's parameters). ``cases.json`` is a list of::

    {"name": "wrist-fracture", "figure": 4, "title": "Wrist fracture", "image": "wrist-fracture",
     "model_set": "wrist", "crop": null or {"top": 0, "left": 0, "height": 400, "width": 300},
     "look_for": "One sentence.", "paper_found": "One sentence.", "paper_finding": "abnormal"}

An entry may also have ``"paper_evidence": ["abnormality"]``, the parts of the
radiograph on which the paper sees the evidence, and a crop ``"rotate_degrees"``.
What a model set does is in no file: it is computed, see
`densexplain.explain.cases.case_answer`.
"""

from __future__ import annotations

import re
from dataclasses import dataclass, field
from pathlib import Path

from densexplain import schema
from densexplain.classifier.model_sets.manifest import check_name
from densexplain.errors import CaseError, DataSetError, EntryError, OptionError
from densexplain.radiograph.crop import Crop, Geometry, check_crop
from densexplain.radiograph.radiograph import Radiograph
from densexplain.radiograph.reading.reading import read_radiograph
from densexplain.radiograph.regions.regions import IMAGE_FILE, REGIONS_FILE, RegionMasks, read_regions
from densexplain.vocabulary import Finding, FocusPart

CASES_FILE = "cases.json"

_MOST_BYTES = 256 * 1024
_NAME = re.compile(r"[a-z0-9][a-z0-9-]{0,63}")


@dataclass(frozen=True)
class PaperCase:
    """A radiograph, the model set that is applied to it, and what the paper says about such a pair.

    Parameters
    ----------
    name
        Lower-case letters, digits and ``-``; the same for ever.
    figure
        Number of the paper's figure.
    title
        What the radiograph shows.
    image
        Name of its folder; several cases may share one.
    model_set
        Name of the one that plays the paper's part; it need not be installed.
    geometry
        How the radiograph is cropped.
    look_for, paper_found
        A sentence each.
    paper_finding
        What the paper's network said.
    paper_evidence
        On which parts the paper sees the evidence for an abnormal finding; empty where it names none.
    """

    name: str
    figure: int
    title: str
    image: str
    model_set: str
    geometry: Geometry
    look_for: str
    paper_found: str
    paper_finding: Finding
    paper_evidence: tuple[FocusPart, ...] = ()


def read_cases(folder: Path) -> tuple[PaperCase, ...]:
    """Read the list of cases in the order of the file; empty where there is no such file.

    Raises
    ------
    CaseError
        If the file cannot be read, an entry is missing, unknown or of the wrong
        kind, or two cases have the same name.
    """
    path = folder / CASES_FILE
    if not path.is_file():
        return ()
    try:
        with path.open("rb") as file:
            content = file.read(_MOST_BYTES + 1)
    except OSError as error:
        raise CaseError(f"expected {CASES_FILE} to be readable; {error.strerror}") from error
    if len(content) > _MOST_BYTES:
        raise CaseError(f"expected {CASES_FILE} to have at most {_MOST_BYTES} bytes")
    try:
        cases = tuple(_case(entry) for entry in schema.read(tuple[_Entry, ...], schema.decode(content), CASES_FILE))
    except (EntryError, OptionError) as error:
        raise CaseError(f"expected {CASES_FILE} to be usable; {error}") from error
    names = [case.name for case in cases]
    if len(set(names)) < len(names):
        raise CaseError(f"expected every name in {CASES_FILE} once; received {max(names, key=names.count)!r} again")
    return cases


def read_case(folder: Path, case: PaperCase) -> tuple[Radiograph, RegionMasks]:
    """Read the radiograph of a case and its regions.

    Raises
    ------
    CaseError
        If a file is missing, the regions cannot be read or are of another size.
    RadiographError
        If the radiograph is refused.
    CropError
        If the case's crop does not fit it.
    """
    parts = folder / case.image
    try:
        content = (parts / IMAGE_FILE).read_bytes()
    except OSError as error:
        raise CaseError(f"expected the radiograph of the case {case.title!r}; {error.strerror}") from error
    radiograph = read_radiograph(content, IMAGE_FILE)
    try:
        regions = read_regions(parts / REGIONS_FILE)
    except DataSetError as error:
        raise CaseError(f"expected the regions of the case {case.title!r} to be readable") from error
    if regions.shape != radiograph.pixels.shape:
        raise CaseError(
            f"expected the regions of the case {case.title!r} to be {radiograph.rows} x {radiograph.columns} px; "
            f"received {regions.shape[0]} x {regions.shape[1]} px"
        )
    if case.geometry.crop is not None:
        check_crop(case.geometry.crop, radiograph.rows, radiograph.columns)
    return radiograph, regions


@dataclass(frozen=True)
class _Box:
    top: int
    left: int
    height: int
    width: int
    rotate_degrees: float = field(default=0.0, metadata=schema.MAY_BE_MISSING)


@dataclass(frozen=True)
class _Entry:
    name: str
    figure: int
    title: str
    image: str
    model_set: str
    crop: _Box | None
    look_for: str
    paper_found: str
    paper_finding: Finding
    paper_evidence: tuple[FocusPart, ...] = field(default=(), metadata=schema.MAY_BE_MISSING)

    def __post_init__(self) -> None:
        for key in ("title", "look_for", "paper_found"):
            if not getattr(self, key).strip():
                raise OptionError(f"`{key}` of the case {self.name[:64]!r} must not be empty")
        for key in ("name", "image"):  # they become parts of paths
            if not _NAME.fullmatch(getattr(self, key)):
                raise OptionError(
                    f"`{key}` consists of lower-case letters, digits and -; received {getattr(self, key)[:80]!r}"
                )
        check_name(self.model_set)


def _case(entry: _Entry) -> PaperCase:
    box = entry.crop
    return PaperCase(
        name=entry.name,
        figure=entry.figure,
        title=entry.title,
        image=entry.image,
        model_set=entry.model_set,
        geometry=(
            Geometry() if box is None else Geometry(Crop(box.top, box.left, box.height, box.width), box.rotate_degrees)
        ),
        look_for=entry.look_for,
        paper_found=entry.paper_found,
        paper_finding=entry.paper_finding,
        paper_evidence=entry.paper_evidence,
    )
