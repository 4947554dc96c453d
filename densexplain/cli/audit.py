"""``audit``: what the prediction for one radiograph rests on, as one JSON object."""

from __future__ import annotations

import time
from argparse import ArgumentParser, Namespace
from pathlib import Path
from typing import TYPE_CHECKING

from densexplain.cli.command import Command, print_json, report
from densexplain.cli.out_folder import check_out, write_out
from densexplain.cli.radiograph_arguments import add_class_argument, add_crop_arguments, add_view_arguments, geometry_of
from densexplain.errors import OptionError
from densexplain.vocabulary import AuditVerdict

if TYPE_CHECKING:
    from densexplain.explain.audit.verdict import Overruling
    from densexplain.radiograph.reading.patient_identity import PatientIdentity
    from densexplain.radiograph.regions.named_regions import NamedRegion
    from densexplain.workspace.case import Case

_QUIET_SECONDS = 1.0


def add_arguments(parser: ArgumentParser) -> None:
    """Declare the radiograph, the model set, the regions and where pictures go."""
    parser.add_argument("file", type=Path, metavar="FILE", help="DICOM, PNG or JPEG")
    parser.add_argument("--model-set", required=True, metavar="NAME")
    add_class_argument(parser)
    parser.add_argument(
        "--regions",
        type=Path,
        metavar="FILE",
        help="regions you drew, as JSON or PNG; kind abnormality marks where you see it",
    )
    parser.add_argument("--only-given", action="store_true", help="look for no further regions")
    add_crop_arguments(parser)
    add_view_arguments(parser)
    parser.add_argument(
        "--variants", type=int, default=16, metavar="N", help="small changes, 16 to 64 (default: %(default)s)"
    )
    parser.add_argument("--seed", type=int, default=0, metavar="N", help="seed of the changes (default: %(default)s)")
    parser.add_argument("--overrule", type=AuditVerdict, choices=list(AuditVerdict), help="your own verdict")
    parser.add_argument("--reason", metavar="TEXT", help="why you overrule the computed one")
    parser.add_argument(
        "--remark",
        default="",
        metavar="TEXT",
        help="your remark, up to 2000 characters, in the record and on the report",
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
        help="print the patient's identity, as in the DICOM file, on the report and nowhere else",
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
    from densexplain.cli.new_workspace import new_workspace, open_one
    from densexplain.explain.audit.audit import AuditOptions
    from densexplain.explain.audit.record import audit_record
    from densexplain.explain.audit.verdict import check_remark
    from densexplain.workspace.case import Opinion

    geometry, options = geometry_of(arguments), AuditOptions(arguments.variants, arguments.seed)
    opinion = Opinion(_overruling(arguments), check_remark(arguments.remark))
    if arguments.identity and arguments.out is None:
        raise OptionError("expected --out with --identity, which is for the report only; received none")
    workspace = new_workspace()
    folder = workspace.model_sets.find(arguments.model_set)
    if arguments.out is not None:
        check_out(arguments.out)
    case = open_one(workspace, arguments.file, arguments.frame_number)
    case.change_geometry(geometry)
    regions = _regions(arguments, case)
    manifest, start = workspace.model_sets.load(folder).manifest, time.monotonic()
    workspace.choose_class(manifest, arguments.output_class)

    def tell(step: str, share: float) -> None:
        if time.monotonic() - start > _QUIET_SECONDS:
            report(step)

    audit = workspace.audit(case, manifest, regions, options, tell)
    record = audit_record(
        audit,
        manifest,
        case.radiograph,
        overruling=opinion.overruling,
        remark=opinion.remark,
        frame_number=case.frame_number,
    )
    if arguments.out is not None:
        from densexplain.workspace.exports import audit_exports, audit_pictures

        identity = _identity(arguments.file) if arguments.identity else None
        exports = audit_exports(audit, manifest, case, opinion, identity)
        written = {one.name: one.make() for one in exports if one.name != "audit.zip"}
        write_out(arguments.out, {**audit_pictures(audit, manifest), **written})
    print_json(record)


def _overruling(arguments: Namespace) -> Overruling | None:
    from densexplain.explain.audit.verdict import Overruling

    if (arguments.overrule is None) != (arguments.reason is None):
        raise OptionError("expected --overrule and --reason together; received one of them")
    return None if arguments.overrule is None else Overruling(arguments.overrule, arguments.reason)


def _regions(arguments: Namespace, case: Case) -> tuple[NamedRegion, ...]:
    """The reader's regions first, then those found that are not called the same."""
    from densexplain.radiograph.regions.region_file import read_region_file

    given: tuple[NamedRegion, ...] = ()
    if arguments.regions is not None:
        given = read_region_file(arguments.regions, case.radiograph.rows, case.radiograph.columns)
    if arguments.only_given:
        return given
    names = {region.name for region in given}
    return (*given, *(region for region in case.regions.named(arguments.invert) if region.name not in names))


def _identity(file: Path) -> PatientIdentity:
    from densexplain.radiograph.reading.patient_identity import read_patient_identity
    from densexplain.workspace.files import read_file

    return read_patient_identity(read_file(file))


COMMAND = Command("audit", "find out what the prediction for one radiograph rests on", add_arguments, run)
