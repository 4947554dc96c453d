"""The last step of a run: measure the kept weights as they will be stored, and write the model set."""

from __future__ import annotations

from dataclasses import asdict, replace
from pathlib import Path

import keras

from densexplain.classifier.engines.choice import local_classifier
from densexplain.classifier.engines.keras.weights import tensors_of
from densexplain.classifier.heads import one_unit
from densexplain.classifier.model_sets.manifest import Manifest
from densexplain.classifier.model_sets.model_set import write_model_set
from densexplain.classifier.model_sets.weights import halve_kernels
from densexplain.classifier.wiring.network import Network
from densexplain.classifier.wiring.registry import ARCHITECTURES
from densexplain.data_sets.mura import LabelledRadiograph
from densexplain.errors import DataSetError, TrainingError
from densexplain.evaluation.evaluation import evaluate
from densexplain.evaluation.predicted_images import predicted_images
from densexplain.evaluation.predictions import predict
from densexplain.evaluation.recording import record_evaluation
from densexplain.progress import Report
from densexplain.training.card import ModelSetText, model_card
from densexplain.training.familiarity_fit import fit_familiarity
from densexplain.training.run.state import RunState
from densexplain.training.trainer import Trainer

_THRESHOLD = 0.5


def finish(
    trainer: Trainer, model: keras.Model, state: RunState, text: ModelSetText, models: Path, report: Report
) -> Manifest:
    """Write the model set that a finished run ends in.

    The kernels are rounded to half precision first, so the figures in manifest
    and card are those of the weights that ship. They are those that `evaluate`
    gives, and the temperature is fitted on the same validation radiographs. What
    the training radiographs look like to the network is fitted last.

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
    network = Network(ARCHITECTURES[recipe.architecture], one_unit(_THRESHOLD), recipe.specification.size_px)
    classifier = local_classifier(network, tensors)
    predictions = predict(classifier, trainer.valid_items, recipe.specification, recipe.batch_size, report)
    predicted = predicted_images(trainer.valid_items, predictions)
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
            threshold=_THRESHOLD,
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
        evaluation = evaluate(predicted, manifest, skipped=trainer.valid_skipped, refit=True)
        manifest = record_evaluation(folder, evaluation)
        return _with_familiarity(folder, manifest, trainer.train_items, report)
    except OSError as error:
        raise TrainingError(
            f"the model set could not be written to {models}: {error.strerror}; the run's state is intact, so the same "
            "command with another --out finishes it"
        ) from error


def _with_familiarity(
    folder: Path, manifest: Manifest, items: tuple[LabelledRadiograph, ...], report: Report
) -> Manifest:
    """Fit familiarity; where there are too few radiographs for it, say so and go on without."""
    try:
        return replace(manifest, familiarity=fit_familiarity(folder, items, report))
    except DataSetError as error:
        report(f"familiarity not fitted: {error}")
        return manifest
