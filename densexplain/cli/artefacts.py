"""The files of ``explain --out``: what the page offers for download, without the page."""

from __future__ import annotations

import io
from pathlib import Path

import numpy as np
from numpy.typing import NDArray

from densexplain import __version__
from densexplain.errors import OptionError
from densexplain.explain.explanation import Explanation
from densexplain.files import write_atomically
from densexplain.network.manifest import Manifest
from densexplain.radiograph.geometry import Geometry
from densexplain.radiograph.radiograph import Radiograph
from densexplain.render.encoding import encode_png
from densexplain.render.figure import FigureFacts, render_figure
from densexplain.render.overlay import render_overlay
from densexplain.render.stage_grid import stage_grid
from densexplain.vocabulary import Ranking


def write_artefacts(
    folder: Path,
    pixels: NDArray[np.float32],
    explanation: Explanation,
    manifest: Manifest,
    radiograph: Radiograph,
    geometry: Geometry,
    ranking: Ranking,
) -> None:
    """Write figure.png, overlay.png, cam.npy, and stage_N.npy and stage_N.png for N = 1 to 5.

    Parameters
    ----------
    folder
        Made if need be; files of these names are replaced.
    pixels
        The crop that was explained, shape (rows, columns), float32 in [0, 1].
    explanation, manifest, radiograph, geometry, ranking
        What to render, and the facts on the figure. cam.npy is the raw map,
        float32, in logits; stage_N.npy has the shape (16, rows, columns).

    Raises
    ------
    OptionError
        If the folder cannot be written.
    """
    resize = manifest.specification.resize
    grids = []
    files = {
        "cam.npy": _npy(explanation.activation_map),
        "overlay.png": encode_png(render_overlay(pixels, explanation.activation_map, resize=resize).image),
    }
    for stage in explanation.stages:
        ranked = stage.ranked(ranking)
        shape = (stage.rows, stage.columns, stage.channels)
        grid = stage_grid(stage.stage, shape, ranked.maps, ranked.channels, ranked.strengths)
        grids.append(grid)
        files[f"stage_{stage.stage.number}.npy"] = _npy(ranked.maps)
        files[f"stage_{stage.stage.number}.png"] = encode_png(grid.montage)
    facts = figure_facts(explanation, manifest, radiograph, geometry, ranking)
    files["figure.png"] = render_figure(pixels, explanation.activation_map, grids, facts, resize=resize)
    try:
        folder.mkdir(parents=True, exist_ok=True)
        for name, content in files.items():
            write_atomically(folder / name, content)
    except OSError as error:
        raise OptionError(f"expected a folder that can be written as --out; {folder}: {error.strerror}") from error


def figure_facts(
    explanation: Explanation, manifest: Manifest, radiograph: Radiograph, geometry: Geometry, ranking: Ranking
) -> FigureFacts:
    """What the figure says beside the images."""
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
        geometry=geometry_line(geometry),
        ranking=ranking,
        radiograph_sha256=radiograph.sha256,
        code_version=__version__,
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
