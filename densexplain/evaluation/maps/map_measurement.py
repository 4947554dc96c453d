"""Measuring a model set's maps on phantoms, whose abnormalities are known to the pixel."""

from __future__ import annotations

from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray

from densexplain.classifier.model_sets.model_set import LoadedModelSet
from densexplain.data_sets.images import read_training_image
from densexplain.errors import DataSetError, OptionError
from densexplain.evaluation.maps.annotated_phantoms import AnnotatedPhantom, input_mask
from densexplain.evaluation.maps.map_measures import (
    TOLERANCE_PX,
    deletion,
    evidence_inside,
    insertion,
    intersection,
    pointing_game,
    within_reach,
)
from densexplain.evaluation.maps.randomised import randomised_classifiers, similarity
from densexplain.evaluation.maps.saliency import grad_cam, occlusion
from densexplain.evaluation.metrics.patient_mean import patient_mean
from densexplain.evaluation.records.map_report import MapFigure, MapReport, ModelSetAgreement, RandomisedStep
from densexplain.explain.explainer import Explainer
from densexplain.explain.map_agreement import SaliencyMap, agreement
from densexplain.progress import Report
from densexplain.radiograph.preprocessing import InputSpecification, prepare
from densexplain.radiograph.regions.regions import Mask
from densexplain.vocabulary import MapMeasure, MapSource

_MIDDLE_CELLS = 32
_LOCAL = (MapMeasure.POINTING_GAME, MapMeasure.EVIDENCE_INSIDE, MapMeasure.INTERSECTION)


@dataclass(frozen=True)
class MapOptions:
    """Extent of the measurement.

    Parameters
    ----------
    occlusion_limit, curve_limit
        Radiographs for occlusion, and for the curves and the randomised networks; the first ones.
    steps
        Steps of deletion and insertion.
    patch_px, stride_px
        Patch and stride of occlusion.
    resamples, seed
        Resamples of the patients; the seed also draws the randomised weights.
    batch_size
        Network inputs at a time.
    """

    occlusion_limit: int = 25
    curve_limit: int = 25
    steps: int = 20
    patch_px: int = 32
    stride_px: int = 32
    resamples: int = 1000
    seed: int = 0
    batch_size: int = 8


@dataclass(frozen=True)
class _Case:
    network_input: NDArray[np.float32]
    mask: Mask


def measure_maps(
    model_set: LoadedModelSet,
    marked: tuple[AnnotatedPhantom, ...],
    others: Sequence[LoadedModelSet],
    options: MapOptions,
    report: Report,
) -> MapReport:
    """Measure the class activation map, Grad-CAM and occlusion beside the middle of the image and chance.

    At 320 px a radiograph costs 1 forward pass for each of the three gradient
    and activation maps, 101 for occlusion, and 2 * (steps + 1) for the curves of
    each source.

    Parameters
    ----------
    model_set
        Read only.
    marked
        Abnormal radiographs of a phantom data set, at least one.
    others
        Model sets whose class activation maps are compared.
    options
        How much is measured.
    report
        Receives lines of progress.

    Raises
    ------
    DataSetError
        If an image cannot be read, or its regions have another size.
    OptionError
        If the patches do not divide the input, or another model set fits radiographs into its input in another way.
    """
    manifest = model_set.manifest
    for other in others:
        if other.manifest.specification.resize is not manifest.specification.resize:
            raise OptionError(
                f"expected model sets that resize alike; {manifest.name} and {other.manifest.name} do not, "
                "so that their maps lie over different pixels"
            )
    cases = [_case(one, manifest.specification) for one in marked]
    patients = np.unique([one.item.patient for one in marked], return_inverse=True)[1]

    def figure(values: Sequence[float]) -> MapFigure:
        return _figure(np.array(values, np.float64), patients[: len(values)], options)

    explainer = Explainer(model_set)
    maps = _maps(explainer, cases, options, report)
    values = _values(explainer, cases, maps, options, report)
    report("randomising the weights")
    randomised = _randomised(model_set, cases[: options.curve_limit], maps[MapSource.ACTIVATION_MAP], options, figure)
    return MapReport(
        manifest.name,
        manifest.version,
        manifest.weights_sha256,
        str(marked[0].item.split),
        tuple(sorted({one.item.extremity.lower() for one in marked})),
        len(marked),
        len(np.unique(patients)),
        options.resamples,
        options.seed,
        options.steps,
        options.patch_px,
        options.stride_px,
        TOLERANCE_PX,
        {source: {measure: figure(found) for measure, found in of.items()} for source, of in values.items()},
        randomised,
        tuple(_agreement(other, marked, maps[MapSource.ACTIVATION_MAP], figure) for other in others),
    )


def _case(one: AnnotatedPhantom, specification: InputSpecification) -> _Case:
    pixels = read_training_image(one.item.path)
    if pixels.shape != one.regions.shape:
        raise DataSetError(
            f"expected regions of {pixels.shape} pixels for {one.item.path}; received {one.regions.shape}"
        )
    return _Case(prepare(pixels, specification), input_mask(one.mask, specification))


