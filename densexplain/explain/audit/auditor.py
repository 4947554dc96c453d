"""From a radiograph and its regions to an audit: one explanation and one batched pass."""

from __future__ import annotations

import time
from collections.abc import Callable, Sequence
from contextlib import AbstractContextManager, nullcontext
from dataclasses import replace
from functools import partial

import numpy as np
from numpy.typing import NDArray

from densexplain.explain.audit.attribution import attribute_logit
from densexplain.explain.audit.audit import Audit, AuditOptions
from densexplain.explain.audit.evidence import Evidence
from densexplain.explain.audit.stability import draw_variants, stability
from densexplain.explain.audit.verdict import judge
from densexplain.explain.audit.what_if import what_if_results, what_ifs
from densexplain.explain.explainer import Explainer
from densexplain.radiograph.crop import Geometry
from densexplain.radiograph.geometry import apply_geometry
from densexplain.radiograph.preprocessing import prepare
from densexplain.radiograph.regions.cropped_regions import crop_mask
from densexplain.radiograph.regions.named_regions import NamedRegion, check_regions
from densexplain.vocabulary import ResizeMode

Report = Callable[[str, float], None]
"""Called before each step with what is being done and the share that is done, 0 to 1; may raise to end it."""

Turn = Callable[[Callable[[int], None]], AbstractContextManager[None]]
"""Held while the network runs, as `densexplain.explain.queue.ExplanationQueue.turn`; takes a callback for waiting."""

_EXPLAINED, _CHANGED = 0.1, 0.2  # share of the time that has passed by then


class Auditor:
    """Audits predictions of one model set; safe to share between threads.

    Parameters
    ----------
    explainer
        Explainer of the model set.
    most_at_once
        Changed copies that go through the network together.
    """

    def __init__(self, explainer: Explainer, most_at_once: int = 8) -> None:
        self.explainer = explainer
        self._most_at_once = most_at_once

    def audit(
        self,
        pixels: NDArray[np.float32],
        regions: Sequence[NamedRegion],
        geometry: Geometry | None = None,
        options: AuditOptions | None = None,
        report: Report | None = None,
        turn: Turn | None = None,
        output_class: str | None = None,
    ) -> Audit:
        """Find out what the prediction for a radiograph rests on.

        Parameters
        ----------
        pixels
            The whole radiograph, shape (rows, columns), float32 in [0, 1].
        regions
            Regions of the radiograph, found by `densexplain.radiograph.regions.found_regions.find_regions` or drawn;
            may be empty.
        geometry
            How the radiograph is cropped and turned; None leaves it whole.
        options
            Number and seed of the small changes, and thresholds; None takes the defaults.
        report
            Called at each step, and again when the number of those ahead changes.
        turn
            Held for the explanation and again for each batch, so that others get their turns between; None waits for
            nobody.
        output_class
            Name of the class whose prediction is audited; None for the most probable that is not normal.

        Raises
        ------
        ShapeError, RegionOutsideError
            As `densexplain.radiograph.regions.named_regions.check_regions`.
        CropError
            If the crop cannot be applied.
        BusyError
            From `turn`.
        """
        geometry, options, tell = (
            geometry or Geometry(),
            options or AuditOptions(),
            report or (lambda step, share: None),
        )
        turn = turn or (lambda on_wait: nullcontext())
        check_regions(regions, *pixels.shape)
        manifest, seconds = self.explainer.model_set.manifest, {}
        specification = manifest.specification

        tell("explaining the radiograph", 0.0)
        start = time.monotonic()
        crop = apply_geometry(pixels, geometry)
        prepared = prepare(crop, specification)
        with turn(partial(_tell_wait, tell, 0.0)):
            explanation = self.explainer.explain(prepared, output_class)
        seconds["explanation"], start = time.monotonic() - start, time.monotonic()
        cropped = _cropped(regions, geometry, ResizeMode.STRETCH)
        laid = (
            cropped if specification.resize is ResizeMode.STRETCH else _cropped(regions, geometry, specification.resize)
        )
        attribution = attribute_logit(explanation, laid, specification.size_px)
        seconds["account"], start = time.monotonic() - start, time.monotonic()

        tell("changing the radiograph", _EXPLAINED)
        copies, variants = what_ifs(crop, cropped, specification), draw_variants(options.variants, options.seed)
        inputs = [prepare(copy.pixels, specification) for copy in copies]
        inputs += [prepare(variant.apply(crop), specification) for variant in variants]
        seconds["changes"], start = time.monotonic() - start, time.monotonic()
        evidence = self._evidence_in_turns(inputs, explanation.output_class, tell, turn)
        seconds["passes"], start = time.monotonic() - start, time.monotonic()

        results = what_if_results(copies, evidence[: len(copies)], explanation.logit, explanation.threshold)
        changes = stability(
            variants,
            evidence[len(copies) :],
            explanation.activation_map,
            explanation.logit,
            explanation.threshold,
            options.seed,
        )
        verdict = judge(
            attribution,
            explanation.finding,
            explanation.threshold,
            results,
            changes,
            options.thresholds,
            explanation.wording,
        )
        seconds["verdict"] = time.monotonic() - start
        return Audit(
            geometry,
            crop,
            explanation,
            tuple(regions),
            cropped,
            attribution,
            results,
            changes,
            verdict,
            options,
            seconds,
        )

    def _evidence_in_turns(
        self, inputs: Sequence[NDArray[np.float32]], chosen: str, tell: Report, turn: Turn
    ) -> Evidence:
        parts = []
        for start in range(0, len(inputs), self._most_at_once):
            share = _CHANGED + (1.0 - _CHANGED) * start / len(inputs)
            tell(f"asking the network about changed copies, {start} of {len(inputs)} done", share)
            with turn(partial(_tell_wait, tell, share)):
                parts.append(self.explainer.evidence(inputs[start : start + self._most_at_once], chosen))
        return Evidence(np.concatenate([one.logits for one in parts]), np.concatenate([one.maps for one in parts]))


def _tell_wait(tell: Report, share: float, ahead: int) -> None:
    tell(f"{ahead} others are ahead of this audit", share)


def _cropped(regions: Sequence[NamedRegion], geometry: Geometry, resize: ResizeMode) -> tuple[NamedRegion, ...]:
    return tuple(replace(region, mask=crop_mask(region.mask, geometry, resize)) for region in regions)
