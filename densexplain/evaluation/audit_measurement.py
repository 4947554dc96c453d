"""How often the audit's verdict is wrong, on phantoms of which it is known what a model set goes by.

A *shortcut case* is a phantom with the text legend that was planted in the
training data, which a model set calls abnormal and, once the legend's own pixels
are painted over, normal: the legend decides. It is recognised when the verdict is
that the prediction rests on something else. A *clean case* is an abnormal phantom
without any text legend, rightly called abnormal; it is falsely accused when the
verdict is the same. The audit itself sees pixels and the marked abnormality only; it
looks for legends and frames on its own.
"""

from __future__ import annotations

from collections import Counter
from collections.abc import Mapping, Sequence
from dataclasses import asdict, dataclass, replace
from pathlib import Path
from typing import Any

import numpy as np

from densexplain.classifier.probability import finding_of
from densexplain.data_sets.images import read_training_image
from densexplain.data_sets.mura import LabelledRadiograph
from densexplain.errors import DataSetError
from densexplain.evaluation.maps.annotated_phantoms import ABNORMAL_REGIONS
from densexplain.explain.audit.attribution import LogitAttribution
from densexplain.explain.audit.audit import Audit, AuditOptions
from densexplain.explain.audit.auditor import Auditor
from densexplain.explain.audit.stability import Stability
from densexplain.explain.audit.verdict import THRESHOLDS, VerdictThresholds, judge
from densexplain.explain.audit.what_if import WhatIfResult
from densexplain.phantom.truth import Truth, is_inverted, read_truth
from densexplain.progress import Report
from densexplain.radiograph.preprocessing import prepare
from densexplain.radiograph.regions.found_regions import find_regions
from densexplain.radiograph.regions.named_regions import NamedRegion, named_regions
from densexplain.radiograph.regions.removal import paint_over
from densexplain.vocabulary import AuditVerdict, Finding, Region, RegionSource

TRIED_PUSHES = (0.25, 0.5, 1.0, 1.5, 2.0, 3.0)
"""Values of `VerdictThresholds.push_logits` whose error rates are reported beside those in use."""


@dataclass(frozen=True, eq=False)
class AuditedPhantom:
    """What a verdict is made of, without the pixels, so that other thresholds can be tried.

    Parameters
    ----------
    path
        Path of the radiograph, below the data set's root.
    shortcut
        Whether it is a shortcut case; else it is a clean one.
    attribution, finding, threshold, results, stability
        As `densexplain.explain.audit.verdict.judge` takes them.
    """

    path: str
    shortcut: bool
    attribution: LogitAttribution
    finding: Finding
    threshold: float
    results: tuple[WhatIfResult, ...]
    stability: Stability

    def verdict(self, thresholds: VerdictThresholds = THRESHOLDS) -> AuditVerdict:
        """The verdict by given thresholds."""
        return judge(self.attribution, self.finding, self.threshold, self.results, self.stability, thresholds).verdict


@dataclass(frozen=True)
class ErrorRates:
    """Error rates of the verdicts by one choice of thresholds.

    Parameters
    ----------
    shortcut_cases, clean_cases
        How many.
    recognised
        Share of the shortcut cases, None if there are none.
    accused
        Share of the clean cases that are falsely accused, None if there are none.
    shortcut_verdicts, clean_verdicts
        How often each verdict was given.
    """

    shortcut_cases: int
    clean_cases: int
    recognised: float | None
    accused: float | None
    shortcut_verdicts: Mapping[str, int]
    clean_verdicts: Mapping[str, int]


def audit_phantoms(
    auditor: Auditor, folder: Path, items: Sequence[LabelledRadiograph], limit: int, seed: int, report: Report
) -> list[AuditedPhantom]:
    """Audit shortcut cases and clean cases of a phantom data set.

    Parameters
    ----------
    auditor
        Auditor of the model set.
    folder, items
        The data set's root, and its radiographs.
    limit
        How many of either kind at most, drawn at random.
    seed
        Seed of the choice and of the small changes.
    report
        Called with each line of progress.

    Raises
    ------
    DataSetError
        If a radiograph or its truth cannot be read.
    """
    found: list[AuditedPhantom] = []
    count = {True: 0, False: 0}
    for place in np.random.default_rng(seed).permutation(len(items)):
        if min(count.values()) >= limit:
            break
        item = items[place]
        truth = read_truth(folder, item)
        wanted = _may_be(truth, item)
        if wanted is None or count[wanted] >= limit:
            continue
        pixels = _pixels(item, truth)
        if not _is(auditor, pixels, truth, wanted):
            continue
        audit = auditor.audit(pixels, _regions(pixels, truth), options=AuditOptions(seed=seed))
        found.append(_without_pixels(str(item.path.relative_to(folder)), wanted, audit, auditor))
        count[wanted] += 1
        if len(found) % 10 == 0:
            report(f"audited {count[True]} shortcut cases and {count[False]} clean ones")
    return found


