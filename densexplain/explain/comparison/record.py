"""A comparison as one JSON object and as one table, complete enough to repeat it."""

from __future__ import annotations

import csv
import io
import math
from typing import Any

from densexplain.explain.comparison.comparison import Cell, Comparison, Difference, differences
from densexplain.explain.record import explanation_record
from densexplain.provenance import provenance
from densexplain.vocabulary import Ranking, Reference

_PREFIXES = {Reference.MODEL_SET: "from_first_model_set", Reference.INPUT: "from_first_input"}
_MEASURES = ("logit_change", "finding_changes", "rank_correlation", "overlap")
_BEFORE = (
    "model_set",
    "model_set_version",
    "weights_sha256",
    "engine",
    "input_version",
    "painted_px",
    "painted_source",
    "size_px",
    "class",
    "threshold",
    "probability",
    "logit",
    "bias",
    "evidence_sum",
    "finding",
    "label_withheld",
    "familiarity",
    *(f"{prefix}_{measure}" for prefix in _PREFIXES.values() for measure in _MEASURES),
)
_AFTER = ("radiograph_sha256", "ranking", "densexplain_version", "notice")


def columns(comparison: Comparison) -> tuple[str, ...]:
    """Columns of the table; logits and their changes in logits, correlation and overlap without a unit."""
    return (*_BEFORE, *(f"kept_channels_{stage}" for stage in comparison.stages), *_AFTER)


def comparison_record(comparison: Comparison, ranking: Ranking = Ranking.MEAN) -> dict[str, Any]:
    """Put every cell and every difference into plain values.

    The numbers of a foreign radiograph are all there, as in `explanation_record`;
    its finding is None and `label_withheld` is True.

    Parameters
    ----------
    comparison
        What was compared.
    ranking
        By which the channels of each stage are listed.

    Returns
    -------
    dict
        Only text, numbers, lists, None and dicts, ready for ``json.dumps``. A
        cell is named by its ``row`` and ``column``, counted from 0. Evidence is
        in logits, row by row.
    """
    places = {id(cell): [row, column] for row, cells in enumerate(comparison.rows) for column, cell in enumerate(cells)}
    return {
        **provenance(),
        "ranking": ranking.value,
        "cells": [
            {
                "row": places[id(cell)][0],
                "column": places[id(cell)][1],
                "input_version": cell.version.version.value,
                "painted_px": cell.version.painted_px,
                "painted_source": cell.version.source,
                **explanation_record(
                    cell.explanation, cell.manifest, comparison.radiograph, cell.version.geometry, ranking=ranking
                ),
                "evidence": cell.explanation.evidence.tolist(),
            }
            for cell in comparison
        ],
        "differences": [
            {
                "reference": one.reference.value,
                "first": places[id(one.first)],
                "second": places[id(one.second)],
                **_measures(one),
                "overlap_of": "warmest tenth",
                "kept_channels": _kept_channels(one),
                "evidence": one.evidence.tolist(),
            }
            for one in differences(comparison, ranking)
        ],
    }


def comparison_table(comparison: Comparison, ranking: Ranking = Ranking.MEAN) -> str:
    """Put every cell into a line of a CSV table with the `columns`; what is not defined stays empty."""
    found = {(id(one.second), one.reference): one for one in differences(comparison, ranking)}
    content = io.StringIO()
    writer = csv.DictWriter(content, columns(comparison), lineterminator="\n")
    writer.writeheader()
    for cell in comparison:
        line = _line(cell, comparison, ranking)
        for reference, prefix in _PREFIXES.items():
            difference = found.get((id(cell), reference))
            if difference is not None:
                line |= {f"{prefix}_{measure}": value for measure, value in _measures(difference).items()}
        own = found.get((id(cell), Reference.INPUT))
        if own is not None:
            line |= {f"kept_channels_{stage}": len(channels) for stage, channels in (_kept_channels(own) or {}).items()}
        writer.writerow(line)
    return content.getvalue()


def _line(cell: Cell, comparison: Comparison, ranking: Ranking) -> dict[str, Any]:
    explanation, manifest = cell.explanation, cell.manifest
    familiarity = explanation.familiarity
    return {
        **provenance(manifest, engine=explanation.engine),
        "input_version": cell.version.version.value,
        "painted_px": cell.version.painted_px,
        "painted_source": cell.version.source,
        "size_px": manifest.specification.size_px,
        "class": explanation.output_class,
        "threshold": explanation.threshold,
        "probability": explanation.probability,
        "logit": explanation.logit,
        "bias": explanation.bias,
        "evidence_sum": explanation.evidence_sum,
        "finding": None if explanation.label_withheld else explanation.finding.value,
        "label_withheld": explanation.label_withheld,
        "familiarity": None if familiarity is None else familiarity.verdict.value,
        "radiograph_sha256": comparison.radiograph.sha256,
        "ranking": ranking.value,
    }


def _measures(difference: Difference) -> dict[str, Any]:
    found = difference.agreement
    values = (math.nan, math.nan) if found is None else (found.correlation, found.overlap)
    correlation, overlap = (float(value) if math.isfinite(value) else None for value in values)
    changes = None if difference.label_withheld else difference.finding_changes
    return dict(zip(_MEASURES, (difference.logit, changes, correlation, overlap), strict=True))


def _kept_channels(difference: Difference) -> dict[str, list[int]] | None:
    by_stage = difference.shared_channels
    return None if by_stage is None else {stage: list(channels) for stage, channels in by_stage.items()}
