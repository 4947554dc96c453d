"""The program as a whole: help, versions, unknown words."""

import pytest

from densexplain import __version__
from densexplain.cli.parser import COMMANDS


def test_the_commands_are_the_documented_ones():
    assert [command.name for command in COMMANDS] == [
        "explain", "audit", "compare", "model-sets", "check-files", "phantom", "describe-data", "train", "evaluate",
        "fit-familiarity", "fit-probes", "experiment", "measure-maps", "measure-audit", "cases", "import-weights",
        "serve", "serve-classifier",
    ]  # fmt: skip


@pytest.mark.parametrize("arguments", [[], ["explode"], ["explain"], ["--fast"]], ids=str)
def test_words_it_does_not_know_are_refused_in_one_line(refused, arguments):
    assert "--help" in refused(*arguments)


@pytest.mark.parametrize("arguments", [["--help"], *([command.name, "--help"] for command in COMMANDS)], ids=str)
def test_help_is_printed(run, capsys, arguments):
    with pytest.raises(SystemExit) as stopped:
        run(*arguments)
    assert stopped.value.code == 0
    assert "usage: densexplain" in capsys.readouterr().out


def test_the_version_is_printed(run, capsys):
    with pytest.raises(SystemExit):
        run("--version")
    assert capsys.readouterr().out.split() == ["densexplain", __version__]
