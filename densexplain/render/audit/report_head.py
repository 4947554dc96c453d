"""Head and foot of the printed audit: prediction, verdict, and what is needed to reproduce them."""

from __future__ import annotations

import re
from collections.abc import Sequence

from densexplain import __version__
from densexplain.classifier.model_sets.manifest import Manifest
from densexplain.explain.audit.audit import Audit
from densexplain.explain.audit.verdict import Overruling
from densexplain.provenance import NOTICE
from densexplain.radiograph.radiograph import Radiograph
from densexplain.radiograph.reading.patient_identity import PatientIdentity
from densexplain.render.overlay import with_sign
from densexplain.render.print.printed_page import LEAST_SIZE, SOFT, PrintedPage, pitch_px
from densexplain.render.print.printed_text import unprintable_letters
from densexplain.render.report import geometry_line

WITHHELD = "withheld"
_TOP_PX, _IDENTITY_PX, _ANSWER_PX = 80, 96, 220
_VERDICT_LEFT = 0.56  # of the width
_FOOT_PX = 44


def draw_head(
    page: PrintedPage,
    audit: Audit,
    manifest: Manifest,
    overruling: Overruling | None,
    identity: PatientIdentity | None,
) -> float:
    """Draw title, patient if requested, prediction and verdict; returns where the page continues."""
    page.text(page.left, _TOP_PX + 42, "What this prediction rests on", 13, weight="bold")
    page.text(page.right, _TOP_PX + 42, NOTICE, 8.5, ha="right", weight="bold")
    page.rule(_TOP_PX + 66)
    top = _TOP_PX + 78.0
    if identity is not None:
        top = _draw_identity(page, identity, top)
    _draw_prediction(page, audit, manifest, top)
    bottom = _draw_verdict(page, audit, overruling, page.left + _VERDICT_LEFT * page.width, top)
    warning = audit.explanation.warning
    bottom = max(bottom, top + _ANSWER_PX)
    if warning:
        bottom = page.lines(page.left, bottom, [f"{warning}."], 7.5, bold=True)
    return bottom + 12


def _draw_identity(page: PrintedPage, identity: PatientIdentity, top: float) -> float:
    said = (
        ("patient", "name", 0.37),
        ("patient ID", "patient_id", 0.2),
        ("born", "birth_date", 0.12),
        ("study of", "study_date", 0.12),
        ("accession number", "accession_number", 0.19),
    )
    page.bar(page.left, top, page.width, _IDENTITY_PX - 12, "#eef1f4")
    if not identity.known:
        page.text(page.left + 14, top + 51, "The file names no patient.", 7.5)
        return top + _IDENTITY_PX
    x = page.left + 14.0
    for title, name, share in said:
        room = share * (page.width - 14)
        page.text(x, top + 25, title, LEAST_SIZE, SOFT)
        missing = "not readable" if name in identity.unreadable else "not stated"
        _draw_value(page, getattr(identity, name), missing, x, top + 30, room - 20)
        x += room
    note = font_note(*(getattr(identity, name) for _, name, _ in said))
    return page.lines(page.left, top + _IDENTITY_PX - 4, [note] if note else [], LEAST_SIZE, SOFT)


def _draw_value(page: PrintedPage, value: str | None, missing: str, left: float, top: float, room: float) -> None:
    """Draw on one line where it fits, else on two of smaller type; the rest is cut off visibly."""
    if value is None:
        page.lines(left, top, [missing], 7.5)
        return
    lines = page.wrap(value, room, 7.5, bold=True)
    if len(lines) == 1:
        page.lines(left, top, lines, 7.5, bold=True)
        return
    first, *rest = page.wrap(value, room, LEAST_SIZE, bold=True)
    second = [page.cut(" ".join(rest), room, LEAST_SIZE, bold=True)] if rest else []
    page.lines(left, top, [first, *second], LEAST_SIZE, bold=True)


def _draw_prediction(page: PrintedPage, audit: Audit, manifest: Manifest, top: float) -> None:
    explanation = audit.explanation
    withheld, width = explanation.label_withheld, _VERDICT_LEFT * page.width - page.gutter_px
    page.text(page.left, top + 72, "label withheld" if withheld else explanation.statement, 18, weight="bold")
    said = f"by the model set {manifest.title}, version {manifest.version}"
    page.short_text(page.left, top + 116, width, said, 8)
    logit, evidence, bias = (
        with_sign(value, 3) for value in (explanation.logit, explanation.evidence_sum, explanation.bias)
    )
    facts = (
        (
            f"probability of {explanation.output_class}",
            WITHHELD if withheld else f"{explanation.probability:.3f}",
            0.33,
        ),
        ("threshold", f"{explanation.threshold:.2f}", 0.18),
        ("logit = evidence + bias", WITHHELD if withheld else f"{logit} = {evidence} {bias}", 0.4),
    )
    x = float(page.left)
    for name, value, share in facts:
        page.text(x, top + 160, name, LEAST_SIZE, SOFT)
        page.text(x, top + 196, value, 9)
        x += share * width


