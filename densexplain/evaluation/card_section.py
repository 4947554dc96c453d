"""Sections of a model card that are written anew when something is measured."""

from __future__ import annotations

import re

MEASURED_HEADING = "## Measured"

_HEADING = re.compile(r"^## ", re.MULTILINE)


def with_measured(card: str, measured: str) -> str:
    """Put a new evaluation into a card; see `with_section`."""
    return with_section(card, MEASURED_HEADING, measured)


def with_section(card: str, heading: str, text: str) -> str:
    """Put a section into a card in place of the old one; everything else stays as it is.

    A card without the section gets it before its first other section, the
    measured figures excepted, or at its end.

    Parameters
    ----------
    card
        Markdown.
    heading
        Of the second level, with its ``##``.
    text
        Markdown without headings above the third level.
    """
    before, old, after = card.partition(f"{heading}\n")
    if old:
        rest = _HEADING.search(after)
        after = after[rest.start() :] if rest else ""
    else:
        measured = before.find(f"{MEASURED_HEADING}\n")
        rest = _HEADING.search(before, measured + 1 if measured >= 0 else 0)
        if rest:
            before, after = before[: rest.start()], before[rest.start() :]
    parts = [before.rstrip(), heading, text.strip(), after.strip()]
    return "\n\n".join(part for part in parts if part) + "\n"
