"""Model sets loaded in the background, shared by all sessions; explanations kept by each.

A model set knows nothing of any patient and is shared. What it says of a
radiograph stays in the session that asked.
"""

from __future__ import annotations

import gc
import threading
import time
from collections.abc import Callable
from concurrent.futures import Future, ThreadPoolExecutor
from dataclasses import dataclass
from typing import TYPE_CHECKING, Any
from weakref import WeakKeyDictionary

import numpy as np
import streamlit as st
from numpy.typing import NDArray

from densexplain.classifier.model_sets.catalogue import InstalledModelSet, installed_model_sets
from densexplain.classifier.model_sets.manifest import Manifest
from densexplain.explain.explanation import Explanation
from densexplain.radiograph.geometry import apply_geometry
from densexplain.radiograph.preprocessing import prepare
from densexplain.radiograph.reading.library import RadiographLibrary
from densexplain.radiograph.versions import RadiographVersion
from densexplain.settings import settings
from densexplain.ui import state

if TYPE_CHECKING:
    from densexplain.explain.audit.auditor import Auditor
    from densexplain.explain.queue import ExplanationQueue

_MOST_LOADED = 3
_HEAD_START_SECONDS = 5.0
_ASKED_AGAIN_SECONDS = 0.6  # a page that waits asks every half second
_first_page_is_drawn = threading.Event()
_auditors: WeakKeyDictionary[ExplanationQueue, Auditor] = WeakKeyDictionary()
_auditors_lock = threading.Lock()


@dataclass(frozen=True)
class Loading:
    """How far a model set has come; exactly one of `ready`, `error` is set at the end."""

    seconds: float
    ready: ExplanationQueue | None = None
    error: BaseException | None = None


class ModelSetLoader:
    """Loads model sets one after another on a thread of its own.

    Parameters
    ----------
    load
        From a model set's name to something that explains; runs on the thread.
    most_loaded
        How many stay in memory; the one unused for longest goes first.
    """

    def __init__(self, load: Callable[[str], Any], most_loaded: int = _MOST_LOADED) -> None:
        self._load, self._most_loaded = load, most_loaded
        self._thread = ThreadPoolExecutor(1, thread_name_prefix="model-set")
        self._lock = threading.Lock()
        self._loads: dict[str, tuple[float, Future[Any]]] = {}

    def state(self, name: str, key: str, together: int = 1) -> Loading:
        """Tell how far a model set has come; the first question starts it.

        Parameters
        ----------
        name
            Of an installed model set.
        key
            Changes when the weights do, so that a replaced model set is loaded anew.
        together
            How many model sets the asker needs at once; so many stay in memory, if they are more than `most_loaded`.
        """
        with self._lock:
            started, future = self._loads.pop(name + key, (time.monotonic(), None))
            if future is None or (future.done() and future.exception() is not None and time.monotonic() - started > 30):
                started, future = time.monotonic(), self._thread.submit(self._load, name)
            self._loads[name + key] = (started, future)
            while len(self._loads) > max(self._most_loaded, together):
                self._loads.pop(next(iter(self._loads)))[1].cancel()
        if not future.done():
            return Loading(time.monotonic() - started)
        if future.exception() is not None:
            return Loading(0.0, error=future.exception())
        return Loading(0.0, ready=future.result())


def _load(name: str) -> ExplanationQueue:
    # Let the page that asked be drawn first: reading a network holds the interpreter for a while.
    _first_page_is_drawn.wait(_HEAD_START_SECONDS)
    from densexplain.classifier.model_sets.model_set import load_model_set
    from densexplain.explain.explainer import Explainer
    from densexplain.explain.queue import ExplanationQueue

    explainer = Explainer(load_model_set(name))
    # What the network brought in is hardly ever garbage; left out, a collection takes
    # milliseconds. A model set that was given up goes here.
    gc.unfreeze()
    gc.collect()
    gc.freeze()
    gc.collect()  # counts what is left: Python collects again after a quarter as much
    return ExplanationQueue(explainer, settings().queue_length)


@st.cache_resource(show_spinner=False)
def _loader() -> ModelSetLoader:
    return ModelSetLoader(_load)


@st.cache_data(ttl=10, show_spinner=False)
def model_sets() -> tuple[InstalledModelSet, ...]:
    """Installed model sets, broken ones with what is wrong."""
    return installed_model_sets()


def usable_model_sets() -> dict[str, Manifest]:
    """Manifests of the installed model sets that can be used, by name."""
    return {
        entry.name: entry.manifest for entry in model_sets() if entry.manifest is not None and entry.problem is None
    }


@st.cache_resource(show_spinner=False)
def library() -> RadiographLibrary:
    """Radiographs in the data folders; the first to ask starts the search."""
    found = RadiographLibrary(settings().data_folders)
    found.search()
    return found


def loading(manifest: Manifest, together: int = 1) -> Loading:
    """How far a model set has come, one of several that are needed at once."""
    found = _loader().state(manifest.name, fingerprint(manifest), together)
    if found.seconds > _ASKED_AGAIN_SECONDS:
        _first_page_is_drawn.set()  # only a page on somebody's screen asks again and again
    return found


def explain(manifest: Manifest, queue: ExplanationQueue, on_wait: Callable[[int], None]) -> Explanation:
    """Explain the open case as it is cropped and turned; asked again, it is remembered.

    Raises
    ------
    BusyError
        If too many others are waiting.
    CropError
        If the crop does not fit.
    """
    case, geometry = _open_case(), state.geometry()

    def run() -> Explanation:
        crop = apply_geometry(case.radiograph.pixels, geometry)
        return queue.explain(prepare(crop, manifest.specification), on_wait)

    return state.remember(("explanation", fingerprint(manifest), case.radiograph.sha256, geometry), run)


def explain_version(
    manifest: Manifest,
    ready: Callable[[], ExplanationQueue],
    version: RadiographVersion,
    make_input: Callable[[], NDArray[np.float32]],
    most: int,
) -> Explanation:
    """Explain a version of the open case; asked again, or on Explain with the same geometry, it is remembered.

    Parameters
    ----------
    manifest, ready
        The model set, and what explains with it; asked for only if need be.
    version
        Of the open case.
    make_input
        Makes the network's input; called only if need be.
    most
        How many explanations are looked at together, so that none of them is forgotten for another.

    Raises
    ------
    BusyError
        If too many others are waiting.
    CropError
        If the crop does not fit.
    """
    geometry, painted = version.key
    radiograph = _open_case().radiograph
    key = ("explanation", fingerprint(manifest), radiograph.sha256, geometry, *([painted] if painted else []))
    return state.remember(key, lambda: ready().explain(make_input()), most)


def _open_case() -> state.Case:
    case = state.case()
    if case is None:
        raise LookupError("there is no open case")
    return case


def auditor(queue: ExplanationQueue) -> Auditor:
    """What audits with a loaded model set; made at the first question, in a second, and gone with the model set.

    Not to be asked on the thread of a page.
    """
    with _auditors_lock:
        found = _auditors.get(queue)
        if found is None:
            from densexplain.explain.audit.auditor import Auditor

            found = _auditors[queue] = Auditor(queue.explainer)
    return found


def fingerprint(manifest: Manifest) -> str:
    """Changes when the weights do, or what the model set knows of its training radiographs."""
    familiarity = manifest.familiarity
    return manifest.weights_sha256 + ("" if familiarity is None else f"{familiarity}")
