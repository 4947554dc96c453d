"""The radiographs behind the figures: false negatives, false positives, and disagreements of model sets."""

from __future__ import annotations

import re
from collections.abc import Sequence
from dataclasses import dataclass
from html import escape

import numpy as np
import streamlit as st

from densexplain.classifier.model_sets.manifest import Manifest
from densexplain.evaluation.evaluated_images import Rows, choose_rows, disagreements, shared_rows
from densexplain.evaluation.records.recorded_evaluation import RecordedEvaluation
from densexplain.settings import DATA_FOLDERS_VARIABLE
from densexplain.ui import cache, opening
from densexplain.ui.model_sets.evaluations import EvaluatedModelSet, EvaluationStatus, how_to_record
from densexplain.ui.model_sets.thumbnails import thumbnails
from densexplain.vocabulary import Finding, ImageChoice

_PER_PAGE = 24
_COLUMNS = 8
_SHAPES = {Finding.NORMAL: "\N{WHITE CIRCLE}", Finding.ABNORMAL: "\N{WHITE UP-POINTING TRIANGLE}"}
_EVERYTHING = "all extremities"


@dataclass(frozen=True)
class _Answer:
    """What one model set said of each of the chosen radiographs."""

    manifest: Manifest
    recorded: RecordedEvaluation
    rows: Rows


def draw(manifest: Manifest, evaluation: EvaluationStatus, others: Sequence[EvaluatedModelSet]) -> None:
    """Draw the filters and one page of radiographs; a click opens one in Explain with this model set.

    Parameters
    ----------
    manifest, evaluation
        The model set that is looked at.
    others
        Every usable model set, to compare with.
    """
    if evaluation.recorded is None:
        reason = evaluation.problem or "No evaluation has been recorded, so there are no radiographs to show."
        st.info(f"{reason} To make an evaluation: `{how_to_record(manifest.name)}`", icon=":material/info:")
        return
    with st.container(key="gallery_filters", horizontal=True, vertical_alignment="center", gap="small"):
        answers = _choose(manifest, evaluation.recorded, others)
        count = len(answers[0].rows) if answers else 0
        page = _choose_page(count, answers)
    if not count:
        st.markdown("No such radiographs." if answers else "No other model set was evaluated on these radiographs.")
        return
    _draw_page(answers, page)


def _choose(manifest: Manifest, recorded: RecordedEvaluation, others: Sequence[EvaluatedModelSet]) -> list[_Answer]:
    predictions, threshold = recorded.predictions, recorded.report.threshold
    st.session_state.setdefault("evaluated_choice", ImageChoice.FALSE_NEGATIVES)
    choice = st.segmented_control(
        "Which radiographs",
        list(ImageChoice),
        required=True,
        key="evaluated_choice",
        persist_state="session",
        format_func=lambda one: str(one.value).capitalize(),
        label_visibility="collapsed",
    )
    extremity = _choose_extremity(recorded.report.extremities)
    if choice is not ImageChoice.DISAGREEMENTS:
        rows = choose_rows(predictions, threshold, choice or ImageChoice.ALL, extremity)
        return [_Answer(manifest, recorded, rows)]
    other = _choose_other(manifest, recorded, others)
    if other is None:
        return []
    other_manifest, other_recorded = other
    thresholds = (threshold, other_recorded.report.threshold)
    ours, theirs = disagreements(predictions, other_recorded.predictions, thresholds, extremity)
    return [_Answer(manifest, recorded, ours), _Answer(other_manifest, other_recorded, theirs)]


def _choose_extremity(extremities: tuple[str, ...]) -> str | None:
    if len(extremities) < 2:
        return None
    chosen = st.selectbox(
        "Extremity type",
        [_EVERYTHING, *extremities],
        key="evaluated_extremity",
        persist_state="session",
        label_visibility="collapsed",
        width=190,
    )
    return None if chosen == _EVERYTHING else chosen


def _choose_other(
    manifest: Manifest, recorded: RecordedEvaluation, others: Sequence[EvaluatedModelSet]
) -> tuple[Manifest, RecordedEvaluation] | None:
    comparable = {
        other.manifest.name: (other.manifest, other.evaluation.recorded)
        for other in others
        if other.manifest.name != manifest.name
        and other.evaluation.recorded is not None
        and len(shared_rows(recorded.predictions, other.evaluation.recorded.predictions)[0])
    }
    if not comparable:
        return None
    name = st.selectbox(
        "Compared with",
        list(comparable),
        key="evaluated_other",
        persist_state="session",
        format_func=lambda key: f"with {comparable[key][0].title}",
        label_visibility="collapsed",
        width=260,
    )
    return comparable[name]


