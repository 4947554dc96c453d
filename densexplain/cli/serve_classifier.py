"""``serve-classifier``: networks for apps on other machines or in other processes."""

from __future__ import annotations

from argparse import ArgumentParser, Namespace
from typing import TYPE_CHECKING

from densexplain.classifier.engines.choice import remote_address
from densexplain.cli.command import Command
from densexplain.errors import OptionError
from densexplain.serving import check_exposure
from densexplain.settings import ENGINE_VARIABLE

if TYPE_CHECKING:
    from densexplain.classifier.classifier import Classifier


def add_arguments(parser: ArgumentParser) -> None:
    """Declare address and port."""
    parser.add_argument("--address", default="127.0.0.1", help="where to listen (default: %(default)s)")
    parser.add_argument("--port", type=int, default=8502, help="(default: %(default)s)")


def run(arguments: Namespace) -> None:
    """Answer until the process is ended.

    Raises
    ------
    ServingError
        If it would be reached from other machines without a proxy that authenticates.
    OptionError
        If the port is out of range, or this process is itself to ask another.
    """
    check_exposure(arguments.address, has_authentication=False)
    if not 1 <= arguments.port <= 65535:
        raise OptionError(f"`--port` must be between 1 and 65535; received {arguments.port}")
    if remote_address() is not None:
        raise OptionError(f"expected an engine of this process in `{ENGINE_VARIABLE}`; received an address")
    import uvicorn

    from densexplain.classifier.engines.remote.server import classifier_app

    uvicorn.run(classifier_app(_load), host=arguments.address, port=arguments.port, log_level="warning")


def _load(name: str) -> tuple[str, Classifier]:
    from densexplain.classifier.model_sets.model_set import load_model_set

    model_set = load_model_set(name)
    return model_set.manifest.weights_sha256, model_set.classifier


COMMAND = Command("serve-classifier", "run networks for apps in other processes", add_arguments, run)