def _maps(
    explainer: Explainer, cases: Sequence[_Case], options: MapOptions, report: Report
) -> dict[MapSource, list[SaliencyMap]]:
    """Maps of the first radiographs, as many as each source is made for."""
    inputs = [case.network_input for case in cases]
    report(f"making the maps of {len(cases)} radiographs")
    maps: dict[MapSource, list[SaliencyMap]] = {
        MapSource.ACTIVATION_MAP: list(explainer.evidence(inputs).maps),
        MapSource.GRAD_CAM: [grad_cam(explainer, one) for one in inputs],
    }
    maps |= _earlier_grad_cam(explainer.model_set, inputs)
    if options.occlusion_limit:
        maps[MapSource.OCCLUSION] = []
        for one in inputs[: options.occlusion_limit]:
            maps[MapSource.OCCLUSION].append(occlusion(explainer.logits, one, options.patch_px, options.stride_px))
            report(f"occlusion of radiograph {len(maps[MapSource.OCCLUSION])}")
    maps[MapSource.MIDDLE] = [_middle()] * len(inputs)
    draw, grid = np.random.default_rng(options.seed), maps[MapSource.ACTIVATION_MAP][0].shape
    maps[MapSource.CHANCE] = [draw.random(grid) for _ in inputs]  # as coarse as a true one
    return maps


def _earlier_grad_cam(
    model_set: LoadedModelSet, inputs: Sequence[NDArray[np.float32]]
) -> dict[MapSource, list[SaliencyMap]]:
    """Grad-CAM of the stage before the last, where Keras runs on what has such a gradient."""
    import keras

    if keras.config.backend() != "tensorflow":
        return {}
    from densexplain.classifier.engines.keras.gradient import StageGradCam

    at_stage = StageGradCam(model_set.manifest.network, model_set.read_tensors())
    return {MapSource.GRAD_CAM_BLOCK3: [at_stage(one) for one in inputs]}


def _middle() -> NDArray[np.float64]:
    """Warm in the middle of the image: a normal distribution with a standard deviation of a quarter of its edge."""
    place = (np.arange(_MIDDLE_CELLS) + 0.5) / _MIDDLE_CELLS - 0.5
    return np.asarray(np.exp(-8 * (place[:, None] ** 2 + place[None] ** 2)), np.float64)


def _values(
    explainer: Explainer,
    cases: Sequence[_Case],
    maps: Mapping[MapSource, Sequence[SaliencyMap]],
    options: MapOptions,
    report: Report,
) -> dict[MapSource, dict[MapMeasure, list[float]]]:
    logits = explainer.logits
    found: dict[MapSource, dict[MapMeasure, list[float]]] = {}
    for source, of_source in maps.items():
        pairs = list(zip(cases, of_source, strict=False))
        measured: dict[MapMeasure, list[float]] = {measure: [] for measure in MapMeasure}
        for case, one in pairs:
            local = _by_chance(case.mask) if source is MapSource.CHANCE else _local(one, case.mask)
            for measure, value in zip(_LOCAL, local, strict=True):
                measured[measure].append(value)
        for case, one in pairs[: options.curve_limit]:
            measured[MapMeasure.DELETION].append(deletion(logits, case.network_input, one, options.steps).area)
            measured[MapMeasure.INSERTION].append(insertion(logits, case.network_input, one, options.steps).area)
        found[source] = measured
        report(f"measured {source}")
    return found


def _local(saliency_map: SaliencyMap, mask: Mask) -> tuple[float, float, float]:
    hit = pointing_game(saliency_map, mask)
    return float(hit), evidence_inside(saliency_map, mask), intersection(saliency_map, mask)


def _by_chance(mask: Mask) -> tuple[float, float, float]:
    """What a random map reaches on average: shares of areas."""
    share = float(mask.mean())
    return float(within_reach(mask).mean()), share, share / (2 - share)


def _randomised(
    model_set: LoadedModelSet,
    cases: Sequence[_Case],
    maps: Sequence[SaliencyMap],
    options: MapOptions,
    figure: Callable[[Sequence[float]], MapFigure],
) -> tuple[RandomisedStep, ...]:
    steps = []
    if cases:
        inputs = np.stack([case.network_input for case in cases])
        main = model_set.manifest.full_head.main
        for down_to, classifier in randomised_classifiers(model_set, options.seed):
            after = classifier.evidence(inputs).maps[:, main]
            alike = [similarity(before, one) for before, one in zip(maps, after, strict=False)]
            correlations, structures = [one.correlation for one in alike], [one.structure for one in alike]
            steps.append(RandomisedStep(down_to, figure(correlations), figure(structures)))
    return tuple(steps)


def _agreement(
    other: LoadedModelSet,
    marked: Sequence[AnnotatedPhantom],
    maps: Sequence[SaliencyMap],
    figure: Callable[[Sequence[float]], MapFigure],
) -> ModelSetAgreement:
    manifest, explainer, found = other.manifest, Explainer(other), []
    for one, own in zip(marked, maps, strict=True):
        network_input = prepare(read_training_image(one.item.path), manifest.specification)
        found.append(agreement(own, explainer.evidence([network_input]).maps[0]))
    correlation, overlap = figure([one.correlation for one in found]), figure([one.overlap for one in found])
    return ModelSetAgreement(manifest.name, manifest.version, manifest.weights_sha256, correlation, overlap)


def _figure(values: NDArray[np.float64], patients: NDArray[np.intp], options: MapOptions) -> MapFigure:
    known = np.isfinite(values)
    if not known.any():
        return MapFigure(None, None, None, 0)
    mean = patient_mean(list(values[known]), [str(owner) for owner in patients[known]], options.resamples, options.seed)
    return MapFigure(mean.value, mean.low, mean.high, mean.images)
