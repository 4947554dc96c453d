"""Measures of maps, made up so that every sentence of the page can be foretold."""

from densexplain.classifier.model_sets.manifest import Manifest
from densexplain.evaluation.records.map_report import MapFigure, MapReport, ModelSetAgreement, RandomisedStep
from densexplain.vocabulary import MapMeasure, MapSource

_VALUES = {MapSource.ACTIVATION_MAP: 0.63, MapSource.MIDDLE: 0.2, MapSource.CHANCE: 0.09}


def map_report(manifest: Manifest) -> MapReport:
    """63 % of the class activation map, 20 % of the middle, 9 % by chance, 50 % of the rest; occlusion on 25."""
    sources = {}
    for source in MapSource:
        value, images = _VALUES.get(source, 0.5), 25 if source is MapSource.OCCLUSION else 100
        sources[source] = {measure: MapFigure(value, value - 0.08, value + 0.08, images) for measure in MapMeasure}
    near_none, alike = MapFigure(-0.02, -0.1, 0.06, 25), MapFigure(0.71, 0.6, 0.8, 100)
    return MapReport(
        model_set=manifest.name,
        version=manifest.version,
        weights_sha256=manifest.weights_sha256,
        split="valid",
        extremities=("wrist",),
        images=100,
        patients=80,
        resamples=1000,
        seed=0,
        steps=20,
        patch_px=32,
        stride_px=32,
        tolerance_px=15,
        sources=sources,
        randomised=(RandomisedStep("head", near_none, near_none), RandomisedStep("conv1", near_none, near_none)),
        agreements=(ModelSetAgreement("other", "2", "0" * 64, alike, MapFigure(None, None, None, 0)),),
    )
