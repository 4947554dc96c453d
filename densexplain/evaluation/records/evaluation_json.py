"""The JSON of an evaluation's figures.

`densexplain.evaluation.records.recorded_evaluation` draws it.
"""

from __future__ import annotations

from typing import Any

from densexplain import schema
from densexplain.errors import RecordedEvaluationError
from densexplain.evaluation.records.evaluation_report import ALL, METRICS, EvaluationReport
from densexplain.evaluation.records.headed import headed_from_json, headed_to_json

FORMAT_VERSION = 2
"""Version of the layout; a newer one is refused. Version 1 had no figures by abnormality and by class."""


def report_to_json(report: EvaluationReport) -> dict[str, Any]:
    """The entries of ``evaluation.json``; `report_from_json` gives the same report back."""
    return headed_to_json(report, FORMAT_VERSION)


def report_from_json(entries: object) -> EvaluationReport:
    """Check the entries of ``evaluation.json`` and make a report of them; none is ignored.

    Raises
    ------
    EntryError
        If an entry is missing, not known, or of a wrong type.
    RecordedEvaluationError
        If a newer version of this software wrote it, or it holds no group.
    """
    report = headed_from_json(EvaluationReport, entries, FORMAT_VERSION, "evaluation")
    if not report.groups or report.groups[0].extremity != ALL:
        raise RecordedEvaluationError(f"expected the figures of {ALL} radiographs to come first; they do not")
    for group in report.groups:
        for level in (group.images, group.studies):
            schema.check_keys(level.figures, set(METRICS), "figures")
    return report
