"""A `Classifier` whose network runs in another process; see `densexplain.classifier.engines.remote.server`.

What is sent is the normalised input alone: pixels as the network reads them,
and nothing of the file that they came from.
"""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass
from typing import Any, TypeVar

import httpx
import numpy as np
import safetensors
import safetensors.numpy
from numpy.typing import NDArray

from densexplain.classifier.answers import LOGITS, MAPS, read_answers
from densexplain.classifier.classifier import Answer, ClassEvidence, NetworkInputs, Stage, check_inputs
from densexplain.classifier.heads import Head
from densexplain.classifier.wiring.network import Network
from densexplain.errors import EntryError, RemoteClassifierError
from densexplain.schema import decode, read

INPUTS = "network_inputs"
MOST_ANSWER_BYTES = 256 * 1024 * 1024
"""No longer answer is read; that to one input of 320 px has under 5 MB."""

_Made = TypeVar("_Made")
_SECONDS = 120.0
_SECONDS_TO_CONNECT = 5.0


@dataclass(frozen=True)
class ClassifierFacts:
    """What the other process says of a model set's classifier; see the port for each."""

    engine: str
    most_at_once: int
    biases: tuple[float, ...]


class RemoteClassifier:
    """See `densexplain.classifier.classifier.Classifier`; safe to share between threads.

    Parameters
    ----------
    address
        Of the other process, ``http://host:port``.
    name, weights_sha256
        Of the model set; the other process must hold the same weights.
    network
        What they are weights of.

    Raises
    ------
    RemoteClassifierError
        If the other process cannot be asked, or has not these weights.
    """

    def __init__(self, address: str, name: str, weights_sha256: str, network: Network) -> None:
        self._network, self._stages = network, network.stages
        self._path, self._address = f"/model-sets/{name}/{weights_sha256}", address
        timeout = httpx.Timeout(_SECONDS, connect=_SECONDS_TO_CONNECT)
        self._client = httpx.Client(base_url=address, timeout=timeout)
        facts = self._facts()
        self.engine = f"{facts.engine} at {address}"
        self.most_at_once = facts.most_at_once
        self.biases = np.array(facts.biases, np.float32)

    @property
    def head(self) -> Head:
        """Classes and what makes probabilities of their logits."""
        return self._network.head

    @property
    def stages(self) -> tuple[Stage, ...]:
        """In the order of the forward pass."""
        return self._stages

    @property
    def size_px(self) -> int:
        """Edge of an input in pixels."""
        return self._network.size_px

    def explain(self, network_inputs: NetworkInputs) -> tuple[Answer, ...]:
        """The whole explanation of each input; shapes and `Raises` as of the port, and `RemoteClassifierError`."""
        return self._ask("explain", network_inputs, lambda tensors: read_answers(tensors, len(self._stages)))

    def evidence(self, network_inputs: NetworkInputs) -> ClassEvidence:
        """Logits and class activation maps alone."""
        return self._ask("evidence", network_inputs, lambda tensors: ClassEvidence(tensors[LOGITS], tensors[MAPS]))

    def logits(self, network_inputs: NetworkInputs) -> NDArray[np.float32]:
        """Logits alone, shape (inputs, classes), float32, any value."""
        return self._ask("logits", network_inputs, lambda tensors: tensors[LOGITS])

    def _facts(self) -> ClassifierFacts:
        try:
            return read(ClassifierFacts, decode(self._request("GET", self._path)), "facts")
        except EntryError as error:
            raise self._refusal("it answers something else than a model set's facts") from error

    def _ask(self, call: str, network_inputs: NetworkInputs, make: Callable[[dict[str, NDArray[Any]]], _Made]) -> _Made:
        check_inputs(network_inputs, self.size_px)
        content = safetensors.numpy.save({INPUTS: np.ascontiguousarray(network_inputs)})
        try:
            tensors = safetensors.numpy.load(self._request("POST", f"{self._path}/{call}", content))
        except safetensors.SafetensorError as error:
            raise self._refusal("it answers something else than tensors") from error
        if any(tensor.shape[:1] != (len(network_inputs),) for tensor in tensors.values()):
            raise self._refusal("it answers to another number of inputs")
        try:
            return make(tensors)
        except KeyError as error:
            raise self._refusal(f"its answer has no {error.args[0]}") from error

    def _request(self, method: str, path: str, content: bytes | None = None) -> bytes:
        """The answer's content; a connection that was kept from before a restart is tried once more."""
        for is_last in (False, True):
            try:
                return self._received(method, path, content)
            except httpx.TransportError as error:
                if is_last or isinstance(error, httpx.TimeoutException):
                    raise self._refusal(f"it does not answer ({type(error).__name__})") from error
        raise AssertionError("the loop returns or raises")

    def _received(self, method: str, path: str, content: bytes | None) -> bytes:
        parts, size = [], 0
        with self._client.stream(method, path, content=content) as response:
            for part in response.iter_bytes():
                size += len(part)
                if size > MOST_ANSWER_BYTES:
                    raise self._refusal(f"its answer has more than {MOST_ANSWER_BYTES} bytes")
                parts.append(part)
        if response.status_code != httpx.codes.OK:
            raise self._refusal(b"".join(parts).decode("utf-8", "replace")[:300])
        return b"".join(parts)

    def _refusal(self, reason: str) -> RemoteClassifierError:
        return RemoteClassifierError(
            f"expected the process at {self._address} to run the network; {reason}; what is open stays as it is, "
            "please try again in a moment"
        )
