"""Exports as files by name: the same from a page and from a command, each made on request."""

from __future__ import annotations

import io
import json
import zipfile
from collections.abc import Callable, Mapping
from dataclasses import dataclass
from functools import partial
from typing import TYPE_CHECKING, Any

from densexplain.classifier.model_sets.manifest import Manifest
from densexplain.explain.audit.audit import Audit
from densexplain.explain.audit.record import audit_record
from densexplain.explain.comparison.comparison import Comparison
from densexplain.explain.comparison.record import comparison_record, comparison_table
from densexplain.explain.explanation import Explanation
from densexplain.explain.record import explanation_record
from densexplain.explain.study.record import study_record, study_table
from densexplain.explain.study.study_reading import StudyReading
from densexplain.provenance import NOTICE
from densexplain.radiograph.geometry import apply_geometry
from densexplain.radiograph.reading.patient_identity import PatientIdentity
from densexplain.vocabulary import ColourMap, ColourScale, FigureFormat, Ranking
from densexplain.workspace.case import Case, Opinion

if TYPE_CHECKING:  # what draws figures brings Matplotlib, which no page waits for
    from densexplain.render.comparison.overlays import ComparedStyle
    from densexplain.render.report import Report

NOTHING_MORE: Mapping[str, object] = {}


@dataclass(frozen=True)
class Export:
    """A file that can be exported.

    Parameters
    ----------
    label, name, kind
        What a reader is told that it is, what it is called, and its media type.
    make
        Makes its content.
    """

    label: str
    name: str
    kind: str
    make: Callable[[], bytes]


def report_of(
    case: Case,
    manifest: Manifest,
    explanation: Explanation,
    *,
    ranking: Ranking = Ranking.MEAN,
    map_colours: ColourMap = ColourMap.JET,
    scale: ColourScale = ColourScale.RELATIVE,
    opacity: float = 0.5,
    grid_colours: ColourMap = ColourMap.BWR,
) -> Report:
    """All files of one explanation; parameters as `densexplain.render.report.Report` takes them."""
    from densexplain.render.report import Report

    pixels = apply_geometry(case.radiograph.pixels, case.geometry)
    parts = (pixels, explanation, manifest, case.radiograph, case.geometry)
    return Report(*parts, ranking, map_colours, scale, opacity, grid_colours)


def explanation_exports(
    case: Case, report: Callable[[], Report], manifest: Manifest, explanation: Explanation, ranking: Ranking
) -> tuple[Export, ...]:
    """Figure, maps and record of an explanation; the record has the reader's own reading."""
    record = partial(explanation_record, explanation, manifest, case.radiograph, case.geometry)
    own = {"reader_opinion": case.reading.opinion}
    return (
        Export("Figure, PNG", "figure.png", "image/png", lambda: report().figure(FigureFormat.PNG)),
        Export("Figure, PDF", "figure.pdf", "application/pdf", lambda: report().figure(FigureFormat.PDF)),
        Export("Maps, raw .npy", "maps.zip", "application/zip", lambda: _zipped(report().maps(), compressed=True)),
        Export(
            "Record, JSON",
            "explanation.json",
            "application/json",
            lambda: as_json({**record(ranking=ranking, frame_number=case.frame_number), **own}),
        ),
    )


def study_exports(
    reading: StudyReading,
    *,
    ranking: Ranking = Ranking.MEAN,
    colour_map: ColourMap = ColourMap.JET,
    opacity: float = 0.5,
    limit_logits: float | None = None,
    further: Mapping[str, object] = NOTHING_MORE,
) -> tuple[Export, ...]:
    """Figure, table and record of a study.

    Parameters
    ----------
    reading
        What the model set says.
    ranking
        As `densexplain.explain.study.record.study_record` takes it.
    colour_map, opacity, limit_logits
        As `densexplain.render.study_sheet.render_study_sheet` takes them.
    further
        Entries of the record beside those of the study.
    """

    def figure() -> bytes:
        from densexplain.render.study_sheet import render_study_sheet

        return render_study_sheet(reading, colour_map=colour_map, opacity=opacity, limit_logits=limit_logits)

    return (
        Export("Figure, PNG", "study.png", "image/png", figure),
        Export("Table, CSV", "study.csv", "text/csv", lambda: study_table(reading).encode()),
        Export(
            "Record, JSON",
            "study.json",
            "application/json",
            lambda: as_json({**study_record(reading, ranking=ranking), **further}),
        ),
    )


