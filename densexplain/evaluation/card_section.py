"""The section of a model card with the measured figures."""

from __future__ import annotations

import re

MEASURED_HEADING = "## Measured"


def with_measured(card: str, measured: str) -> str:
    """Put a new evaluation into a card in place of the old one; everything else stays as it is.

    A card without the section gets it before its first other section, or at its end.
    """
    before, old, after = card.partition(f"{MEASURED_HEADING}\n")
    rest = re.search(r"^## ", after if old else before, re.MULTILINE)
    if not old and rest:
        before, after = before[: rest.start()], before[rest.start() :]
    else:
        after = after[rest.start() :] if rest else ""
    parts = [before.rstrip(), MEASURED_HEADING, measured.strip(), after.strip()]
    return "\n\n".join(part for part in parts if part) + "\n"
