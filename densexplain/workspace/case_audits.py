"""Audits of one radiograph: started automatically, restarted after a change, and remembered."""

from __future__ import annotations

from collections.abc import Callable, Hashable
from dataclasses import dataclass
from typing import TypeVar

from densexplain.explain.audit.audit import Audit
from densexplain.workspace.audit_run import AuditRun
from densexplain.workspace.memory import Memory

_MOST_REMEMBERED, _MOST_REMEMBERED_BYTES = 8, 256 * 1024**2
_MOST_DRAWN = 16  # pictures and tables of one audit
_Value = TypeVar("_Value")


@dataclass(frozen=True, eq=False)
class FollowedAudit:
    """How far the audit of the present regions has come.

    Parameters
    ----------
    audit
        The result, or while it is being made that of the regions before, if there is one of the same view; else None.
    current
        Whether it is of the regions as they are now.
    run
        What is being made, or why it failed; None where there is nothing to wait for.
    """

    audit: Audit | None
    current: bool
    run: AuditRun | None


class CaseAudits:
    """The audits of one radiograph."""

    def __init__(self) -> None:
        self._audits: dict[Hashable, Audit] = {}
        self._run: tuple[Hashable, AuditRun] | None = None
        self._last: tuple[Hashable, Hashable] | None = None
        self._drawn: tuple[Audit | None, Memory] = (None, Memory(_MOST_DRAWN))

    @property
    def audits(self) -> tuple[Audit, ...]:
        """All that are remembered, the latest last."""
        return tuple(self._audits.values())

    @property
    def run(self) -> AuditRun | None:
        """What was begun last and is not yet taken in."""
        return None if self._run is None else self._run[1]

    def follow(self, view: Hashable, question: Hashable, begin: Callable[[], AuditRun]) -> FollowedAudit:
        """Return the audit of a question, or start it; a running audit of another question ends.

        Parameters
        ----------
        view
            Model set and geometry; a result of the same view may be shown meanwhile.
        question
            View, regions and options.
        begin
            Begins the audit.
        """
        if self._run is not None and self._run[0] != question:
            self.give_up()
        if question not in self._audits:
            if self._run is None:
                self._run = (question, begin())
            if self._run[1].audit is not None:
                self._take(question, self._run[1].audit)
        if question in self._audits:
            self._run, self._last = None, (view, question)
            return FollowedAudit(self._audits[question], current=True, run=None)
        same_view = self._last is not None and self._last[0] == view
        before = self._audits.get(self._last[1]) if self._last is not None and same_view else None
        return FollowedAudit(before, current=False, run=self.run)

    def give_up(self) -> None:
        """End what is running; the next request starts it again."""
        if self._run is not None:
            self._run[1].cancel()
        self._run = None

    def remember(self, audit: Audit, key: Hashable, make: Callable[[], _Value]) -> _Value:
        """Return what was drawn of an audit, made if needed; for one audit at a time."""
        if self._drawn[0] is not audit:
            self._drawn = (audit, Memory(_MOST_DRAWN))
        return self._drawn[1].remember(key, make)

    def _take(self, question: Hashable, audit: Audit) -> None:
        """Remember one more; the oldest are dropped where there are too many or they are too large."""
        held = {**self._audits, question: audit}
        while len(held) > 1 and (
            len(held) > _MOST_REMEMBERED or sum(map(_bytes, held.values())) > _MOST_REMEMBERED_BYTES
        ):
            held.pop(next(iter(held)))
        self._audits = held


def _bytes(audit: Audit) -> int:
    copies = sum(result.what_if.pixels.nbytes + result.what_if.mask.nbytes for result in audit.what_ifs)
    return audit.pixels.nbytes + copies + sum(region.mask.nbytes for region in audit.cropped)
