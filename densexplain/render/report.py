"""All files of one result, the same from the page and from the command line."""

from __future__ import annotations

import io
from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray

from densexplain import __version__
from densexplain.classifier.model_sets.manifest import Manifest
from densexplain.explain.explanation import Explanation
from densexplain.radiograph.crop import Geometry
from densexplain.radiograph.radiograph import Radiograph
from densexplain.render.encoding import encode_png
from densexplain.render.figure import FigureFacts, render_figure
from densexplain.render.overlay import Overlay, render_overlay
from densexplain.render.stage_grid import StageGrid, stage_grid
from densexplain.vocabulary import ColourMap, ColourScale, FigureFormat, Ranking


@dataclass(frozen=True)
class Report:
    """One result and how it is to be shown.

    Parameters
    ----------
    pixels
        The crop that was explained, shape (rows, columns), float32 in [0, 1].
    explanation, manifest, radiograph, geometry
        What was found, by which model set, in what.
    ranking
        How the 16 maps of each stage are chosen.
    map_colours, scale, opacity, grid_colours
        How they are coloured; the defaults are the paper's.
    """

    pixels: NDArray[np.float32]
    explanation: Explanation
    manifest: Manifest
    radiograph: Radiograph
    geometry: Geometry
    ranking: Ranking = Ranking.MEAN
    map_colours: ColourMap = ColourMap.JET
    scale: ColourScale = ColourScale.RELATIVE
    opacity: float = 0.5
    grid_colours: ColourMap = ColourMap.BWR

    def figure(self, file_format: FigureFormat = FigureFormat.PNG) -> bytes:
        """The paper's composition as PNG or PDF."""
        return render_figure(
            self.pixels,
            self.explanation.activation_map,
            self.grids(),
            self._facts(),
            file_format=file_format,
            colour_map=self.map_colours,
            grid_colour_map=self.grid_colours,
            scale=self.scale,
            opacity=self.opacity,
            limit_logits=self.manifest.activation_map_limit_logits,
            resize=self.manifest.specification.resize,
        )

    def overlay(self) -> Overlay:
        """The class activation map over the crop, at the crop's own size."""
        return render_overlay(
            self.pixels,
            self.explanation.activation_map,
            colour_map=self.map_colours,
            scale=self.scale,
            opacity=self.opacity,
            limit_logits=self.manifest.activation_map_limit_logits,
            resize=self.manifest.specification.resize,
        )

    def grids(self) -> list[StageGrid]:
        """The five labelled montages in forward order."""
        return [
            stage_grid(
                stage.stage,
                (stage.rows, stage.columns, stage.channels),
                (ranked := stage.ranked(self.ranking)).maps,
                ranked.channels,
                ranked.strengths,
                colour_map=self.grid_colours,
            )
            for stage in self.explanation.stages
        ]

    def maps(self) -> dict[str, bytes]:
        """Raw arrays as .npy: ``cam.npy`` (rows, columns), ``stage_N.npy`` (16, rows, columns), float32."""
        files = {"cam.npy": _npy(self.explanation.activation_map)}
        for number, stage in enumerate(self.explanation.stages, start=1):
            files[f"stage_{number}.npy"] = _npy(stage.ranked(self.ranking).maps)
        return files

    def files(self) -> dict[str, bytes]:
        """Everything by file name: figure, overlay, maps and grids."""
        grids = {f"stage_{number}.png": encode_png(grid.montage) for number, grid in enumerate(self.grids(), start=1)}
        return {"figure.png": self.figure(), "overlay.png": encode_png(self.overlay().image), **self.maps(), **grids}

    def _facts(self) -> FigureFacts:
        explanation, manifest = self.explanation, self.manifest
        return FigureFacts(
            model_set=manifest.name,
            version=manifest.version,
            weights_sha256=manifest.weights_sha256,
            finding=explanation.finding,
            probability=explanation.probability,
            logit=explanation.logit,
            threshold=explanation.threshold,
            evidence_sum=explanation.evidence_sum,
            bias=explanation.bias,
            geometry=geometry_line(self.geometry),
            ranking=self.ranking,
            radiograph_sha256=self.radiograph.sha256,
            code_version=__version__,
            label_withheld=explanation.label_withheld,
            warning=explanation.warning,
            wording=explanation.wording,
        )


def geometry_line(geometry: Geometry) -> str:
    """Crop and rotation on one short line, for example ``rows 10 to 210, columns 0 to 180, rotated 90 degrees``."""
    crop = geometry.crop
    parts = ["whole radiograph"]
    if crop is not None:
        bottom, right = crop.top + crop.height, crop.left + crop.width
        parts = [f"rows {crop.top} to {bottom}, columns {crop.left} to {right}"]
    if geometry.rotate_degrees:
        parts.append(f"rotated {geometry.rotate_degrees:g} degrees")
    parts += [word for word, done in (("flipped", geometry.flip), ("inverted", geometry.invert)) if done]
    return ", ".join(parts)


def _npy(array: NDArray[np.float32]) -> bytes:
    stream = io.BytesIO()
    np.save(stream, array, allow_pickle=False)
    return stream.getvalue()
