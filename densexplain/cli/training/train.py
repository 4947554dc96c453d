"""``train``: from a folder of labelled radiographs to a model set."""

from __future__ import annotations

from argparse import Namespace
from pathlib import Path

from densexplain.classifier.engines.keras.start import start_backend
from densexplain.classifier.model_sets.manifest import MANIFEST_FILE
from densexplain.cli.command import Command, libraries_print_to_error, print_json, report
from densexplain.cli.training.train_options import add_arguments, extremities_of, recipe_of, run_options_of, text_of
from densexplain.errors import OptionError, TrainingError
from densexplain.files import check_writable
from densexplain.training.run.run_options import has_state


def run(arguments: Namespace) -> None:
    """Train, or resume, then measure and write the model set.

    Raises
    ------
    OptionError
        If a setting is out of range or the name cannot be a model set's.
    DataSetError
        If the data set cannot be used.
    TrainingError
        If the run's folder belongs to other settings or cannot be written.
    KeyboardInterrupt
        If it is interrupted; the message says how to resume.
    """
    recipe, text = recipe_of(arguments), text_of(arguments)
    if arguments.data is None and recipe.phantoms is None:
        raise OptionError("training needs radiographs: give a data set as --data, or --phantoms, or both")
    folder = arguments.run or Path("runs") / text.name
    _check_place(arguments.out, text.name, arguments.replace or has_state(folder))

    start_backend(arguments.distributed)
    from densexplain.training.finish import finish
    from densexplain.training.trainer import Trainer

    trainer = Trainer(recipe, arguments.data, extremities_of(arguments), folder, report, run_options_of(arguments))
    if arguments.export is not None:
        trainer.export(arguments.export)
        print_json({"state": str(arguments.export), "bytes": arguments.export.stat().st_size})
        return
    with libraries_print_to_error():
        model, state = trainer.train()
    if not trainer.share.writes:
        return
    manifest = finish(trainer, model, state, text, arguments.out, report)
    print_json(
        {
            "model_set": manifest.name,
            "folder": str(arguments.out / manifest.name),
            "weights_sha256": manifest.weights_sha256,
            "kept": manifest.training["kept"],
            "choices": manifest.training["choices"],
            "evaluation": manifest.evaluation,
        }
    )


def _check_place(folder: Path, name: str, replace: bool) -> None:
    """Check before hours of training that the model set can be written and replaces no other.

    A run that goes on may have been killed while it wrote its own model set.
    """
    if (folder / name / MANIFEST_FILE).exists() and not replace:
        raise OptionError(f"{folder} has a model set {name} already; choose another --model-set or --replace it")
    try:
        check_writable(folder)
    except OSError as error:
        raise TrainingError(f"expected a folder that can be written as --out; {folder}: {error.strerror}") from error


COMMAND = Command("train", "train a model set, or resume an interrupted run", add_arguments, run)
