"""Audits made without a network: every number follows from a drawn map, by the code that is in use."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import replace

import numpy as np

from densexplain.classifier.model_sets.manifest import read_manifest
from densexplain.classifier.probability import finding_of, probability_of
from densexplain.explain.audit.attribution import attribute_logit
from densexplain.explain.audit.audit import Audit, AuditOptions
from densexplain.explain.audit.evidence import Evidence
from densexplain.explain.audit.stability import draw_variants, stability
from densexplain.explain.audit.verdict import judge
from densexplain.explain.audit.what_if import what_if_results, what_ifs
from densexplain.explain.explanation import Explanation
from densexplain.explain.familiarity import Familiarity
from densexplain.radiograph.crop import Geometry
from densexplain.radiograph.geometry import apply_geometry
from densexplain.radiograph.radiograph import Acquisition, Radiograph
from densexplain.radiograph.regions.cropped_regions import crop_mask
from densexplain.radiograph.regions.named_regions import NamedRegion
from densexplain.settings import PROJECT_FOLDER
from densexplain.vocabulary import FileFormat, Region, RegionSource

MANIFEST = read_manifest(PROJECT_FOLDER / "models" / "wrist")
FOREIGN, UNFAMILIAR = Familiarity(99.0, 1.0, 8.0, 9.0), Familiarity(8.5, 0.98, 8.0, 9.0)


def made_radiograph(rows: int = 240, columns: int = 160) -> Radiograph:
    """A ramp, so that every turn and crop of it is another one."""
    pixels = np.linspace(0, 1, rows * columns, dtype=np.float32).reshape(rows, columns)
    return Radiograph(pixels, FileFormat.PNG, Acquisition(), "fedcba9876543210" * 4)


def box(
    name: str, kind: Region | None, rows: slice, columns: slice, shape: tuple[int, int] = (240, 160)
) -> NamedRegion:
    """A region of whole rows and columns."""
    mask = np.zeros(shape, bool)
    mask[rows, columns] = True
    return NamedRegion(name, kind, mask, RegionSource.DRAWN)


REGIONS = (
    box("text legend", Region.TEXT_LEGEND, np.s_[10:40], np.s_[110:150]),
    box("marked region", Region.ABNORMALITY, np.s_[90:150], np.s_[40:110]),
    box("exposed anatomy", Region.SOFT_TISSUE, np.s_[0:240], np.s_[20:140]),
    box("cast", None, np.s_[60:220], np.s_[30:120]),
)


def made_audit(
    regions: Sequence[NamedRegion] = REGIONS,
    radiograph: Radiograph | None = None,
    geometry: Geometry | None = None,
    familiarity: Familiarity | None = None,
    logit: float = 1.25,
    variants: int = 16,
) -> Audit:
    """An audit whose logits under changes are drawn about `logit`, with a spread of 1."""
    radiograph, geometry, options = radiograph or made_radiograph(), geometry or Geometry(), AuditOptions(variants)
    draw, threshold, specification = np.random.default_rng(5), MANIFEST.threshold, MANIFEST.specification
    pixels = apply_geometry(radiograph.pixels, geometry)
    bias = 0.25
    cam = draw.normal(0, 4, (10, 10)).astype(np.float32)
    cam += np.float32(logit - bias - cam.mean())
    finding = finding_of(logit, threshold)
    explanation = Explanation(probability_of(logit), logit, bias, finding, threshold, cam, (), familiarity)
    cropped = tuple(replace(region, mask=crop_mask(region.mask, geometry)) for region in regions)
    attribution = attribute_logit(explanation, cropped, specification.size_px)
    copies, changes = what_ifs(pixels, cropped, specification), draw_variants(variants)
    count = len(copies) + len(changes)
    evidence = Evidence(draw.normal(logit, 1, count), draw.normal(0, 1, (count, 10, 10)).astype(np.float32))
    results = what_if_results(copies, evidence[: len(copies)], logit, threshold)
    held = stability(changes, evidence[len(copies) :], cam, logit, threshold, 0)
    verdict = judge(attribution, finding, threshold, results, held)
    return Audit(geometry, pixels, explanation, tuple(regions), cropped, attribution, results, held, verdict, options)
