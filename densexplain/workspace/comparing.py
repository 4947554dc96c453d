"""One radiograph, several model sets and versions, side by side."""

from __future__ import annotations

from collections.abc import Callable, Collection, Mapping, Sequence
from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray

from densexplain.classifier.model_sets.manifest import Manifest
from densexplain.errors import ModelSetError
from densexplain.explain.comparison.comparison import Cell, Comparison, VersionInputs
from densexplain.explain.explanation import Explanation
from densexplain.radiograph.regions.drawn_regions import drawn_regions
from densexplain.radiograph.regions.regions import Mask
from densexplain.radiograph.versions import RadiographVersion, radiograph_versions
from densexplain.vocabulary import InputVersion, Region, RegionSource
from densexplain.workspace.case import Case
from densexplain.workspace.explaining import Explanations
from densexplain.workspace.model_set_store import ModelSetLoadingError

OnCell = Callable[[int, Manifest, RadiographVersion], None]
"""Told before each cell its number, from 1, its model set and its version."""


@dataclass(frozen=True, eq=False)
class Compared:
    """Result of a comparison.

    Parameters
    ----------
    comparison
        Of the model sets that could be used; None while one is being loaded, or where none can be.
    loading
        Model sets that are still being loaded.
    unusable
        Model sets that cannot be used, and why; the others went on.
    """

    comparison: Comparison | None
    loading: tuple[Manifest, ...] = ()
    unusable: tuple[tuple[Manifest, ModelSetError], ...] = ()

    def whole(self) -> Comparison:
        """The comparison of all model sets that were asked for.

        Raises
        ------
        ModelSetLoadingError, ModelSetError
            Why one of them has no row.
        """
        if self.unusable:
            raise self.unusable[0][1]
        if self.comparison is None:
            raise ModelSetLoadingError
        return self.comparison


def possible_versions(
    case: Case, wanted: Collection[InputVersion] = tuple(InputVersion)
) -> Mapping[InputVersion, RadiographVersion]:
    """Find the versions that can be made of a radiograph as it is cropped and turned.

    Parameters
    ----------
    case
        A text legend is as the reader drew it, else where it is known, else where it is found.
    wanted
        A text legend is looked for only if the version without it is among these.
    """
    marker, source = _text_legend(case) if InputVersion.MARKER_REMOVED in wanted else (None, RegionSource.DRAWN)
    return radiograph_versions(case.geometry, case.suggestion, marker, source)


def compare(
    explanations: Explanations,
    case: Case,
    manifests: Sequence[Manifest],
    versions: Sequence[RadiographVersion],
    on_cell: OnCell | None = None,
) -> Compared:
    """Explain every version with every model set.

    Raises
    ------
    BusyError
        If too many others are waiting.
    CropError
        If the crop of a version does not fit.
    """
    inputs, done = VersionInputs(case.radiograph, versions), 0
    together = (len(manifests), len(manifests) * len(versions))

    def explain_cell(
        manifest: Manifest, version: RadiographVersion, make_input: Callable[[], NDArray[np.float32]]
    ) -> Explanation:
        nonlocal done
        done += 1
        if on_cell is not None:
            on_cell(done, manifest, version)
        return explanations.explain_version(case, manifest, version, make_input, together)

    rows = list[tuple[Cell, ...]]()
    loading, unusable = list[Manifest](), list[tuple[Manifest, ModelSetError]]()
    for manifest in manifests:
        try:
            rows.append(inputs.explain(manifest, explain_cell))
        except ModelSetLoadingError:
            loading.append(manifest)
        except ModelSetError as error:
            unusable.append((manifest, error))
    comparison = None if loading or not rows else Comparison(case.radiograph, tuple(rows))
    return Compared(comparison, tuple(loading), tuple(unusable))


def _text_legend(case: Case) -> tuple[Mask, RegionSource]:
    boxes = [box for box in case.boxes if box.region is Region.TEXT_LEGEND]
    if boxes:
        drawn = drawn_regions(boxes, case.radiograph.rows, case.radiograph.columns)
        return drawn[Region.TEXT_LEGEND], RegionSource.DRAWN
    if case.known_regions is not None:
        return case.known_regions[Region.TEXT_LEGEND], RegionSource.KNOWN
    return case.regions.found(case.geometry.invert)[Region.TEXT_LEGEND], RegionSource.FOUND
