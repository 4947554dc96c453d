"""Pictures and masks of an audit, as files."""

from __future__ import annotations

import struct
import zlib
from collections.abc import Sequence

import cv2
import numpy as np
from numpy.typing import NDArray

from densexplain.classifier.model_sets.manifest import Manifest
from densexplain.explain.audit.audit import Audit
from densexplain.provenance import NOTICE
from densexplain.radiograph.regions.named_regions import NamedRegion, union
from densexplain.radiograph.regions.regions import Mask, PackedMasks, packed
from densexplain.render.encoding import encode_png
from densexplain.render.overlay import render_feature_overlay, render_overlay, render_radiograph
from densexplain.vocabulary import Region

REGION_COLOURS: dict[Region | None, tuple[int, int, int]] = {
    Region.TEXT_LEGEND: (255, 193, 7),
    Region.IMAGE_FRAME: (100, 181, 246),
    Region.ABNORMALITY: (255, 138, 101),
    Region.HARDWARE: (129, 199, 132),
    Region.BONE: (200, 200, 200),
    Region.SOFT_TISSUE: (160, 160, 160),
    Region.MOVED: (120, 120, 120),
    None: (206, 147, 216),
}
"""RGB of an outline by the kind of its region; the same on the page, in the pictures and in the report."""

_PNG_START = 33  # signature and IHDR


def render_outlines(pixels: NDArray[np.float32], regions: Sequence[NamedRegion]) -> NDArray[np.uint8]:
    """Draw the regions' outlines and names over a radiograph.

    Parameters
    ----------
    pixels
        Shape (rows, columns), float32 in [0, 1].
    regions
        Regions of the same shape; those without a pixel are left out.

    Returns
    -------
    numpy.ndarray
        Shape (rows, columns, 3), uint8, RGB.
    """
    image = np.ascontiguousarray(render_radiograph(pixels))
    line = max(1, round(max(pixels.shape) / 500))
    for region in regions:
        outlines, _ = cv2.findContours(region.mask.astype(np.uint8), cv2.RETR_EXTERNAL, cv2.CHAIN_APPROX_SIMPLE)
        if not outlines:
            continue
        colour = REGION_COLOURS[region.kind]
        cv2.drawContours(image, outlines, -1, colour, line)
        left, top, _, height = cv2.boundingRect(max(outlines, key=cv2.contourArea))
        size = max(0.35, max(pixels.shape) / 1400)
        place = (left + 2 * line, max(round(14 * size * 2), top - 4 * line) if top > 40 * size else top + height // 2)
        cv2.putText(image, region.name, place, cv2.FONT_HERSHEY_SIMPLEX, size, colour, line, cv2.LINE_AA)
    return np.asarray(image, np.uint8)


def audit_files(audit: Audit, manifest: Manifest) -> dict[str, bytes]:
    """All pictures by file name, each PNG with the notice in its text.

    Returns
    -------
    dict
        ``overlay.png`` (class activation map), ``map_spread.png`` (its standard
        deviation under small changes), ``outlines.png`` (regions over the crop),
        ``mask_N.png`` (each region of the radiograph, 0 or 255, numbered as in the
        record), ``regions.png`` (all masks of kinds as bits, to be read again) and
        ``what_if_N.png`` with ``what_if_N_overlay.png``.
    """
    resize = manifest.specification.resize
    pictures: dict[str, NDArray[np.unsignedinteger]] = {
        "overlay.png": render_overlay(audit.pixels, audit.explanation.activation_map, resize=resize).image,
        "map_spread.png": render_feature_overlay(audit.pixels, audit.stability.map_spread, resize=resize).image,
        "outlines.png": render_outlines(audit.pixels, audit.cropped),
    }
    for number, region in enumerate(audit.regions, 1):
        pictures[f"mask_{number}.png"] = np.where(region.mask, np.uint8(255), np.uint8(0))
    if audit.regions:
        pictures["regions.png"] = _packed(audit.regions)
    for number, result in enumerate(audit.what_ifs, 1):
        copy = result.what_if.pixels
        pictures[f"what_if_{number}.png"] = render_radiograph(copy)
        pictures[f"what_if_{number}_overlay.png"] = render_overlay(copy, result.activation_map, resize=resize).image
    return {name: _with_notice(encode_png(picture)) for name, picture in pictures.items()}


def _packed(regions: Sequence[NamedRegion]) -> PackedMasks:
    shape = (regions[0].mask.shape[0], regions[0].mask.shape[1])
    masks: dict[Region, Mask] = {
        kind: union([region for region in regions if region.kind is kind], shape) for kind in Region
    }
    return packed(masks, shape)


def _with_notice(png: bytes) -> bytes:
    """Put the notice into a PNG as text, which any viewer of its properties shows."""
    body = b"tEXtComment\0" + NOTICE.encode("latin-1")
    chunk = struct.pack(">I", len(body) - 4) + body + struct.pack(">I", zlib.crc32(body))
    return png[:_PNG_START] + chunk + png[_PNG_START:]