def _draw_verdict(page: PrintedPage, audit: Audit, overruling: Overruling | None, left: float, top: float) -> float:
    withheld, width = audit.explanation.label_withheld, page.right - left
    page.text(left, top + 30, "Verdict, computed", LEAST_SIZE, SOFT)
    verdict = f"verdict {WITHHELD}" if withheld else str(audit.verdict.verdict)
    sentence = (
        "Every number that would reveal the label is withheld with it. All are in the record (JSON)."
        if withheld
        else audit.verdict.sentence
    )
    bottom = page.lines(left, top + 33, page.wrap(verdict, width, 11, bold=True), 11, bold=True)
    bottom = page.lines(left, bottom + 4, page.wrap(sentence, width, 7.5)[:4], 7.5)
    if overruling is not None:
        page.text(left, bottom + 34, "The reader overrules it, for the reason below", LEAST_SIZE, SOFT)
        bottom = page.lines(left, bottom + 37, page.wrap(str(overruling.verdict), width, 10, bold=True), 10, bold=True)
    return bottom


def fact_lines(
    page: PrintedPage, audit: Audit, manifest: Manifest, radiograph: Radiograph, most_lines: int = 2
) -> list[str]:
    """What is needed to reproduce the audit, as lines of the page's width; longer texts are cut off."""
    specification, options = manifest.specification, audit.options
    size = f"{specification.size_px} \N{MULTIPLICATION SIGN} {specification.size_px} px, {specification.resize}"
    facts = (
        (
            f"Model set {manifest.name} {manifest.version}: {manifest.architecture_name}, {size}. {manifest.purpose}",
            most_lines,
        ),
        (f"Not for: {manifest.not_for}", most_lines),
        (f"Training: {training_sentence(manifest)}", most_lines),
        (f"Weights, sha256: {manifest.weights_sha256}", 1),
        (f"Radiograph, sha256 of the file: {radiograph.sha256}", 1),
        (
            f"Input: {geometry_line(audit.geometry)}, of {radiograph.rows} rows and {radiograph.columns} columns. "
            f"{options.variants} small changes, seed {options.seed}. densexplain {__version__}.",
            1,
        ),
    )
    lines: list[str] = []
    for text, most in facts:
        found = page.wrap(text, page.width, LEAST_SIZE)
        if len(found) > most:
            found = [*found[: most - 1], page.cut(" ".join(found[most - 1 :]), page.width, LEAST_SIZE)]
        lines += found
    return lines


def training_sentence(manifest: Manifest) -> str:
    """How a model set was trained, as far as its manifest says."""
    training = manifest.training
    recipe, images = training.get("recipe"), training.get("train")
    if isinstance(images, int) and isinstance(recipe, dict):
        extremities = ", ".join(str(name) for name in training.get("extremities") or ())
        start = {"random": "random initial weights", "imagenet": "ImageNet weights"}.get(
            str(recipe.get("init")), f"the weights of {recipe.get('init')}"
        )
        whose = str(training.get("attribution") or "The source of these radiographs was not stated.")
        # How phantoms were made is in the model card; the command would take half the room.
        whose = re.sub(r": `[^`]*`", "", whose)
        return f"{images} radiographs ({extremities}), {recipe.get('epochs')} epochs from {start}. {whose}"
    said = training.get("source") or training.get("attribution") or training.get("imported_from")
    return "not stated." if not said else str(said)


def facts_height_px(lines: Sequence[str]) -> float:
    """What `draw_facts` takes."""
    return 14 + len(lines) * pitch_px(LEAST_SIZE) + _FOOT_PX


def draw_facts(page: PrintedPage, lines: Sequence[str], top: float) -> None:
    """Draw model facts and hashes, and the notice under them."""
    page.rule(round(top))
    bottom = page.lines(page.left, top + 8, lines, LEAST_SIZE, SOFT)
    page.text(page.left, bottom + 34, f"densexplain {__version__}", 7)
    page.text(page.right, bottom + 34, NOTICE, 7.5, ha="right", weight="bold")


def font_note(*texts: str | None) -> str:
    """A note on characters that could not be printed; empty where all could."""
    count = sum(unprintable_letters(text) for text in texts if text)
    stand_in = "\N{REPLACEMENT CHARACTER}"
    return "" if not count else f"{count} letters that this font lacks are shown as {stand_in}."
