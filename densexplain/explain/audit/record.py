"""An audit as one JSON object: all that a page shows of it, and what is needed to reproduce it."""

from __future__ import annotations

from dataclasses import asdict
from typing import Any

from densexplain.classifier.model_sets.manifest import Manifest
from densexplain.explain.audit.attribution import PRIORITY, LogitAttribution, RegionAttribution, attribution_sentence
from densexplain.explain.audit.audit import Audit
from densexplain.explain.audit.stability import Stability
from densexplain.explain.audit.verdict import Overruling, check_remark
from densexplain.explain.audit.what_if import WhatIfResult
from densexplain.explain.record import explanation_record
from densexplain.explain.wording import Wording
from densexplain.radiograph.radiograph import Radiograph
from densexplain.radiograph.regions.named_regions import NamedRegion
from densexplain.vocabulary import Finding


def audit_record(
    audit: Audit,
    manifest: Manifest,
    radiograph: Radiograph,
    *,
    overruling: Overruling | None = None,
    remark: str = "",
    frame_number: int | None = None,
) -> dict[str, Any]:
    """Convert an audit to plain values.

    For a foreign radiograph all numbers are there, but every finding is None,
    as in `explanation_record`; the sentences, which name findings, are None too.

    Parameters
    ----------
    audit
        The result.
    manifest, radiograph
        Manifest of the model set, and what was audited; it appears by the SHA-256 of its file.
    overruling
        The reader's own verdict with the reason; the computed verdict stays beside it.
    remark
        The reader's, at most 2000 characters; empty for none.
    frame_number
        The image that was chosen from a multi-frame DICOM, counted from 1.

    Returns
    -------
    dict
        As `explanation_record`, and ``audit``: ``regions`` (outlines as (x, y) in
        pixels of the radiograph as it was read), ``account``, ``what_ifs``,
        ``stability``, ``verdict`` and ``remark``. Only text, numbers, lists, None and dicts.

    Raises
    ------
    OptionError
        If the remark is too long.
    """
    remark = check_remark(remark)
    record = explanation_record(
        audit.explanation, manifest, radiograph, audit.geometry, seconds=audit.seconds, frame_number=frame_number
    )
    withheld = audit.explanation.label_withheld
    finding = audit.explanation.finding
    return record | {
        "audit": {
            "regions": [_region_entry(region) for region in audit.regions],
            "account": _attribution_entry(audit.attribution, finding, audit.explanation.wording, withheld),
            "what_ifs": [_what_if_entry(result, withheld) for result in audit.what_ifs],
            "stability": _stability_entry(audit.stability),
            "verdict": _verdict_entry(audit, overruling, withheld),
            "remark": remark or None,
        }
    }


def _region_entry(region: NamedRegion) -> dict[str, Any]:
    return {
        "name": region.name,
        "kind": None if region.kind is None else region.kind.value,
        "source": region.source.value,
        "pixels": int(region.mask.sum()),
        "polygons": [[list(point) for point in polygon] for polygon in region.outlines],
    }


def _attribution_entry(
    attribution: LogitAttribution, finding: Finding, wording: Wording, withheld: bool
) -> dict[str, Any]:
    def line(entry: RegionAttribution) -> dict[str, Any]:
        return {
            "name": entry.name,
            "kind": None if entry.kind is None else entry.kind.value,
            "positive": entry.evidence.positive,
            "negative": entry.evidence.negative,
            "net": entry.evidence.net,
            "area": entry.evidence.area,
            "share_of_positive": attribution.share(entry, Finding.ABNORMAL),
            "share_of_negative": attribution.share(entry, Finding.NORMAL),
        }

    return {
        "unit": "logit",
        "entries": [line(entry) for entry in attribution.entries],
        "elsewhere": line(attribution.elsewhere),
        "bias": attribution.bias,
        "total": attribution.total,
        "logit": attribution.logit,
        "priority": ["drawn without a kind" if kind is None else kind.value for kind in PRIORITY],
        "sentence": None if withheld else attribution_sentence(attribution, finding, wording),
        "blur": attribution.blur,
    }


def _what_if_entry(result: WhatIfResult, withheld: bool) -> dict[str, Any]:
    return {
        "name": result.what_if.name,
        "change": result.what_if.change.value,
        "regions": list(result.what_if.regions),
        "rows": int(result.what_if.pixels.shape[0]),
        "columns": int(result.what_if.pixels.shape[1]),
        "logit": result.logit,
        "probability": result.probability,
        "finding": None if withheld else result.finding.value,
        "logit_change": result.change,
        "flips": result.flips,
    }


def _stability_entry(changes: Stability) -> dict[str, Any]:
    low, high = changes.probability_range
    return {
        "seed": changes.seed,
        "variants": [
            {
                **asdict(variant),
                "kind": variant.kind.value,
                "logit": float(logit),
                "probability": probability,
                "flips": flips,
            }
            for variant, logit, probability, flips in zip(
                changes.variants, changes.logits, changes.probabilities, changes.flips.tolist(), strict=True
            )
        ],
        "probability_low": low,
        "probability_high": high,
        "logit_spread": changes.logit_spread,
        "flip_share": changes.flip_share,
        "fragile": changes.fragile,
        "map_spread": changes.map_spread.tolist(),
        "map_agreement": changes.map_agreement,
    }


def _verdict_entry(audit: Audit, overruling: Overruling | None, withheld: bool) -> dict[str, Any]:
    verdict = audit.verdict
    numbers = {name: value for name, value in asdict(verdict).items() if name not in ("verdict", "sentence")}
    return {
        "computed": None if withheld else verdict.verdict.value,
        "sentence": None if withheld else verdict.sentence,
        **numbers,
        "thresholds": asdict(audit.options.thresholds),
        "overruled": None if overruling is None else {"verdict": overruling.verdict.value, "reason": overruling.reason},
    }
