"""The last step of a run: measure the kept weights as they will be stored, and write the model set."""

from __future__ import annotations

from dataclasses import asdict, replace
from pathlib import Path

import keras

from densexplain.classifier.engines.choice import local_classifier
from densexplain.classifier.engines.keras.weights import tensors_of
from densexplain.classifier.heads import Head
from densexplain.classifier.model_sets.manifest import Manifest
from densexplain.classifier.model_sets.model_set import write_model_set
from densexplain.classifier.model_sets.weights import halve_kernels
from densexplain.classifier.wiring.network import Network
from densexplain.classifier.wiring.registry import ARCHITECTURES
from densexplain.data_sets.mura import LabelledRadiograph
from densexplain.errors import DataSetError, TrainingError
from densexplain.evaluation.by_abnormality import best_threshold, class_labels, known_abnormalities
from densexplain.evaluation.evaluation import evaluate
from densexplain.evaluation.predicted_images import PredictedImages, predicted_images
from densexplain.evaluation.predictions import predict
from densexplain.evaluation.recording import record_evaluation
from densexplain.progress import Report
from densexplain.training.card import ModelSetText, model_card
from densexplain.training.familiarity_fit import fit_familiarity
from densexplain.training.labels import head_of
from densexplain.training.probes_fit import ProbeData, fit_probes
from densexplain.training.run.state import RunState
from densexplain.training.trainer import Trainer


def finish(
    trainer: Trainer, model: keras.Model, state: RunState, text: ModelSetText, models: Path, report: Report
) -> Manifest:
    """Write the model set that a finished run ends in.

    The kernels are rounded to half precision first, so the figures in manifest
    and card are those of the weights that ship. They are those that `evaluate`
    gives, and the temperature is fitted on the same validation radiographs. What
    the training radiographs look like to the network, and what could be told at
    each of its stages, is fitted last.

    Parameters
    ----------
    trainer
        The finished run: its recipe and data.
    model, state
        As `Trainer.train` returned them; not changed.
    text
        Name, title, purpose, attribution.
    models
        Folder that the model set's folder is made in.
    report
        Receives lines of progress.

    Raises
    ------
    TrainingError
        If no epoch was kept, or the model set cannot be written.
    DataSetError
        If a validation image cannot be read.
    OptionError
        If the name cannot be a model set's, or the weights give no finite logits.
    """
    if state.kept is None:
        raise TrainingError("expected a run with a kept epoch; this one has finished none at its final size")
    recipe = trainer.recipe
    tensors = halve_kernels(tensors_of(model))
    head = head_of(recipe.groups)
    network = Network(ARCHITECTURES[recipe.architecture], head, recipe.specification.size_px)
    classifier = local_classifier(network, tensors)
    predictions = predict(classifier, trainer.valid_items, recipe.specification, recipe.batch_size, report)
    predicted = predicted_images(trainer.valid_items, predictions)
    thresholds = _group_thresholds(trainer, predicted, head)
    extremities = tuple(sorted({item.extremity.lower() for item in trainer.train_items}))
    counts = (len(trainer.train_items), len(trainer.valid_items))
    folder = models / text.name
    try:
        manifest = write_model_set(
            folder,
            tensors,
            name=text.name,
            title=text.title,
            version=text.version,
            purpose=text.purpose,
            not_for=text.not_for,
            architecture=recipe.architecture,
            specification=recipe.specification,
            head=head_of(recipe.groups, thresholds) if recipe.groups else None,
            training={
                **trainer.settings,
                "extremities": list(extremities),
                "attribution": text.attribution,
                "kept": asdict(state.kept),
                "epochs": [asdict(record) for record in state.history],
                "choices": {str(rule): record.epoch for rule, record in trainer.choices(state).items()},
            },
            activation_map_limit_logits=predictions.activation_map_limit_logits,
            card=model_card(text, recipe, counts, state.kept, extremities, "Not measured yet."),
        )
        evaluation = evaluate(predicted, manifest, skipped=trainer.valid_skipped, refit=True, truth=trainer.truth)
        manifest = record_evaluation(folder, evaluation)
        manifest = _with_familiarity(folder, manifest, trainer.train_items, report)
        return _with_probes(
            folder, manifest, ProbeData(trainer.train_items, trainer.valid_items, trainer.truth), report
        )
    except OSError as error:
        raise TrainingError(
            f"the model set could not be written to {models}: {error.strerror}; the run's state is intact, so the same "
            "command with another --out finishes it"
        ) from error


def _group_thresholds(trainer: Trainer, predicted: PredictedImages, head: Head) -> tuple[float, ...]:
    """Where each group is said to be present: rare ones would hardly ever reach 0.5."""
    if len(head.classes) == 1 or predicted.log_odds is None:
        return ()
    known = known_abnormalities(trainer.truth, predicted.items)
    found = (
        best_threshold(class_labels(predicted.items, known, one.name), predicted.log_odds[:, place])
        for place, one in enumerate(head.classes)
    )
    return tuple(one.threshold if chosen is None else chosen for one, chosen in zip(head.classes, found, strict=True))[
        1:
    ]


def _with_familiarity(
    folder: Path, manifest: Manifest, items: tuple[LabelledRadiograph, ...], report: Report
) -> Manifest:
    """Fit familiarity; where there are too few radiographs for it, say so and go on without."""
    try:
        return replace(manifest, familiarity=fit_familiarity(folder, items, report))
    except DataSetError as error:
        report(f"familiarity not fitted: {error}")
        return manifest


def _with_probes(folder: Path, manifest: Manifest, data: ProbeData, report: Report) -> Manifest:
    """Fit probes; where there are too few radiographs for them, say so and go on without."""
    try:
        return replace(manifest, probes=fit_probes(folder, data, report))
    except DataSetError as error:
        report(f"probes not fitted: {error}")
        return manifest
