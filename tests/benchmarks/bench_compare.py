"""Four model sets on one radiograph beside one explanation, warm; and inputs in turn beside inputs in one batch."""

from __future__ import annotations

from figures import Figure, interleaved_medians
from subject import radiograph_pixels, subject_folder

from densexplain.classifier.model_sets.model_set import load_model_set
from densexplain.explain.comparison.comparison import compare, differences
from densexplain.explain.explainer import Explainer
from densexplain.radiograph.crop import Geometry
from densexplain.radiograph.geometry import apply_geometry
from densexplain.radiograph.preprocessing import prepare
from densexplain.radiograph.radiograph import Acquisition, Radiograph
from densexplain.radiograph.versions import RadiographVersion
from densexplain.render.comparison.overlays import (
    ComparedStyle,
    cell_overlay,
    difference_limit,
    difference_overlay,
    shared_limit,
)
from densexplain.render.encoding import encode_png
from densexplain.render.montage import render_montage
from densexplain.render.overlay import render_overlay
from densexplain.vocabulary import FileFormat, InputVersion, Ranking, Reference

_MODEL_SETS, _MOST = 4, 4.0
_ROUNDS = 15
_OVERLAY_PX = 600


def measure() -> list[Figure]:
    with subject_folder() as folder:
        # Loaded four times: as much memory and as many compiled passes as four model sets.
        explainers = [Explainer(load_model_set(folder)) for _ in range(_MODEL_SETS)]
    manifest = explainers[0].model_set.manifest
    radiograph = Radiograph(radiograph_pixels(), FileFormat.PNG, Acquisition(), "0" * 64)
    original = RadiographVersion(InputVersion.ORIGINAL, Geometry())

    def explain_one():
        crop = apply_geometry(radiograph.pixels, Geometry())
        explanation = explainers[0].explain(prepare(crop, manifest.specification))
        for stage in explanation.stages:
            ranked = stage.ranked(Ranking.MEAN)
            encode_png(render_montage(ranked.maps, ranked.channels, ranked.strengths))
        height, width = _OVERLAY_PX, _OVERLAY_PX * crop.shape[1] // crop.shape[0]
        resize = manifest.specification.resize
        overlay = render_overlay(crop, explanation.activation_map, height_px=height, width_px=width, resize=resize)
        return encode_png(overlay.image)

    def compare_four():
        waiting = iter(explainers)
        found = compare(
            radiograph,
            [manifest] * _MODEL_SETS,
            [original],
            lambda _manifest, _version, make_input: next(waiting).explain(make_input()),
        )
        style, limit = ComparedStyle(edge_px=_OVERLAY_PX), shared_limit(found)
        pictures = [encode_png(cell_overlay(cell, style, limit).image) for cell in found]
        changes = [one for one in differences(found) if one.reference is Reference.MODEL_SET]
        end = difference_limit(changes)
        pictures += [encode_png(difference_overlay(one, style, end).image) for one in changes]
        return pictures, [(one.logit, one.agreement, one.shared_channels) for one in changes]

    together, alone = interleaved_medians(compare_four, explain_one, rounds=_ROUNDS)

    network_input = prepare(radiograph.pixels, manifest.specification)
    in_turn, in_batch = interleaved_medians(
        lambda: [explainers[0].explain(network_input) for _ in range(4)],
        lambda: explainers[0].explain_several([network_input] * 4),
        rounds=_ROUNDS,
    )
    name = f"{manifest.name}, {manifest.specification.size_px} px"
    return [
        Figure(
            "compare",
            "four model sets on one radiograph, warm / one explanation",
            f"<= {_MOST}",
            f"{together / alone:.2f}",
            together <= _MOST * alone,
            f"{name} four times: {together * 1e3:.0f} ms with overlays, differences and numbers / {alone * 1e3:.0f} ms "
            f"with overlay and stage grids, medians of {_ROUNDS}",
        ),
        Figure(
            "compare",
            "four inputs, one model set: explained in turn / in one batch",
            "told only",
            f"{in_turn / in_batch:.2f}",
            True,
            f"{name}: {in_turn * 1e3:.0f} ms / {in_batch * 1e3:.0f} ms; a batched pass has to be compiled first",
        ),
    ]
