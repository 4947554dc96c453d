"""``cases``: what the model sets do with the cases that the paper argues from."""

from __future__ import annotations

from argparse import ArgumentParser, Namespace

from densexplain.classifier.engines.keras_start import start_backend
from densexplain.classifier.model_sets.catalogue import find_model_set
from densexplain.cli.command import Command, print_json
from densexplain.errors import CaseError, ModelSetNotFoundError, OptionError


def add_arguments(parser: ArgumentParser) -> None:
    """Declare whether the answers are kept."""
    parser.add_argument("--record", action="store_true", help="keep the answers beside the cases, for the page Cases")


def run(arguments: Namespace) -> None:
    """Open every case with its model set, cropped as the paper's, and say what comes of it.

    Raises
    ------
    CaseError
        If there are no cases or one cannot be read.
    ModelSetError
        If a model set is installed and cannot be used.
    OptionError
        If the answers cannot be kept.
    """
    from densexplain.explain.cases.cases import read_case, read_cases
    from densexplain.settings import settings

    folder = settings().cases
    cases = read_cases(folder)
    if not cases:
        raise CaseError(f"expected the paper's cases in {folder}; there are none")
    start_backend()
    from densexplain.classifier.model_sets.model_set import load_model_set
    from densexplain.explain.cases.case_answer import case_answer
    from densexplain.explain.cases.recorded_answers import write_answers
    from densexplain.explain.explainer import Explainer
    from densexplain.radiograph.geometry import apply_geometry
    from densexplain.radiograph.preprocessing import prepare

    answers, records = [], []
    explainers: dict[str, Explainer | None] = {}
    for case in cases:
        if case.model_set not in explainers:
            try:
                explainers[case.model_set] = Explainer(load_model_set(find_model_set(case.model_set)))
            except ModelSetNotFoundError:
                explainers[case.model_set] = None
        explainer = explainers[case.model_set]
        record = {"case": case.name, "figure": case.figure, "title": case.title, "model_set": case.model_set}
        if explainer is None:
            records.append(record | {"answer": "the model set is not installed"})
            continue
        radiograph, regions = read_case(folder, case)
        specification = explainer.model_set.manifest.specification
        explanation = explainer.explain(prepare(apply_geometry(radiograph.pixels, case.geometry), specification))
        answer = case_answer(case, explanation, regions, specification.resize)
        answers.append((explainer.model_set.manifest.weights_sha256, answer))
        records.append(record | {"probability": round(answer.probability, 4), "answer": answer.sentence})
    if arguments.record:
        try:
            write_answers(folder, answers)
        except OSError as error:
            raise OptionError(
                f"expected a folder that can be written for --record; {folder}: {error.strerror}"
            ) from error
    print_json({"cases": records, "use": "Research use only, not for diagnosis."})


COMMAND = Command("cases", "what the model sets do with the paper's cases", add_arguments, run)
