"""An audit beside the bare forward pass: regions, account, four what-ifs and 16 small changes."""

from __future__ import annotations

import numpy as np
from bench_explanation import bare_engine
from figures import Figure, interleaved_medians
from subject import radiograph_pixels, subject_folder

from densexplain.classifier.model_sets.model_set import load_model_set
from densexplain.explain.audit.auditor import Auditor
from densexplain.explain.explainer import Explainer
from densexplain.radiograph.preprocessing import prepare
from densexplain.radiograph.regions.found_regions import find_regions
from densexplain.radiograph.regions.named_regions import NamedRegion, named_regions
from densexplain.vocabulary import Region, RegionSource

_ROUNDS = 7
_MOST = 20.0
_WHAT_IFS = 4


def measure() -> list[Figure]:
    with subject_folder() as folder:
        model_set = load_model_set(folder)
        auditor, forward = Auditor(Explainer(model_set)), bare_engine(model_set)
    pixels = radiograph_pixels()
    pixels[60:120, 60:140] = 0.1
    pixels[70:110, 70:80] = pixels[70:110, 110:120] = 1.0  # a legend
    marked, legend = np.zeros(pixels.shape, bool), np.zeros(pixels.shape, bool)
    marked[500:700, 350:600], legend[60:120, 60:140] = True, True
    drawn = [
        NamedRegion("marked region", Region.ABNORMALITY, marked, RegionSource.DRAWN),
        NamedRegion("legend", Region.TEXT_LEGEND, legend, RegionSource.DRAWN),
    ]

    def audit():
        found = [one for one in named_regions(find_regions(pixels)) if one.kind is Region.SOFT_TISSUE]
        done = auditor.audit(pixels, [*drawn, *found])
        assert len(done.what_ifs) == _WHAT_IFS, [one.what_if.name for one in done.what_ifs]
        return done

    batch = prepare(pixels, model_set.manifest.specification)[None]
    whole, bare = interleaved_medians(audit, lambda: forward(batch), rounds=_ROUNDS)
    name = f"{model_set.manifest.name}, {model_set.manifest.specification.size_px} px"
    return [
        Figure(
            "audit",
            "audit of one radiograph / bare forward pass of the engine",
            f"<= {_MOST:g}",
            f"{whole / bare:.1f}",
            whole <= _MOST * bare,
            f"{name}: {whole * 1e3:.0f} ms / {bare * 1e3:.0f} ms, medians of {_ROUNDS}",
        )
    ]
