"""Audits of a radiograph with a model set: at once for a command, in the background for a page."""

from __future__ import annotations

from collections.abc import Hashable, Sequence
from dataclasses import replace
from typing import TYPE_CHECKING

from densexplain.classifier.model_sets.manifest import Manifest
from densexplain.explain.audit.audit import Audit, AuditOptions
from densexplain.radiograph.regions.named_regions import NamedRegion
from densexplain.workspace.audit_run import AuditRun
from densexplain.workspace.case import Case
from densexplain.workspace.case_audits import FollowedAudit
from densexplain.workspace.model_set_store import ModelSetStore, fingerprint

if TYPE_CHECKING:
    from densexplain.explain.audit.auditor import Report


def audit(
    model_sets: ModelSetStore,
    case: Case,
    manifest: Manifest,
    regions: Sequence[NamedRegion],
    options: AuditOptions | None = None,
    report: Report | None = None,
    output_class: str | None = None,
) -> Audit:
    """Audit the prediction for a radiograph as it is cropped and turned, and wait for it.

    Parameters
    ----------
    model_sets, manifest
        What audits.
    case
        What is audited.
    regions
        Regions of the whole radiograph.
    options
        None takes the defaults.
    report, output_class
        As `densexplain.explain.audit.auditor.Auditor.audit` takes them.

    Raises
    ------
    ModelSetLoadingError, ModelSetError
        As `ModelSetStore.ready`.
    ShapeError, RegionOutsideError, BusyError
        As `densexplain.explain.audit.auditor.Auditor.audit`.
    """
    ready = model_sets.ready(manifest)
    found = ready.auditor().audit(
        case.radiograph.pixels, regions, case.geometry, options, report, ready.queue.turn, output_class
    )
    return _of_kind(found, case.radiograph.acquisition.other_kind)


def follow_audit(
    model_sets: ModelSetStore,
    case: Case,
    manifest: Manifest,
    regions: tuple[NamedRegion, ...],
    options: AuditOptions,
    output_class: str | None = None,
) -> FollowedAudit:
    """Return the audit of a radiograph with these regions; if there is none yet, start it in the background.

    It ends when the case is closed. Parameters as for `audit`.

    Raises
    ------
    ModelSetLoadingError, ModelSetError
        As `ModelSetStore.ready`.
    """
    ready, geometry = model_sets.ready(manifest), case.geometry
    view: tuple[Hashable, ...] = (fingerprint(manifest), geometry, output_class)
    pixels, kind = case.radiograph.pixels, case.radiograph.acquisition.other_kind

    def work(report: Report) -> Audit:
        found = ready.auditor().audit(pixels, regions, geometry, options, report, ready.queue.turn, output_class)
        return _of_kind(found, kind)

    return case.audits.follow(view, (*view, options, *regions), lambda: AuditRun(work, [case.closed]))


def _of_kind(found: Audit, other_kind: str | None) -> Audit:
    """An audit whose label is withheld where the file is no radiograph."""
    if other_kind is None:
        return found
    return replace(found, explanation=replace(found.explanation, other_kind=other_kind))