def error_rates(phantoms: Sequence[AuditedPhantom], thresholds: VerdictThresholds = THRESHOLDS) -> ErrorRates:
    """Count right and wrong verdicts."""
    verdicts = {
        shortcut: Counter(one.verdict(thresholds).value for one in phantoms if one.shortcut is shortcut)
        for shortcut in (True, False)
    }
    shares: dict[bool, float | None] = {
        shortcut: counts[AuditVerdict.SOMETHING_ELSE] / total if (total := sum(counts.values())) else None
        for shortcut, counts in verdicts.items()
    }
    return ErrorRates(
        sum(verdicts[True].values()),
        sum(verdicts[False].values()),
        shares[True],
        shares[False],
        dict(verdicts[True]),
        dict(verdicts[False]),
    )


def measurement_record(phantoms: Sequence[AuditedPhantom]) -> dict[str, Any]:
    """Error rates by the thresholds in use and by others, and what each verdict came from, as plain values."""
    return {
        "thresholds": asdict(THRESHOLDS),
        "rates": asdict(error_rates(phantoms)),
        "tried": [
            {"push_logits": push, **asdict(error_rates(phantoms, replace(THRESHOLDS, push_logits=push)))}
            for push in TRIED_PUSHES
        ],
        "phantoms": [_entry(one) for one in phantoms],
    }


def _entry(one: AuditedPhantom) -> dict[str, Any]:
    verdict = judge(one.attribution, one.finding, one.threshold, one.results, one.stability)
    return {
        "path": one.path,
        "shortcut": one.shortcut,
        "logit": one.attribution.logit,
        "logit_spread": one.stability.logit_spread,
        "flip_share": one.stability.flip_share,
        "what_ifs": {result.what_if.name: [result.change, result.flips] for result in one.results},
        **asdict(verdict),
    }


def _may_be(truth: Truth, item: LabelledRadiograph) -> bool | None:
    """True for a possible shortcut case, False for a possible clean one, None for neither."""
    legend = Region.TEXT_LEGEND in truth.regions
    if legend and truth.record.get("shortcut") is not None:
        return True
    marked = any(region in truth.regions for region in ABNORMAL_REGIONS)
    return False if not legend and marked and item.finding is Finding.ABNORMAL else None


def _is(auditor: Auditor, pixels: Any, truth: Truth, shortcut: bool) -> bool:
    """Whether the model set calls it abnormal, and a shortcut case normal without the legend's own pixels."""
    manifest = auditor.explainer.model_set.manifest

    def finding(of: Any) -> Finding:
        explanation = auditor.explainer.explain(prepare(of, manifest.specification))
        return finding_of(explanation.logit, manifest.threshold)

    if finding(pixels) is not Finding.ABNORMAL:
        return False
    return not shortcut or finding(paint_over(pixels, truth.regions[Region.TEXT_LEGEND])) is Finding.NORMAL


def _pixels(item: LabelledRadiograph, truth: Truth) -> Any:
    pixels = read_training_image(item.path)
    if pixels.shape != truth.regions.shape:
        raise DataSetError(
            f"expected regions of the radiograph's size beside {item.path}; received {truth.regions.shape}"
        )
    # A reader is asked to put an inverted one right first; the network has seen it as it is, so it is left out there.
    return 1 - pixels if is_inverted(truth.record) else pixels


def _regions(pixels: Any, truth: Truth) -> tuple[NamedRegion, ...]:
    """What is found, and the abnormality as a reader would mark it."""
    found = named_regions(find_regions(pixels))
    marked = truth.regions.union(*ABNORMAL_REGIONS)
    if not marked.any():
        return found
    return (NamedRegion("marked region", Region.ABNORMALITY, marked, RegionSource.DRAWN), *found)


def _without_pixels(path: str, shortcut: bool, audit: Audit, auditor: Auditor) -> AuditedPhantom:
    nothing, empty = np.zeros((0, 0), np.float32), np.zeros((0, 0), np.bool_)
    results = tuple(
        replace(one, what_if=replace(one.what_if, pixels=nothing, mask=empty), activation_map=nothing)
        for one in audit.what_ifs
    )
    threshold = auditor.explainer.model_set.manifest.threshold
    finding = audit.explanation.finding
    return AuditedPhantom(path, shortcut, audit.attribution, finding, threshold, results, audit.stability)
