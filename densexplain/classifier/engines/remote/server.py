"""Networks for other processes: the three calls of the port over HTTP, tensors in and tensors out.

Bodies are safetensors, which hold numbers and no code; their size is bounded
before they are read. Nothing of a request is kept or written down.
"""

from __future__ import annotations

import threading
from collections.abc import Callable
from functools import partial
from typing import Any

import numpy as np
import safetensors
import safetensors.numpy
from starlette.applications import Starlette
from starlette.concurrency import run_in_threadpool
from starlette.requests import ClientDisconnect, Request
from starlette.responses import JSONResponse, PlainTextResponse, Response
from starlette.routing import Route

from densexplain.classifier.answers import LOGITS, MAPS, answer_tensors
from densexplain.classifier.classifier import Classifier, NetworkInputs
from densexplain.classifier.engines.remote.client import INPUTS, ClassifierFacts
from densexplain.errors import DensexplainError, OptionError
from densexplain.schema import to_json

MOST_INPUTS = 64
"""In one request."""

_HEADER_BYTES = 4096
_NUMBER_BYTES = 4

Load = Callable[[str], tuple[str, Classifier]]
"""From a model set's name to the sha256 of its weights and its classifier; raises `DensexplainError`."""


def classifier_app(load: Load) -> Starlette:
    """Make the application; see `densexplain.cli.serve_classifier`.

    Parameters
    ----------
    load
        Called once for each model set that is asked for.
    """
    loaded: dict[str, tuple[str, Classifier]] = {}
    loading, running = threading.Lock(), threading.Lock()

    def find(request: Request) -> Classifier:
        name, weights = request.path_params["name"], request.path_params["weights"]
        with loading:
            if name not in loaded:
                loaded[name] = load(name)
        own, classifier = loaded[name]
        if own != weights:
            raise OptionError(f"expected the weights {own[:12]}... of {name}; received {weights[:12]}...")
        return classifier

    def answer(classifier: Classifier, call: str, network_inputs: NetworkInputs) -> bytes:
        with running:  # one after another: passes that run at once share the same cores
            return safetensors.numpy.save(_CALLS[call](classifier, network_inputs))

    async def facts(request: Request) -> Response:
        classifier = await run_in_threadpool(find, request)
        biases = tuple(float(bias) for bias in classifier.biases)
        return JSONResponse(to_json(ClassifierFacts(classifier.engine, classifier.most_at_once, biases)))

    async def ask(request: Request) -> Response:
        call = request.path_params["call"]
        if call not in _CALLS:
            raise OptionError(f"expected a call out of {', '.join(_CALLS)}; received {call[:20]!r}")
        classifier = await run_in_threadpool(find, request)
        most = MOST_INPUTS * classifier.size_px**2 * 3 * _NUMBER_BYTES + _HEADER_BYTES
        network_inputs = _inputs(await _body(request, most))
        return Response(await run_in_threadpool(partial(answer, classifier, call, network_inputs)))

    async def refuse(_request: Request, error: Exception) -> Response:
        return PlainTextResponse(str(error), status_code=400)

    path = "/model-sets/{name}/{weights}"
    return Starlette(
        routes=[Route(path, facts), Route(path + "/{call}", ask, methods=["POST"])],
        exception_handlers={DensexplainError: refuse, ClientDisconnect: refuse},
    )


def _explain(classifier: Classifier, network_inputs: NetworkInputs) -> dict[str, Any]:
    return {name: np.ascontiguousarray(one) for name, one in answer_tensors(classifier.explain(network_inputs)).items()}


def _evidence(classifier: Classifier, network_inputs: NetworkInputs) -> dict[str, Any]:
    found = classifier.evidence(network_inputs)
    return {LOGITS: np.ascontiguousarray(found.logits), MAPS: np.ascontiguousarray(found.maps)}


def _logits(classifier: Classifier, network_inputs: NetworkInputs) -> dict[str, Any]:
    return {LOGITS: np.ascontiguousarray(classifier.logits(network_inputs))}


_CALLS: dict[str, Callable[[Classifier, NetworkInputs], dict[str, Any]]] = {
    "explain": _explain,
    "evidence": _evidence,
    "logits": _logits,
}


async def _body(request: Request, most: int) -> bytes:
    parts, size = [], 0
    async for part in request.stream():
        size += len(part)
        if size > most:
            raise OptionError(f"expected a request of at most {most} bytes; received more")
        parts.append(part)
    return b"".join(parts)


def _inputs(content: bytes) -> NetworkInputs:
    try:
        return np.asarray(safetensors.numpy.load(content)[INPUTS])
    except (safetensors.SafetensorError, KeyError) as error:
        raise OptionError(f"expected tensors with {INPUTS!r} among them; received something else") from error
