"""Commands run in this process, on a tiny model set and a small radiograph."""

import json

import cv2
import numpy as np
import pytest

from densexplain.__main__ import main
from densexplain.settings import settings
from tests.tiny import write_tiny


@pytest.fixture(scope="session")
def model_folder(tmp_path_factory):
    """A folder that holds the model set ``tiny``."""
    folder = tmp_path_factory.mktemp("models")
    write_tiny(folder / "tiny", 11, "Tiny")
    return folder


@pytest.fixture
def use_models(monkeypatch):
    """Make the settings search one more folder of model sets."""

    def use(folder):
        monkeypatch.setenv("DENSEXPLAIN_MODELS", str(folder))
        settings.cache_clear()

    yield use
    monkeypatch.undo()
    settings.cache_clear()


@pytest.fixture
def run(capsys):
    """Run a command: exit code, standard output, lines on standard error."""

    def run_command(*arguments):
        code = main([str(argument) for argument in arguments])
        captured = capsys.readouterr()
        return code, captured.out, captured.err.splitlines()

    return run_command


@pytest.fixture
def explain(run, use_models, model_folder):
    """Run ``explain`` with the tiny model set and parse what it prints."""
    use_models(model_folder)

    def explain_file(*arguments):
        code, out, err = run("explain", *arguments, "--model-set", "tiny")
        assert (code, err) == (0, [])
        return json.loads(out)

    return explain_file


@pytest.fixture
def refused(run, use_models, model_folder):
    """Run a command that must be refused: exit code 2, nothing printed, one line, which is returned."""
    use_models(model_folder)

    def refuse(*arguments):
        code, out, err = run(*arguments)
        assert (code, out) == (2, "")
        assert len(err) == 1, err
        assert err[0].startswith("densexplain: ")
        assert "Traceback" not in err[0]
        return err[0]

    return refuse


@pytest.fixture(scope="session")
def radiograph(tmp_path_factory):
    """A PNG of 120 x 90 pixels, 16 bit."""
    path = tmp_path_factory.mktemp("radiographs") / "radiograph.png"
    pixels = np.random.default_rng(2).integers(0, 65536, (120, 90)).astype(np.uint16)
    assert cv2.imwrite(str(path), pixels)
    return path
