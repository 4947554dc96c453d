"""Model set, reading order, and what the network says: the prediction."""

from __future__ import annotations

from collections.abc import Callable
from typing import TYPE_CHECKING

import streamlit as st

from densexplain.classifier.model_sets.manifest import Manifest
from densexplain.classifier.probability import calibrated_probability
from densexplain.errors import DensexplainError
from densexplain.explain.explanation import Explanation
from densexplain.ui import cache, messages
from densexplain.ui.explanation import familiarity
from densexplain.vocabulary import Finding

if TYPE_CHECKING:
    from densexplain.explain.queue import ExplanationQueue


def choose_model_set() -> Manifest | None:
    """Draw the chooser of model sets and say what the chosen one is meant for."""
    usable = cache.usable_model_sets()
    for entry in cache.model_sets():
        if entry.problem is not None:
            st.warning(f"Model set {entry.name} is not used. {entry.problem}", icon=":material/warning:")
    if not usable:
        st.error("No model set is installed; see README.md on how to add one.", icon=":material/block:")
        return None
    name = st.selectbox(
        "Model set",
        list(usable),
        format_func=lambda key: f"{usable[key].title} ({usable[key].version})",
        key="model_set",
        persist_state="session",
    )
    manifest = usable[name]
    known = "" if manifest.familiarity is not None else f"  \n{familiarity.NOT_KNOWN}"
    st.caption(f"**For** {manifest.purpose}  \n**Not for** {manifest.not_for}{known}")
    return manifest


def choose_reading_order(reached: int) -> int:
    """Draw the switch for a blinded reading; return what may be seen: 0 image, 1 map, 2 label.

    `reached` is how far the reader has come with what is open.
    """
    blinded = st.toggle(
        "Image, then map, then label",
        key="blinded",
        persist_state="session",
        help="Readers who see the label first are led by it: look, decide, then compare.",
    )
    return reached if blinded else 2


def draw_reading_steps(step: int, opinion: str, show_step: Callable[[int], None]) -> None:
    """In a blinded reading, ask for the reader's own opinion before the machine's.

    Parameters
    ----------
    step
        What may be seen now: 0 image, 1 map.
    opinion
        Under which key the session keeps what the reader says.
    show_step
        Goes on.
    """
    st.segmented_control("Your own reading", ["normal", "abnormal", "unsure"], key=opinion, persist_state="session")
    label = ("Show the maps", "Show the label")[step]
    st.button(
        label,
        key="next_step",
        type="primary",
        shortcut="N",
        on_click=show_step,
        args=(step + 1,),
        disabled=st.session_state.get(opinion) is None,
    )


def explain(manifest: Manifest) -> Explanation | None:
    """Explain the open case, or say why there is no explanation yet."""
    queue = ready(manifest)
    if queue is None:
        return None
    try:
        return _explain(manifest, queue)
    except DensexplainError as error:
        st.error(messages.sentence(error), icon=":material/hourglass:")
        return None


def ready(manifest: Manifest) -> ExplanationQueue | None:
    """Give the queue that explains with a model set, or say that it is still being loaded or why it cannot be."""
    loading = cache.loading(manifest)
    if loading.ready is None:
        if loading.error is not None:
            st.error(messages.sentence(loading.error), icon=":material/block:")
        else:
            _wait_for(manifest)
    return loading.ready


def _explain(manifest: Manifest, queue: ExplanationQueue) -> Explanation:
    place = st.empty()

    def tell(ahead: int) -> None:
        place.info(f"{ahead} explanations are ahead of yours.", icon=":material/hourglass:")

    explanation = cache.explain(manifest, queue, tell)
    place.empty()
    return explanation


@st.fragment(run_every=0.5)
def _wait_for(manifest: Manifest) -> None:
    loading = cache.loading(manifest)
    if loading.ready is not None or loading.error is not None:
        st.rerun()
    st.info(
        f"Loading model set {manifest.title}: checking and building the network, {loading.seconds:.0f} s",
        icon=":material/hourglass_top:",
    )


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
            f"{icon} **{explanation.finding.value.capitalize()}** :small[probability of abnormal] "
            f"**{explanation.probability:.2f}**{_calibrated(manifest, explanation)} "
            f":small[:gray[threshold {explanation.threshold:g} · logit {explanation.logit:+.2f} · "
            f"{manifest.name} {manifest.version} · {manifest.weights_sha256[:8]}]]"
        )
    familiarity.draw_warning(explanation)


def _calibrated(manifest: Manifest, explanation: Explanation) -> str:
    if manifest.calibration is None:
        return ""
    return f" :small[calibrated {calibrated_probability(explanation.logit, manifest.calibration.temperature):.2f}]"
