"""One radiograph, several model sets, several versions of the input: what differs, and by how much."""

from __future__ import annotations

from collections.abc import Callable, Iterator, Mapping, Sequence
from dataclasses import dataclass
from functools import cached_property, partial

import numpy as np
from numpy.typing import NDArray

from densexplain.classifier.classifier import Stage
from densexplain.classifier.model_sets.manifest import Manifest
from densexplain.errors import OptionError
from densexplain.explain.comparison.common_grid import CommonGrid, PlacedMap, common_grid
from densexplain.explain.explanation import Explanation
from densexplain.explain.map_agreement import Agreement, agreement
from densexplain.radiograph.preprocessing import InputSpecification, prepare
from densexplain.radiograph.radiograph import Radiograph
from densexplain.radiograph.versions import RadiographVersion
from densexplain.vocabulary import Ranking, Reference

Explain = Callable[[Manifest, RadiographVersion, Callable[[], NDArray[np.float32]]], Explanation]
"""Explains a version by a model set; the third argument makes its network input, shape (size, size, 3), float32.

The input is normalised as the model set specifies.
"""


@dataclass(frozen=True, eq=False)
class Cell:
    """What one model set says of one version of the radiograph.

    Parameters
    ----------
    manifest
        Manifest of the model set.
    version
        Version of the radiograph.
    pixels
        What the network looked at, before it was resized: shape (rows, columns), float32 in [0, 1].
    explanation
        Its answer.
    """

    manifest: Manifest
    version: RadiographVersion
    pixels: NDArray[np.float32]
    explanation: Explanation


@dataclass(frozen=True, eq=False)
class Comparison:
    """A matrix of cells: one row a model set, one column a version of the input.

    Parameters
    ----------
    radiograph
        As it was read.
    rows
        Rows of equal length. The others are compared with the first row and the first column.

    Raises
    ------
    OptionError
        If there is no cell, or the rows differ in length.
    """

    radiograph: Radiograph
    rows: tuple[tuple[Cell, ...], ...]

    def __post_init__(self) -> None:
        lengths = {len(row) for row in self.rows}
        if len(lengths) != 1 or 0 in lengths:
            raise OptionError(f"a comparison takes rows of one length, at least 1; received {sorted(lengths)}")

    @property
    def stages(self) -> tuple[Stage, ...]:
        """Every stage that some cell has, by its name, in the order in which they come first."""
        return tuple({one.stage.name: one.stage for cell in self for one in cell.explanation.stages}.values())

    def __iter__(self) -> Iterator[Cell]:
        """All cells, row by row."""
        return (cell for row in self.rows for cell in row)

    def reference(self, row: int, column: int, reference: Reference) -> Cell | None:
        """The cell that another is compared with; None for the reference itself."""
        first = self.rows[0][column] if reference is Reference.MODEL_SET else self.rows[row][0]
        return None if first is self.rows[row][column] else first


class VersionInputs:
    """The versions of a radiograph and the network inputs made of them, each made once however many model sets look.

    Parameters
    ----------
    radiograph
        As it was read.
    versions
        One column of the comparison each.

    Raises
    ------
    CropError
        If the crop of a version does not fit.
    """

    def __init__(self, radiograph: Radiograph, versions: Sequence[RadiographVersion]) -> None:
        self.radiograph, self.versions = radiograph, tuple(versions)
        self.pixels = tuple(version.apply(radiograph.pixels) for version in self.versions)
        self._inputs: dict[tuple[int, InputSpecification], NDArray[np.float32]] = {}

    def network_input(self, column: int, specification: InputSpecification) -> NDArray[np.float32]:
        """Input made of the version in a column, shape (size_px, size_px, 3), float32, normalised."""
        key = (column, specification)
        if key not in self._inputs:
            self._inputs[key] = prepare(self.pixels[column], specification)
        return self._inputs[key]

    def explain(self, manifest: Manifest, explain: Explain) -> tuple[Cell, ...]:
        """One row of the matrix: every version, explained by one model set."""
        specification = manifest.specification
        return tuple(
            Cell(
                manifest,
                version,
                self.pixels[column],
                explain(manifest, version, partial(self.network_input, column, specification)),
            )
            for column, version in enumerate(self.versions)
        )