def comparison_exports(
    comparison: Comparison,
    *,
    style: ComparedStyle | None = None,
    ranking: Ranking = Ranking.MEAN,
    grid_colours: ColourMap = ColourMap.BWR,
    further: Mapping[str, object] = NOTHING_MORE,
) -> tuple[Export, ...]:
    """Figure, document, table and record of a comparison.

    Parameters
    ----------
    comparison
        What was compared.
    style, ranking, grid_colours
        As `densexplain.render.comparison.document.comparison_document` takes them.
    further
        Entries of the record beside those of the comparison.
    """

    def figure() -> bytes:
        from densexplain.render.comparison.figure import comparison_figure

        return comparison_figure(comparison, style, ranking)

    def document() -> bytes:
        from densexplain.render.comparison.document import comparison_document

        return comparison_document(comparison, style, ranking, grid_colours)

    return (
        Export("Figure, PNG", "comparison.png", "image/png", figure),
        Export("Figure and stage grids, PDF", "comparison.pdf", "application/pdf", document),
        Export("Table, CSV", "comparison.csv", "text/csv", lambda: comparison_table(comparison, ranking).encode()),
        Export(
            "Record, JSON",
            "comparison.json",
            "application/json",
            lambda: as_json({**comparison_record(comparison, ranking), **further}),
        ),
    )


def audit_exports(
    audit: Audit,
    manifest: Manifest,
    case: Case,
    opinion: Opinion,
    identity: PatientIdentity | None = None,
    further: Mapping[str, object] = NOTHING_MORE,
) -> tuple[Export, ...]:
    """Report, record, pictures and masks of an audit.

    Parameters
    ----------
    audit, manifest, case
        What was found, by which model set, in what.
    opinion
        What the reader says of it.
    identity
        Whom the report names; nothing else names anybody.
    further
        Entries of the record beside those of the audit.
    """
    overruling, remark = opinion.overruling, opinion.remark

    def record() -> bytes:
        entry = audit_record(
            audit, manifest, case.radiograph, overruling=overruling, remark=remark, frame_number=case.frame_number
        )
        return as_json({**entry, **further})

    def report(file_format: FigureFormat) -> bytes:
        from densexplain.render.audit.report import render_audit_report

        return render_audit_report(
            audit,
            manifest,
            case.radiograph,
            overruling=overruling,
            remark=remark,
            identity=identity,
            file_format=file_format,
        )

    def pictures() -> bytes:
        return _zipped({**audit_pictures(audit, manifest), "audit.json": record()}, compressed=False)

    return (
        Export("Report, PDF", "report.pdf", "application/pdf", partial(report, FigureFormat.PDF)),
        Export("Report, PNG", "report.png", "image/png", partial(report, FigureFormat.PNG)),
        Export("Record, JSON", "audit.json", "application/json", record),
        Export("Pictures and masks, zip", "audit.zip", "application/zip", pictures),
    )


def audit_pictures(audit: Audit, manifest: Manifest) -> dict[str, bytes]:
    """The map, its spread, every mask and every changed copy, by name."""
    from densexplain.render.audit.pictures import audit_files

    return audit_files(audit, manifest)


def as_json(record: Mapping[str, Any]) -> bytes:
    """A record as a file."""
    return json.dumps(record, indent=2, ensure_ascii=False, allow_nan=False).encode() + b"\n"


def _zipped(files: Mapping[str, bytes], *, compressed: bool) -> bytes:
    stream = io.BytesIO()
    method = zipfile.ZIP_DEFLATED if compressed else zipfile.ZIP_STORED  # PNG is compressed already
    with zipfile.ZipFile(stream, "w", method) as archive:
        for name, content in {**files, "NOTICE.txt": (NOTICE + "\n").encode()}.items():
            archive.writestr(name, content)
    return stream.getvalue()