def _choose_page(count: int, answers: Sequence[_Answer]) -> int:
    st.markdown(f":gray[{count:,} radiographs]", width="content")
    # Another choice is another list: it has a page of its own, and starts at its first.
    asked = [str(st.session_state.get(key)) for key in ("evaluated_choice", "evaluated_extremity")]
    which = [answer.recorded.report.predictions_sha256[:8] for answer in answers]
    key = "evaluated_page_" + re.sub(r"\W", "_", "_".join([*asked, *which]))
    return st.pagination(max(1, -(-count // _PER_PAGE)), key=key, persist_state="session", max_visible_pages=5)


def _draw_page(answers: Sequence[_Answer], page: int) -> None:
    first = answers[0]
    predictions = first.recorded.predictions
    places = range((page - 1) * _PER_PAGE, min(page * _PER_PAGE, len(first.rows)))
    hashes = [predictions.image_sha256[first.rows[place]] for place in places]
    _draw_where_they_are([predictions.image_sha256[row] for row in first.rows], hashes)
    pictures = thumbnails(cache.library(), hashes)
    opened, any_shown = None, any(pictures.values())
    with st.container(key="hint"):
        click = " Click a radiograph to open it in Explain." if any_shown else ""
        st.caption(f"The number is the probability of abnormal.{click}")
    with st.grid(_COLUMNS, min_column_width=130, gap=("small", "xsmall"), key="gallery"):
        for place, sha256 in zip(places, hashes, strict=True):
            with st.container(key=f"tile_{place}"):
                st.html(_tile(answers, place, sha256, pictures.get(sha256), "" if any_shown else "bare"))
                if pictures.get(sha256) and st.button(f"Open {sha256[:8]} in Explain", key=f"open_{place}"):
                    opened = sha256
    if opened is not None:
        problem = opening.open_evaluated(
            opened, _label(first, hashes.index(opened) + places.start), first.manifest.name
        )
        if problem is None:
            st.switch_page("pages/Explain.py")
        st.error(problem, icon=":material/block:")


def _tile(answers: Sequence[_Answer], place: int, sha256: str, picture: str | None, style: str) -> str:
    row = answers[0].rows[place]
    predictions = answers[0].recorded.predictions
    label = _label(answers[0], place)
    if picture:
        shown = f'<img src="{picture}" alt="Evaluated radiograph {sha256[:8]}">'
    else:
        shown = f"<span>{_why_not_shown(picture)}</span>"
    lines = [f"<b>{_SHAPES[label]} labelled {label}</b>"]
    for answer in answers:
        at = answer.rows[place]
        probability = float(answer.recorded.predictions.probabilities[at])
        said = Finding.ABNORMAL if probability > answer.recorded.report.threshold else Finding.NORMAL
        who = "predicted" if len(answers) == 1 else escape(answer.manifest.name)
        lines.append(f"{_SHAPES[said]} {who} {said} {probability:.2f}")
    lines.append(f"<small>{sha256[:8]} \N{MIDDLE DOT} {escape(predictions.extremities[row])}</small>")
    return f'<figure class="tile {style}"><div>{shown}</div><figcaption>{"<br>".join(lines)}</figcaption></figure>'


def _why_not_shown(picture: str | None) -> str:
    if picture == "":
        return "cannot be read"
    return "not on this machine" if cache.library().progress().done else "being looked for"


def _label(answer: _Answer, place: int) -> Finding:
    return Finding.ABNORMAL if answer.recorded.predictions.labels[answer.rows[place]] else Finding.NORMAL


def _draw_where_they_are(chosen: Sequence[str], shown: Sequence[str]) -> None:
    library = cache.library()
    if not library.folders:
        st.info(
            f"The radiographs are not part of a model set. To see them, name the folders that hold them in "
            f"`{DATA_FOLDERS_VARIABLE}`, separated as in PATH, and start the app again.",
            icon=":material/folder_off:",
        )
    elif not library.progress().done:
        if not all(sha256 in library for sha256 in shown):
            _wait_for_library(tuple(shown))
    else:
        missing = int(np.sum([sha256 not in library for sha256 in chosen]))
        if missing:
            with st.container(key="missing", horizontal=True, vertical_alignment="center"):
                st.markdown(
                    f":gray[{missing:,} of these {len(chosen):,} radiographs are in none of the folders that "
                    f"`{DATA_FOLDERS_VARIABLE}` names.]",
                    width="content",
                )
                st.button("Look again", key="look_again", on_click=library.search)


@st.fragment(run_every=0.7)
def _wait_for_library(shown: tuple[str, ...]) -> None:
    library = cache.library()
    search = library.progress()
    if search.done or all(sha256 in library for sha256 in shown):
        st.rerun()
    st.info(
        f"Looking through the folders of {DATA_FOLDERS_VARIABLE}: {search.hashed:,} files looked at so far",
        icon=":material/hourglass_top:",
    )
