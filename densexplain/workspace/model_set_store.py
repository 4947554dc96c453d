"""Model sets, loaded once and shared by all, since a model set holds nothing about any patient."""

from __future__ import annotations

import gc
import threading
import time
from collections.abc import Callable
from concurrent.futures import Future, ThreadPoolExecutor
from dataclasses import dataclass
from pathlib import Path
from typing import TYPE_CHECKING

from densexplain.classifier.model_sets.catalogue import find_model_set
from densexplain.classifier.model_sets.manifest import Manifest
from densexplain.errors import DensexplainError, ModelSetError
from densexplain.settings import settings

if TYPE_CHECKING:
    from densexplain.explain.audit.auditor import Auditor
    from densexplain.explain.explainer import Explainer
    from densexplain.explain.queue import ExplanationQueue

_MOST_LOADED = 3
_TRIED_AGAIN_SECONDS = 30


class ReadyModelSet:
    """A model set that explains and audits; safe to share between threads.

    Parameters
    ----------
    queue
        The line in front of what explains.
    """

    def __init__(self, queue: ExplanationQueue) -> None:
        self.queue = queue
        self._lock = threading.Lock()
        self._auditor: Auditor | None = None

    @property
    def explainer(self) -> Explainer:
        """The explainer, without its queue."""
        return self.queue.explainer

    @property
    def manifest(self) -> Manifest:
        """What the model set is and how it is used."""
        return self.queue.explainer.model_set.manifest

    def auditor(self) -> Auditor:
        """The auditor; made on first use, which takes a second, so not to be called on the thread of a page."""
        with self._lock:
            if self._auditor is None:
                from densexplain.explain.audit.auditor import Auditor  # with it comes the network's engine

                self._auditor = Auditor(self.explainer)
            return self._auditor


@dataclass(frozen=True)
class Loading:
    """How far a model set has come; exactly one of `ready`, `error` is set at the end."""

    seconds: float
    ready: ReadyModelSet | None = None
    error: BaseException | None = None


class ModelSetLoadingError(Exception):
    """The model set is still being loaded; nothing is wrong with it."""


class ModelSetStore:
    """Loads model sets and holds the last few.

    Parameters
    ----------
    load
        From a model set's name or folder to what explains with it.
    most_loaded
        How many stay in memory; the one unused for longest goes first.
    """

    def __init__(
        self, load: Callable[[str | Path], ReadyModelSet] | None = None, most_loaded: int = _MOST_LOADED
    ) -> None:
        self._load, self._most_loaded = load or load_ready, most_loaded
        self._thread = ThreadPoolExecutor(1, thread_name_prefix="model-set")
        self._lock = threading.Lock()
        self._loads: dict[str, tuple[float, Future[ReadyModelSet]]] = {}

    def find(self, name: str) -> Path:
        """Folder of an installed model set, found without loading it.

        Raises
        ------
        OptionError
            If the name could lead out of the folders of model sets.
        ModelSetNotFoundError
            If there is none of that name.
        """
        return find_model_set(name)

    def load(self, name_or_folder: str | Path) -> ReadyModelSet:
        """Load a model set now, on this thread; it stays, however many there are.

        Raises
        ------
        OptionError
            If a name could lead out of the folders of model sets.
        ModelSetError
            If it cannot be used.
        """
        ready = self._load(find_model_set(name_or_folder))
        done: Future[ReadyModelSet] = Future()
        done.set_result(ready)
        with self._lock:
            self._loads[_key(ready.manifest)] = (time.monotonic(), done)
            self._most_loaded = max(self._most_loaded, len(self._loads))
        return ready

    def _load_to_keep(self, name: str) -> ReadyModelSet:
        """Load in a process that goes on serving.

        What the engine and the network brought in is hardly ever garbage; left out, a collection
        takes milliseconds, not a quarter of a second. A model set that was given up goes here.
        """
        ready = self._load(name)
        gc.unfreeze()
        gc.collect()
        gc.freeze()
        gc.collect()  # counts what is left: Python collects again after a quarter as much
        return ready

    def loading(self, manifest: Manifest, together: int = 1) -> Loading:
        """Return how far an installed model set has come; the first call starts loading, in the background.

        Parameters
        ----------
        manifest
            Manifest of the model set. One whose weights were replaced is loaded again.
        together
            How many model sets the asker needs at once; so many stay in memory, if they are more than `most_loaded`.
        """
        with self._lock:
            started, future = self._loads.pop(_key(manifest), (time.monotonic(), None))
            if future is None or (_failed(future) and time.monotonic() - started > _TRIED_AGAIN_SECONDS):
                started, future = time.monotonic(), self._thread.submit(self._load_to_keep, manifest.name)
            self._loads[_key(manifest)] = (started, future)
            while len(self._loads) > max(self._most_loaded, together):
                self._loads.pop(next(iter(self._loads)))[1].cancel()
        if not future.done():
            return Loading(time.monotonic() - started)
        if future.exception() is not None:
            return Loading(0.0, error=future.exception())
        return Loading(0.0, ready=future.result())

    def ready(self, manifest: Manifest, together: int = 1) -> ReadyModelSet:
        """Return a model set that is loaded; parameters as `loading` takes them.

        Raises
        ------
        ModelSetLoadingError
            If it is still being loaded.
        ModelSetError
            If it cannot be used.
        """
        loading = self.loading(manifest, together)
        if isinstance(loading.error, DensexplainError):
            # Another one: the loader's own is held here, and would hold whatever it is raised through.
            raise type(loading.error)(*loading.error.args)
        if loading.error is not None:
            raise ModelSetError(f"expected {manifest.title} to load; it failed: {type(loading.error).__name__}")
        if loading.ready is None:
            raise ModelSetLoadingError
        return loading.ready


def fingerprint(manifest: Manifest) -> str:
    """Changes when the weights do, or what the model set knows of its training radiographs."""
    familiarity = manifest.familiarity
    return manifest.weights_sha256 + ("" if familiarity is None else f"{familiarity}")


def load_ready(name_or_folder: str | Path) -> ReadyModelSet:
    """Load a model set and put a queue in front of it.

    Raises
    ------
    OptionError, ModelSetError
        As `densexplain.classifier.model_sets.model_set.load_model_set`.
    """
    from densexplain.classifier.model_sets.model_set import load_model_set
    from densexplain.explain.explainer import Explainer
    from densexplain.explain.queue import ExplanationQueue

    return ReadyModelSet(ExplanationQueue(Explainer(load_model_set(name_or_folder)), settings().queue_length))


def _key(manifest: Manifest) -> str:
    return manifest.name + fingerprint(manifest)


def _failed(future: Future[ReadyModelSet]) -> bool:
    return future.done() and not future.cancelled() and future.exception() is not None
