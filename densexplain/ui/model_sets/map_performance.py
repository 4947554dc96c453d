"""Performance of a model set's maps: whether they lie where the abnormalities of phantoms are, beside chance."""

from __future__ import annotations

from dataclasses import dataclass
from html import escape
from pathlib import Path

import streamlit as st

from densexplain.classifier.model_sets.manifest import MANIFEST_FILE, Manifest
from densexplain.errors import DensexplainError
from densexplain.evaluation.records.map_report import MapFigure, MapReport
from densexplain.evaluation.records.recorded_map_measures import MAP_MEASURES_FILE, read_map_measures
from densexplain.ui import cache, messages
from densexplain.ui.model_sets.evaluations import stamp
from densexplain.vocabulary import MapMeasure, MapSource

_COLUMNS = {
    MapMeasure.POINTING_GAME: ("warmest place on the abnormality", True),
    MapMeasure.EVIDENCE_INSIDE: ("evidence on the abnormality", True),
    MapMeasure.INTERSECTION: ("warmest area over the abnormality", True),
    MapMeasure.DELETION: ("deletion (less is better)", False),
    MapMeasure.INSERTION: ("insertion (more is better)", False),
}
"""Heading of each measure, and whether it is a share in per cent."""

_STALE = "The recorded measures of its maps were made with other weights, so they are not shown."


@dataclass(frozen=True)
class MapMeasuresStatus:
    """Measures that may be shown, or one sentence on why there are none."""

    report: MapReport | None
    problem: str = ""


def draw(manifest: Manifest) -> None:
    """Draw the section of one model set."""
    status = _status(manifest.name)
    with st.container(key="map_worth"):
        st.markdown("**Do its maps lie on the abnormality?**")
        if status.report is None:
            st.caption(status.problem or "Its maps have not been measured on phantoms, whose abnormalities are known.")
            st.caption(
                f"To measure them: `python -m densexplain measure-maps --data DIR --model-set {manifest.name} --record`"
            )
            return
        for sentence in sentences(status.report):
            st.markdown(sentence)
        st.html(_tables(status.report))


def sentences(report: MapReport) -> list[str]:
    """The measures in plain words, each beside what chance gives."""
    own, chance = report.sources[MapSource.ACTIVATION_MAP], report.sources[MapSource.CHANCE]
    hit, by_chance = own[MapMeasure.POINTING_GAME], chance[MapMeasure.POINTING_GAME]
    inside, area = own[MapMeasure.EVIDENCE_INSIDE], chance[MapMeasure.EVIDENCE_INSIDE]
    said = [
        f"The warmest place lies on the abnormality in {_share(hit)} of {report.images:,} abnormal phantoms; "
        f"by chance {_share(by_chance, False)}.",
        f"Of the evidence for an abnormal finding, {_share(inside)} lies on the abnormality, which takes up "
        f"{_share(area, False)} of the image.",
    ]
    middle = report.sources.get(MapSource.MIDDLE)
    if middle is not None:
        said.append(
            f"Always pointing at the middle of the image would hit {_share(middle[MapMeasure.POINTING_GAME], False)}."
        )
    if report.randomised:
        last = report.randomised[-1]
        said.append(
            f"With all weights randomised, its maps correlate by {_number(last.correlation)} with those shown: "
            "near 0 means that the maps depend on what was learnt."
        )
    said += [
        f"Its maps correlate by {_number(one.correlation)} with those of {one.model_set} {one.version}."
        for one in report.agreements
    ]
    return said


def _tables(report: MapReport) -> str:
    head = "".join(f"<th>{title}</th>" for title, _ in _COLUMNS.values())
    lines = "".join(
        f'<tr><th scope="row">{escape(source)}</th>'
        + "".join(
            f"<td>{_share(of[name]) if share else _number(of[name])}</td>" for name, (_, share) in _COLUMNS.items()
        )
        + "</tr>"
        for source, of in report.sources.items()
    )
    few = report.sources.get(MapSource.OCCLUSION)
    occluded = "" if few is None else f"; occlusion on {few[MapMeasure.POINTING_GAME].images:,}"
    curves = report.sources[MapSource.ACTIVATION_MAP][MapMeasure.DELETION].images
    note = (
        f"On {report.images:,} radiographs of {report.patients:,} phantom patients "
        f"({escape(report.split)}; {escape(', '.join(report.extremities))}){occluded}; deletion and insertion on "
        f"{curves:,}. 95 % intervals over patients in brackets. A hit may be {report.tolerance_px} px beside the "
        "abnormality. At the last stage, Grad-CAM is the positive part of the class activation map."
    )
    return (
        f'<article class="map-measures"><table><thead><tr><th>map</th>{head}</tr></thead><tbody>{lines}</tbody>'
        f"</table><p>{note}</p></article>"
    )


def _share(figure: MapFigure, interval: bool = True) -> str:
    if figure.value is None:
        return "not defined"
    limits = (
        "" if figure.low is None or figure.high is None else f" ({100 * figure.low:.0f} to {100 * figure.high:.0f})"
    )
    return f"{100 * figure.value:.0f} %{limits if interval else ''}"


def _number(figure: MapFigure) -> str:
    if figure.value is None:
        return "not defined"
    limits = "" if figure.low is None or figure.high is None else f" ({figure.low:.2f} to {figure.high:.2f})"
    return f"{figure.value:.2f}{limits}".replace("-", "\N{MINUS SIGN}")


def _status(name: str) -> MapMeasuresStatus:
    folder = next(entry.folder for entry in cache.model_sets() if entry.name == name)
    return _read(str(folder), tuple(stamp(folder / file) for file in (MAP_MEASURES_FILE, MANIFEST_FILE)))


@st.cache_resource(max_entries=16, show_spinner=False)
def _read(folder: str, stamps: tuple[tuple[int, int] | None, ...]) -> MapMeasuresStatus:
    try:
        recorded = read_map_measures(Path(folder))
    except DensexplainError as error:
        return MapMeasuresStatus(None, messages.sentence(error))
    if recorded is None:
        return MapMeasuresStatus(None)
    return MapMeasuresStatus(None, _STALE) if recorded.stale else MapMeasuresStatus(recorded.report)
