"""How ONNX Runtime is set up: threads, memory, and passes side by side.

All measured on two cores with DenseNet-169 at 320 px:

- One input at a time is the fastest (0.155 s of one core; 0.173 s each of eight
  in one batch), so a batch is passes side by side, which also bounds memory.
- Threads that spin while they wait cost a third of the time where another
  process wants the cores, and keep them warm when nobody asks; they do not spin.
- Weights are handed over beside the graph and lie in memory once, as the
  convolutions want them. What passes need is taken from one arena that all
  sessions share, so a further model set costs its weights alone (57 MB).
"""

from __future__ import annotations

import os
from collections.abc import Mapping, Sequence
from concurrent.futures import ThreadPoolExecutor
from functools import lru_cache
from pathlib import Path
from typing import Any

import numpy as np
import onnxruntime
from numpy.typing import NDArray

from densexplain.graphs.graph import Graph
from densexplain.graphs.memory import return_memory

_QUOTA = Path("/sys/fs/cgroup/cpu.max")
_SETTINGS = {
    "session.intra_op.allow_spinning": "0",
    "session.use_env_allocators": "1",
    "session.use_device_allocator_for_initializers": "1",
}
_ERRORS_ONLY = 3


class Session:
    """A graph that is ready to run; safe to share between threads.

    Parameters
    ----------
    graph
        Its large tensors are handed over, not copied into the model; it is emptied.
    source
        Name and shape of the input.
    outputs
        Name of each answer to that of the tensor that holds it.
    """

    def __init__(self, graph: Graph, source: tuple[str, Sequence[int | str]], outputs: Mapping[str, str]) -> None:
        _share_arena()
        self._source, self.most_at_once = source[0], available_cores()
        model = graph.model(source, outputs).SerializeToString()
        options = onnxruntime.SessionOptions()
        options.intra_op_num_threads = self.most_at_once
        options.log_severity_level = _ERRORS_ONLY
        options.enable_mem_pattern = False  # a block of its own for every session
        for name, value in _SETTINGS.items():
            options.add_session_config_entry(name, value)
        outside = graph.outside()
        values = [onnxruntime.OrtValue.ortvalue_from_numpy(value) for value in outside.values()]
        options.add_external_initializers(list(outside), values)
        self._session = onnxruntime.InferenceSession(model, options, providers=["CPUExecutionProvider"])
        del options, values, outside, model
        graph.constants.clear()
        return_memory()

    def __call__(self, network_inputs: NDArray[np.float32], names: Sequence[str]) -> dict[str, NDArray[Any]]:
        """Some of the answers to a batch, each input in a pass of its own."""
        if len(network_inputs) == 1:
            found = [self._run(network_inputs, names)]
        else:
            singles = [network_inputs[at : at + 1] for at in range(len(network_inputs))]
            found = list(_side_by_side().map(lambda one: self._run(one, names), singles))
        return dict(zip(names, map(_joined, zip(*found, strict=True)), strict=True))

    def _run(self, network_input: NDArray[np.float32], names: Sequence[str]) -> list[NDArray[Any]]:
        return list(self._session.run(list(names), {self._source: network_input}))


def _joined(parts: Sequence[NDArray[Any]]) -> NDArray[Any]:
    return parts[0] if len(parts) == 1 else np.concatenate(parts)


@lru_cache(maxsize=1)
def _share_arena() -> None:
    memory = onnxruntime.OrtMemoryInfo(
        "Cpu", onnxruntime.OrtAllocatorType.ORT_ARENA_ALLOCATOR, 0, onnxruntime.OrtMemType.DEFAULT
    )
    onnxruntime.create_and_register_allocator(memory, None)


@lru_cache(maxsize=1)
def _side_by_side() -> ThreadPoolExecutor:
    return ThreadPoolExecutor(available_cores(), thread_name_prefix="onnx")


def available_cores() -> int:
    """Cores that this process may use, by its affinity and its container's quota."""
    cores = len(os.sched_getaffinity(0)) if hasattr(os, "sched_getaffinity") else os.cpu_count() or 1
    try:
        quota, period = _QUOTA.read_text().split()
        return cores if quota == "max" else max(1, min(cores, round(int(quota) / int(period))))
    except (OSError, ValueError):
        return cores
