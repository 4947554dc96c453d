"""What-ifs: the changed copies as small pictures in one row, each with the network's prediction."""

from __future__ import annotations

import base64
from html import escape

import numpy as np
import streamlit as st
from numpy.typing import NDArray

from densexplain.classifier.model_sets.manifest import Manifest
from densexplain.explain.audit.audit import Audit
from densexplain.explain.audit.what_if import WhatIfResult
from densexplain.render.encoding import encode_png
from densexplain.render.overlay import fit_within, render_overlay, render_radiograph, with_sign
from densexplain.vocabulary import ColourMap, ColourScale, Finding, RegionChange
from densexplain.workspace.case import Case

_EDGES_PX = {False: 200, True: 460}  # of a picture in the row, and enlarged
_SIGNS = {Finding.NORMAL: "\N{WHITE CIRCLE}", Finding.ABNORMAL: "\N{BLACK UP-POINTING TRIANGLE}"}
WITHHELD = "withheld"


def draw(case: Case, audit: Audit, manifest: Manifest) -> None:
    """Draw heading and row; a button enlarges it."""
    with st.container(key="what_ifs_heading", horizontal=True, vertical_alignment="center", gap="small"):
        st.markdown(
            "**What if**",
            help="A region is removed by painting it over with its surroundings, an image frame by cropping it off; "
            "kept alone means that all else has the mean brightness of the training radiographs.",
        )
        maps = st.toggle("Maps", key="what_if_maps", persist_state="session", help="Lay the maps over, on one scale")
        if st.button("Enlarge", key="enlarge_what_ifs", icon=":material/open_in_full:"):
            _enlarge(case, audit, manifest)
    _draw_row(case, audit, manifest, maps, enlarged=False)


@st.dialog("What if", width="large")
def _enlarge(case: Case, audit: Audit, manifest: Manifest) -> None:
    maps = st.toggle("Maps", key="what_if_maps_enlarged")
    _draw_row(case, audit, manifest, maps, enlarged=True)


def _draw_row(case: Case, audit: Audit, manifest: Manifest, maps: bool, *, enlarged: bool) -> None:
    explanation, colours = audit.explanation, st.session_state.get("map_colours", ColourMap.JET)
    limit = max(float(np.abs(one).max()) for one in (explanation.activation_map, *_maps(audit)))

    def tile(pixels: NDArray[np.float32], activation_map: NDArray[np.float32], name: str, lines: list[str]) -> str:
        png = _picture(pixels, activation_map if maps else None, limit, colours, manifest, _EDGES_PX[enlarged])
        return figure(png, name, *lines)

    def draw_tiles() -> str:
        before = WITHHELD if explanation.label_withheld else f"{explanation.probability:.2f}"
        own = [
            f"{_finding(explanation.finding, explanation.label_withheld)} <b>{before}</b>",
            f"logit {with_sign(explanation.logit, 1)}" if not explanation.label_withheld else "",
        ]
        tiles = [tile(audit.pixels, explanation.activation_map, "as it is", own)]
        tiles += [
            tile(one.what_if.pixels, one.activation_map, one.what_if.name, result_lines(one, audit))
            for one in audit.what_ifs
        ]
        return f'<div class="what-ifs{" enlarged" if enlarged else ""}">{"".join(tiles)}</div>'

    st.html(case.audits.remember(audit, ("what-ifs", maps and colours, enlarged), draw_tiles))
    if len(audit.what_ifs) == 0:
        st.caption("Nothing to remove: mark or draw a region.")
    elif maps:
        st.caption(f"All maps on one scale, \N{MINUS SIGN}{limit:.1f} to +{limit:.1f} logits.")


def figure(png: bytes, name: str, *lines: str) -> str:
    """A small picture with a name and lines of HTML under it."""
    source = base64.b64encode(png).decode()
    said = "".join(f"<div>{line}</div>" for line in lines)
    return (
        f'<figure class="audited"><img src="data:image/png;base64,{source}" alt="{escape(name)}">'
        f"<figcaption><b>{escape(name)}</b>{said}</figcaption></figure>"
    )


def result_lines(result: WhatIfResult, audit: Audit) -> list[str]:
    """Lines under a changed copy: finding and probability before and after, the change, whether it flips."""
    change = with_sign(round(result.change, 1) + 0.0, 1)  # no minus before a zero
    if audit.explanation.label_withheld:
        return [WITHHELD, f"logit changes by {change}"]
    arrow = f"{audit.explanation.probability:.2f} \N{RIGHTWARDS ARROW} <b>{result.probability:.2f}</b>"
    lines = [f"{_SIGNS[result.finding]} {arrow}", f"logit {change}"]
    if result.flips:
        verb = "says" if result.what_if.change is RegionChange.KEPT else "flips to"
        lines.append(f"<mark>{verb} {audit.explanation.wording.finding(result.finding)}</mark>")
    return lines


def _maps(audit: Audit) -> list[NDArray[np.float32]]:
    return [one.activation_map for one in audit.what_ifs]


def _finding(finding: Finding, withheld: bool) -> str:
    return "" if withheld else f"{_SIGNS[finding]} {finding}"


def _picture(
    pixels: NDArray[np.float32],
    activation_map: NDArray[np.float32] | None,
    limit: float,
    colours: ColourMap,
    manifest: Manifest,
    edge: int,
) -> bytes:
    rows, columns = pixels.shape
    height_px, width_px = fit_within(rows, columns, min(rows, edge), min(columns, edge))
    if activation_map is None:
        image = render_radiograph(pixels, height_px=height_px, width_px=width_px)
    else:
        image = render_overlay(
            pixels,
            activation_map,
            colour_map=colours,
            scale=ColourScale.ABSOLUTE,
            limit_logits=max(limit, 1e-6),
            height_px=height_px,
            width_px=width_px,
            resize=manifest.specification.resize,
        ).image
    return encode_png(image)
