"""A warm explanation beside the bare forward pass and beside tf-keras-vis, in one run."""

from __future__ import annotations

from figures import Figure, interleaved_medians
from networks import model_of
from subject import radiograph_pixels, subject_folder

from densexplain.classifier.answers import wire_logits
from densexplain.classifier.engines.folding import fold
from densexplain.classifier.engines.onnx.parts import Maps, OnnxParts
from densexplain.classifier.model_sets.model_set import load_model_set
from densexplain.explain.explainer import Explainer
from densexplain.graphs.session import Session
from densexplain.radiograph.crop import Geometry
from densexplain.radiograph.geometry import apply_geometry
from densexplain.radiograph.preprocessing import prepare
from densexplain.render.montage import render_montage
from densexplain.render.overlay import render_overlay
from densexplain.vocabulary import Ranking

_ROUNDS = 30
_GRAD_CAM_ROUNDS = 5
_OVERLAY_PX = 600


def measure() -> list[Figure]:
    with subject_folder() as folder:
        model_set = load_model_set(folder)
        explainer = Explainer(model_set)  # reads the familiarity beside the weights
        model, engine = model_of(model_set), bare_engine(model_set)
    pixels = radiograph_pixels()
    specification = model_set.manifest.specification

    def explain():
        crop = apply_geometry(pixels, Geometry())
        explanation = explainer.explain(prepare(crop, specification))
        assert explanation.evidence.shape == explanation.activation_map.shape
        ranked = [stage.ranked(Ranking.MEAN) for stage in explanation.stages]
        grids = [render_montage(stage.maps, stage.channels, stage.strengths) for stage in ranked]
        overlay = render_overlay(crop, explanation.activation_map, height_px=_OVERLAY_PX, resize=specification.resize)
        return explanation, grids, overlay

    batch = prepare(pixels, specification)[None]
    compiled, grad_cam = _bare_forward(model), _grad_cam(model)
    whole, bare, reference = interleaved_medians(
        explain, lambda: engine(batch), lambda: compiled(batch), rounds=_ROUNDS
    )
    whole_again, theirs = interleaved_medians(explain, lambda: grad_cam(batch), rounds=_GRAD_CAM_ROUNDS)
    name = f"{model_set.manifest.name}, {specification.size_px} px"
    return [
        _figure("warm explanation, rendered / bare forward pass of the engine", 1.15, whole, bare, name, _ROUNDS),
        _figure(
            "warm explanation, rendered / bare compiled TensorFlow forward pass", 1.0, whole, reference, name, _ROUNDS
        ),
        Figure(
            "explanation",
            "tf-keras-vis Grad-CAM alone / warm explanation, rendered",
            ">= 12",
            f"{theirs / whole_again:.1f}",
            theirs >= 12 * whole_again,
            f"{name}: {theirs * 1e3:.0f} ms / {whole_again * 1e3:.0f} ms, medians of {_GRAD_CAM_ROUNDS}",
        ),
    ]


def _figure(what: str, most: float, whole: float, bare: float, name: str, rounds: int) -> Figure:
    return Figure(
        "explanation",
        what,
        f"<= {most:g}",
        f"{whole / bare:.2f}",
        whole <= most * bare,
        f"{name}: {whole * 1e3:.0f} ms / {bare * 1e3:.0f} ms, medians of {rounds}",
    )


def bare_engine(model_set):
    """The engine's pass to the logit and nothing more, from a graph of its own."""
    network = model_set.manifest.network
    parts = OnnxParts(fold(network.parameters, model_set.read_tensors()))
    side = network.size_px
    first = Maps(parts.graph.node("Transpose", ["inputs"], "by_channel", perm=[0, 3, 1, 2]), side, side, 3)
    _, _, logits = wire_logits(network.parameters, first, parts)
    session = Session(parts.graph, ("inputs", ("batch", side, side, 3)), {"logits": logits})
    return lambda batch: session(batch, ("logits",))


def _bare_forward(model):
    import tensorflow as tf

    signature = [tf.TensorSpec((1, *model.input.shape[1:]), tf.float32)]
    compiled = tf.function(lambda batch: model(batch, training=False), input_signature=signature)
    return lambda batch: compiled(tf.constant(batch)).numpy()


def _grad_cam(model):
    from tf_keras_vis.gradcam import Gradcam
    from tf_keras_vis.utils.model_modifiers import ReplaceToLinear

    peer = Gradcam(model, model_modifier=ReplaceToLinear(), clone=True)
    return lambda batch: peer(lambda output: output[:, 0], batch, penultimate_layer="relu")
