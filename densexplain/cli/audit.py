"""``audit``: what the prediction for one radiograph rests on, as one JSON object."""

from __future__ import annotations

import json
import time
from argparse import ArgumentParser, Namespace
from pathlib import Path
from typing import TYPE_CHECKING, Any

from densexplain.classifier.engines.keras_start import start_backend
from densexplain.classifier.model_sets.catalogue import find_model_set
from densexplain.cli.command import Command, print_json, report
from densexplain.cli.explain import add_view_arguments, geometry_of, read_file
from densexplain.cli.out_folder import check_out, write_out
from densexplain.errors import OptionError
from densexplain.vocabulary import AuditVerdict, FigureFormat

if TYPE_CHECKING:
    from densexplain.classifier.model_sets.manifest import Manifest
    from densexplain.explain.audit.audit import Audit
    from densexplain.explain.audit.verdict import Overruling
    from densexplain.radiograph.radiograph import Radiograph
    from densexplain.radiograph.reading.patient_identity import PatientIdentity
    from densexplain.radiograph.regions.named_regions import NamedRegion

_QUIET_SECONDS = 1.0


def add_arguments(parser: ArgumentParser) -> None:
    """Declare the radiograph, the model set, the regions and where pictures go."""
    parser.add_argument("file", type=Path, metavar="FILE", help="DICOM, PNG or JPEG")
    parser.add_argument("--model-set", required=True, metavar="NAME")
    parser.add_argument(
        "--regions",
        type=Path,
        metavar="FILE",
        help="regions you drew, as JSON or PNG; kind abnormality is where you see it",
    )
    parser.add_argument("--only-given", action="store_true", help="look for no further regions")
    sides = ("TOP", "LEFT", "HEIGHT", "WIDTH")
    parser.add_argument("--crop", type=int, nargs=4, metavar=sides, help="box in pixels of the file")
    parser.add_argument("--rotate", type=float, default=0.0, metavar="DEGREES", help="counter-clockwise")
    add_view_arguments(parser)
    parser.add_argument(
        "--variants", type=int, default=16, metavar="N", help="small changes, 16 to 64 (default: %(default)s)"
    )
    parser.add_argument("--seed", type=int, default=0, metavar="N", help="of the changes (default: %(default)s)")
    parser.add_argument("--overrule", type=AuditVerdict, choices=list(AuditVerdict), help="your own verdict")
    parser.add_argument("--reason", metavar="TEXT", help="why you overrule the computed one")
    parser.add_argument(
        "--remark", default="", metavar="TEXT", help="your remark, up to 2000 letters, kept and printed"
    )
    parser.add_argument(
        "--out",
        type=Path,
        metavar="DIR",
        help="write report.pdf, report.png, audit.json, maps, masks and what-ifs there",
    )
    parser.add_argument(
        "--identity",
        action="store_true",
        help="print who the patient is, as the DICOM file says, on the report; it goes nowhere else",
    )


def run(arguments: Namespace) -> None:
    """Read, find regions, audit, print.

    Raises
    ------
    RadiographError
        If the file is not read as a radiograph.
    RegionsError
        If the regions cannot be used, for example because one lies outside the radiograph.
    CropError
        If the crop cannot be applied.
    ModelSetError
        If the model set cannot be used.
    OptionError
        If a file or folder cannot be opened, or a number is out of range.
    """
    from densexplain.explain.audit.audit import AuditOptions
    from densexplain.explain.audit.verdict import check_remark
    from densexplain.radiograph.reading.reading import read_radiograph

    geometry, options = geometry_of(arguments), AuditOptions(arguments.variants, arguments.seed)
    overruling, remark = _overruling(arguments), check_remark(arguments.remark)
    if arguments.identity and arguments.out is None:
        raise OptionError("expected --out with --identity, which is for the report alone; received none")
    folder = find_model_set(arguments.model_set)
    if arguments.out is not None:
        check_out(arguments.out)
    data = read_file(arguments.file)
    radiograph = read_radiograph(data, arguments.file.name, arguments.frame)
    identity = _identity(data) if arguments.identity else None
    regions = _regions(arguments, radiograph)

    start_backend()
    from densexplain.classifier.model_sets.model_set import load_model_set
    from densexplain.explain.audit.auditor import Auditor
    from densexplain.explain.audit.record import audit_record
    from densexplain.explain.explainer import Explainer

    auditor, start = Auditor(Explainer(load_model_set(folder))), time.monotonic()

    def tell(step: str, share: float) -> None:
        if time.monotonic() - start > _QUIET_SECONDS:
            report(step)

    audit = auditor.audit(radiograph.pixels, regions, geometry, options, tell)
    manifest = auditor.explainer.model_set.manifest
    record = audit_record(audit, manifest, radiograph, overruling=overruling, remark=remark, frame=arguments.frame)
    if arguments.out is not None:
        report_of = {"overruling": overruling, "remark": remark, "identity": identity}
        write_out(arguments.out, _files(audit, manifest, radiograph, record, report_of))
    print_json(record)


def _overruling(arguments: Namespace) -> Overruling | None:
    from densexplain.explain.audit.verdict import Overruling

    if (arguments.overrule is None) != (arguments.reason is None):
        raise OptionError("expected --overrule and --reason together; received one of them")
    return None if arguments.overrule is None else Overruling(arguments.overrule, arguments.reason)


def _regions(arguments: Namespace, radiograph: Radiograph) -> tuple[NamedRegion, ...]:
    """The reader's regions first, then those found that are not called the same."""
    from densexplain.radiograph.regions.found_regions import find_regions
    from densexplain.radiograph.regions.named_regions import named_regions
    from densexplain.radiograph.regions.region_file import read_region_file

    given: tuple[NamedRegion, ...] = ()
    if arguments.regions is not None:
        given = read_region_file(arguments.regions, radiograph.rows, radiograph.columns)
    if arguments.only_given:
        return given
    names = {region.name for region in given}
    found = named_regions(find_regions(radiograph.pixels, inverted=arguments.invert))
    return (*given, *(region for region in found if region.name not in names))


def _identity(data: bytes) -> PatientIdentity:
    from densexplain.radiograph.reading.patient_identity import read_patient_identity

    return read_patient_identity(data)


def _files(
    audit: Audit, manifest: Manifest, radiograph: Radiograph, record: dict[str, Any], report_of: dict[str, Any]
) -> dict[str, bytes]:
    from densexplain.render.audit.pictures import audit_files
    from densexplain.render.audit.report import render_audit_report

    files = audit_files(audit, manifest)
    files["audit.json"] = (json.dumps(record, indent=2, ensure_ascii=False, allow_nan=False) + "\n").encode()
    for kind in FigureFormat:
        files[f"report.{kind}"] = render_audit_report(audit, manifest, radiograph, file_format=kind, **report_of)
    return files


COMMAND = Command("audit", "find out what the prediction for one radiograph rests on", add_arguments, run)
