"""Model set, reading order, and what the network says: the prediction."""

from __future__ import annotations

from collections.abc import Callable
from typing import TypeVar

import streamlit as st

from densexplain.classifier.model_sets.manifest import Manifest
from densexplain.classifier.probability import calibrated_probability
from densexplain.errors import DensexplainError, ModelSetError
from densexplain.explain.explanation import Explanation
from densexplain.ui import cache, messages, session
from densexplain.ui.explanation import familiarity, output_class
from densexplain.vocabulary import Finding
from densexplain.workspace.blinded_reading import LAST_STEP, BlindedReading
from densexplain.workspace.case import Case
from densexplain.workspace.model_set_store import ModelSetLoadingError

_MODEL_SET, _BLINDED = "model_set", "blinded"
_Answer = TypeVar("_Answer")


def choose_model_set() -> Manifest | None:
    """Draw the chooser of model sets and say what the chosen one is meant for."""
    usable, workspace = cache.usable_model_sets(), session.workspace()
    for entry in cache.model_sets():
        if entry.problem is not None:
            st.warning(f"Model set {entry.name} is not used. {entry.problem}", icon=":material/warning:")
    if not usable:
        st.error("No model set is installed; see README.md on how to add one.", icon=":material/block:")
        return None
    if workspace.model_set not in usable:
        workspace.model_set = next(iter(usable))
    st.session_state[_MODEL_SET] = workspace.model_set
    name = st.selectbox(
        "Model set",
        list(usable),
        format_func=lambda key: f"{usable[key].title} ({usable[key].version})",
        key=_MODEL_SET,
        on_change=_take_model_set,
    )
    manifest = usable[name]
    output_class.choose_class(manifest)
    known = "" if manifest.familiarity is not None else f"  \n{familiarity.NOT_KNOWN}"
    st.caption(f"**For** {manifest.purpose}  \n**Not for** {manifest.not_for}{known}")
    return manifest


def choose_reading_order(reading: BlindedReading | None) -> int:
    """Draw the switch for a blinded reading; return what may be seen: 0 image, 1 map, 2 label.

    `reading` is how far the reader has come with what is open.
    """
    workspace = session.workspace()
    st.session_state[_BLINDED] = workspace.blinded
    st.toggle(
        "Image, then map, then label",
        key=_BLINDED,
        on_change=_take_reading_order,
        help="Readers who see the label first are led by it: look, decide, then compare.",
    )
    if not workspace.blinded:
        return LAST_STEP
    return 0 if reading is None else reading.step


def draw_reading_steps(reading: BlindedReading, key: str) -> None:
    """In a blinded reading, ask for the reader's own opinion before the machine's.

    Parameters
    ----------
    reading
        How far the reader has come: image, or map.
    key
        Of the choice that is drawn.
    """
    st.session_state[key] = reading.opinion
    st.segmented_control(
        "Your own reading",
        ["normal", "abnormal", "unsure"],
        key=key,
        on_change=_take_opinion,
        args=(reading, key),
    )
    label = ("Show the maps", "Show the label")[reading.step]
    st.button(
        label,
        key="next_step",
        type="primary",
        shortcut="N",
        on_click=reading.go_on,
        disabled=reading.opinion is None,
    )


def explain(case: Case, manifest: Manifest) -> Explanation | None:
    """Explain a radiograph, or say why there is no explanation yet."""
    place = st.empty()

    def tell(ahead: int) -> None:
        place.info(f"{ahead} explanations are ahead of yours.", icon=":material/hourglass:")

    explanation = when_ready(manifest, lambda: session.workspace().explain(case, manifest, tell))
    if explanation is not None:
        place.empty()
    return explanation


def when_ready(manifest: Manifest, ask: Callable[[], _Answer]) -> _Answer | None:
    """Use a model set, or say that it is still being loaded, or why it cannot be used."""
    try:
        return ask()
    except ModelSetLoadingError:
        _wait_for(manifest)
    except DensexplainError as error:
        icon = ":material/block:" if isinstance(error, ModelSetError) else ":material/hourglass:"
        st.error(messages.sentence(error), icon=icon)
    return None


@st.fragment(run_every=0.5)
def _wait_for(manifest: Manifest) -> None:
    loading = cache.loading(manifest)
    if loading.ready is not None or loading.error is not None:
        st.rerun()
    st.info(
        f"Loading model set {manifest.title}: checking and building the network, {loading.seconds:.0f} s",
        icon=":material/hourglass_top:",
    )


def _take_model_set() -> None:
    session.workspace().model_set = st.session_state[_MODEL_SET]


def _take_reading_order() -> None:
    session.workspace().blinded = st.session_state[_BLINDED]


def _take_opinion(reading: BlindedReading, key: str) -> None:
    reading.opinion = st.session_state[key]


def draw_prediction(manifest: Manifest, explanation: Explanation, visible: bool) -> None:
    """Draw finding, probability and logit, with the model set that gave them."""
    with st.container(key="prediction", horizontal=True, vertical_alignment="center", gap="small"):
        if not visible:
            st.markdown("Prediction hidden until you ask for it")
            return
        if explanation.label_withheld:
            familiarity.draw_withheld(explanation)
            return
        icon = ":material/circle:" if explanation.finding is Finding.NORMAL else ":material/change_history:"
        st.markdown(
            f"{icon} **{explanation.statement.capitalize()}** :small[probability of {explanation.output_class}] "
            f"**{explanation.probability:.2f}**{_calibrated(manifest, explanation)} "
            f":small[:gray[threshold {explanation.threshold:g} · logit {explanation.logit:+.2f} · "
            f"{manifest.name} {manifest.version} · {manifest.weights_sha256[:8]}]]"
        )
    familiarity.draw_warning(explanation)


def _calibrated(manifest: Manifest, explanation: Explanation) -> str:
    if manifest.calibration is None:
        return ""
    return f" :small[calibrated {calibrated_probability(explanation.logit, manifest.calibration.temperature):.2f}]"
