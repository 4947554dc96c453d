"""``cases``: the answers of model sets to the cases that the paper discusses."""

from __future__ import annotations

from argparse import ArgumentParser, Namespace

from densexplain.classifier.model_sets.manifest import Manifest
from densexplain.cli.command import Command, print_json
from densexplain.errors import CaseError, ModelSetNotFoundError, OptionError
from densexplain.provenance import NOTICE, provenance


def add_arguments(parser: ArgumentParser) -> None:
    """Declare whether the answers are kept."""
    parser.add_argument("--record", action="store_true", help="record the answers beside the cases, for the page Cases")


def run(arguments: Namespace) -> None:
    """Open every case with its model set, cropped as in the paper, and report the answer.

    Raises
    ------
    CaseError
        If there are no cases or one cannot be read.
    ModelSetError
        If a model set is installed and cannot be used.
    OptionError
        If the answers cannot be kept.
    """
    from densexplain.cli.new_workspace import new_workspace
    from densexplain.explain.cases.cases import read_cases
    from densexplain.explain.cases.recorded_answers import write_answers
    from densexplain.settings import settings

    folder = settings().cases
    cases = read_cases(folder)
    if not cases:
        raise CaseError(f"expected the paper's cases in {folder}; there are none")
    workspace = new_workspace()
    answers, records = [], []
    manifests: dict[str, Manifest | None] = {}
    for paper_case in cases:
        name = paper_case.model_set
        if name not in manifests:
            try:
                manifests[name] = workspace.model_sets.load(name).manifest
            except ModelSetNotFoundError:
                manifests[name] = None
        manifest = manifests[name]
        record = {"case": paper_case.name, "figure": paper_case.figure, "title": paper_case.title, "model_set": name}
        if manifest is None:
            records.append(record | {"answer": "the model set is not installed"})
            continue
        case = workspace.open_paper_case(folder, paper_case)
        answer = workspace.answer(case, manifest, workspace.explain(case, manifest))
        if answer is not None:
            answers.append((manifest.weights_sha256, answer))
            records.append(record | {"probability": round(answer.probability, 4), "answer": answer.sentence})
    if arguments.record:
        try:
            write_answers(folder, answers)
        except OSError as error:
            raise OptionError(
                f"expected a folder that can be written for --record; {folder}: {error.strerror}"
            ) from error
    print_json({**provenance(), "cases": records, "use": f"{NOTICE}."})


COMMAND = Command("cases", "compare the model sets with the paper on its cases", add_arguments, run)
