"""A graph under construction: nodes, the tensors that it holds, and the resulting model."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from typing import Any

import numpy as np
from numpy.typing import NDArray
from onnx import ModelProto, NodeProto, TensorProto, helper

_OPERATOR_SET = 18
_FORMAT = 9  # of the file; what goes with that operator set
_LEAST_OUTSIDE = 64  # smaller tensors may decide shapes, which are worked out from the graph alone


class Graph:
    """Nodes by the names of what they give; nothing is written to a file.

    Attributes
    ----------
    constants
        Tensors that the graph reads, by name.
    """

    def __init__(self) -> None:
        self.constants: dict[str, NDArray[Any]] = {}
        self._nodes: list[NodeProto] = []
        self._names: set[str] = set()

    def node(self, kind: str, inputs: Sequence[str], outputs: str | Sequence[str], **attributes: Any) -> str:
        """Add a node, one of each name; returns the name of its first output."""
        names = [outputs] if isinstance(outputs, str) else list(outputs)
        if names[0] in self._names:
            return names[0]
        self._names.add(names[0])
        self._nodes.append(helper.make_node(kind, inputs, names, name=names[0], **attributes))
        return names[0]

    def constant(self, name: str, value: NDArray[Any]) -> str:
        """Add a tensor, of any shape, float32 or int64, any value, to the graph; one of each name."""
        self.constants.setdefault(name, np.ascontiguousarray(value))
        return name

    def axes(self, *axes: int) -> str:
        """Numbers of axes, as a node takes them."""
        return self.constant(f"axes_{'_'.join(map(str, axes))}", np.array(axes, np.int64))

    def reshape(self, x: str, shape: Sequence[int], name: str) -> str:
        """To another shape; 0 keeps the length of an axis."""
        target = self.constant(f"shape_{'_'.join(map(str, shape))}", np.array(shape, np.int64))
        return self.node("Reshape", [x, target], name)

    def model(self, source: tuple[str, Sequence[int | str]], outputs: Mapping[str, str]) -> ModelProto:
        """The model, with large tensors left out for the engine to be given beside it.

        Parameters
        ----------
        source
            Name and shape of the input, float32.
        outputs
            Name of each answer to that of the tensor that holds it.
        """
        for name, tensor in outputs.items():
            self.node("Identity", [tensor], name)
        kinds = {name: TensorProto.INT64 if name.endswith("channels") else TensorProto.FLOAT for name in outputs}
        graph = helper.make_graph(
            self._nodes,
            "densexplain",
            [helper.make_tensor_value_info(source[0], TensorProto.FLOAT, source[1])],
            [helper.make_tensor_value_info(name, kind, None) for name, kind in kinds.items()],
            initializer=[_tensor(name, value) for name, value in self.constants.items()],
        )
        return helper.make_model(graph, opset_imports=[helper.make_opsetid("", _OPERATOR_SET)], ir_version=_FORMAT)

    def outside(self) -> dict[str, NDArray[Any]]:
        """Tensors that the model names but does not hold: of any shape, float32, any value."""
        return {name: value for name, value in self.constants.items() if _is_outside(value)}


def _is_outside(value: NDArray[Any]) -> bool:
    return value.dtype == np.float32 and value.size >= _LEAST_OUTSIDE


def _tensor(name: str, value: NDArray[Any]) -> TensorProto:
    kind = helper.np_dtype_to_tensor_dtype(value.dtype)
    if not _is_outside(value):
        return helper.make_tensor(name, kind, value.shape, value.tobytes(), raw=True)
    tensor = TensorProto(name=name, data_type=kind, dims=value.shape, data_location=TensorProto.EXTERNAL)
    tensor.external_data.add(key="location", value="in memory")
    return tensor
