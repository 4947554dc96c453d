"""A warm explanation beside the bare forward pass and beside tf-keras-vis, in one run."""

from __future__ import annotations

from figures import Figure, interleaved_medians
from subject import radiograph_pixels, subject_folder

from densexplain.classifier.model_sets.model_set import load_model_set
from densexplain.explain.explainer import Explainer
from densexplain.radiograph.crop import Geometry
from densexplain.radiograph.geometry import apply_geometry
from densexplain.radiograph.preprocessing import prepare
from densexplain.render.montage import render_montage
from densexplain.render.overlay import render_overlay
from densexplain.vocabulary import Ranking
from tests.networks import model_of

_ROUNDS = 30
_GRAD_CAM_ROUNDS = 5
_OVERLAY_PX = 600


def measure() -> list[Figure]:
    with subject_folder() as folder:
        model_set = load_model_set(folder)
        explainer = Explainer(model_set)  # reads the familiarity beside the weights
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
    forward, grad_cam = _bare_forward(model_of(model_set)), _grad_cam(model_of(model_set))
    whole, bare = interleaved_medians(explain, lambda: forward(batch), rounds=_ROUNDS)
    whole_again, theirs = interleaved_medians(explain, lambda: grad_cam(batch), rounds=_GRAD_CAM_ROUNDS)
    name = f"{model_set.manifest.name}, {specification.size_px} px"
    return [
        Figure(
            "explanation",
            "warm explanation, rendered / bare compiled forward pass",
            "<= 1.5",
            f"{whole / bare:.2f}",
            whole <= 1.5 * bare,
            f"{name}: {whole * 1e3:.0f} ms / {bare * 1e3:.0f} ms, medians of {_ROUNDS}",
        ),
        Figure(
            "explanation",
            "tf-keras-vis Grad-CAM alone / warm explanation, rendered",
            ">= 5",
            f"{theirs / whole_again:.1f}",
            theirs >= 5 * whole_again,
            f"{name}: {theirs * 1e3:.0f} ms / {whole_again * 1e3:.0f} ms, medians of {_GRAD_CAM_ROUNDS}",
        ),
    ]


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