def compare(
    radiograph: Radiograph, manifests: Sequence[Manifest], versions: Sequence[RadiographVersion], explain: Explain
) -> Comparison:
    """Explain every version with every model set.

    Cell by cell, each in the warm pass of its model set. One pass for all
    inputs of a size (`Explainer.explain_several`) is no faster: of two to four
    inputs it took 1.13 to 1.24 times as much processor time as explaining them
    in turn (shipped model sets of 320 and 224 px, two cores, alternating), and
    6 s or more to be compiled first.

    Parameters
    ----------
    radiograph
        As it was read.
    manifests
        Manifests of the model sets, one row each.
    versions
        One column each.
    explain
        Called once for each cell, row by row.

    Raises
    ------
    OptionError
        If there is no model set or no version.
    CropError
        If the crop of a version does not fit.
    """
    inputs = VersionInputs(radiograph, versions)
    return Comparison(radiograph, tuple(inputs.explain(manifest, explain) for manifest in manifests))


@dataclass(frozen=True, eq=False)
class Difference:
    """Differences between `second` and `first`, two explanations of one radiograph.

    Parameters
    ----------
    first, second
        A and B: differences are B minus A.
    reference
        What is the same of the two: with `Reference.MODEL_SET` the input, with `Reference.INPUT` the model set.
    shape
        Rows and columns of the radiograph, in pixels.
    ranking
        By which the 16 channels of a stage are chosen.
    """

    first: Cell
    second: Cell
    reference: Reference
    shape: tuple[int, int]
    ranking: Ranking = Ranking.MEAN

    @property
    def logit(self) -> float:
        """Change of the logit."""
        return self.second.explanation.logit - self.first.explanation.logit

    @property
    def label_withheld(self) -> bool:
        """Whether changes of logit and finding are hidden from a reader, because the label of one is withheld."""
        return self.first.explanation.label_withheld or self.second.explanation.label_withheld

    @property
    def finding_changes(self) -> bool:
        """Whether one is normal and the other abnormal, each by its own threshold."""
        return self.first.explanation.finding is not self.second.explanation.finding

    @cached_property
    def grid(self) -> CommonGrid:
        """Evidence of both on one grid over the crop of the first."""
        placed = (
            PlacedMap(
                cell.explanation.activation_map, cell.version.geometry, cell.manifest.specification.resize, self.shape
            )
            for cell in (self.first, self.second)
        )
        return common_grid(*placed)

    @property
    def evidence(self) -> NDArray[np.float64]:
        """Evidence of B minus A, shape of `grid`, float64, signed, in logits; 0 where only one of them looked."""
        return self.grid.second - self.grid.first

    @cached_property
    def agreement(self) -> Agreement | None:
        """Rank correlation of the maps and overlap of their warmest tenth, where both looked; None if nowhere."""
        shared = self.grid.shared
        if not shared.any():
            return None
        return agreement(self.grid.first[shared][None], self.grid.second[shared][None])

    @property
    def shared_channels(self) -> Mapping[str, tuple[int, ...]] | None:
        """Channels that are among the first 16 of a stage in both, in A's order; None for two model sets.

        A channel of one network is not that of another, whatever its number.
        """
        if self.first.manifest.weights_sha256 != self.second.manifest.weights_sha256:
            return None
        found = {}
        for stage in (one.stage.name for one in self.first.explanation.stages):
            first, second = (
                cell.explanation.stage(stage).ranked(self.ranking).channels.tolist()
                for cell in (self.first, self.second)
            )
            found[stage] = tuple(channel for channel in first if channel in second)
        return found


def differences(comparison: Comparison, ranking: Ranking = Ranking.MEAN) -> tuple[Difference, ...]:
    """Each cell against the first model set on the same input, and against the first input of the same model set."""
    shape = (comparison.radiograph.rows, comparison.radiograph.columns)
    return tuple(
        Difference(first, cell, reference, shape, ranking)
        for reference in Reference
        for row, cells in enumerate(comparison.rows)
        for column, cell in enumerate(cells)
        if (first := comparison.reference(row, column, reference)) is not None
    )
