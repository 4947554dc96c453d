"""What is said of a class, in words: the paper's normal and abnormal, or one class chosen of several."""

from __future__ import annotations

from dataclasses import dataclass

from densexplain.vocabulary import Finding


@dataclass(frozen=True)
class Wording:
    """Words for the answer to one class.

    Parameters
    ----------
    output_class
        Name of the class.
    """

    output_class: str = Finding.ABNORMAL.value

    @property
    def is_paper(self) -> bool:
        """Whether the class is the paper's, of which the opposite has a name."""
        return self.output_class == Finding.ABNORMAL.value

    def headline(self, finding: Finding) -> str:
        """As a label: ``abnormal``; of another class ``fracture: above threshold``."""
        if self.is_paper:
            return finding.value
        return f"{self.output_class}: {'above' if finding is Finding.ABNORMAL else 'below'} threshold"

    def finding(self, finding: Finding) -> str:
        """Within a sentence or a narrow place: ``abnormal`` or ``normal``; ``fracture`` or ``no fracture``."""
        if self.is_paper:
            return finding.value
        return self.output_class if finding is Finding.ABNORMAL else f"no {self.output_class}"

    def evidence(self, finding: Finding) -> str:
        """Which way evidence points: ``for abnormal`` or ``for normal``; ``for fracture`` or ``against fracture``."""
        if self.is_paper:
            return f"for {finding}"
        return f"{'for' if finding is Finding.ABNORMAL else 'against'} {self.output_class}"

    @property
    def probability(self) -> str:
        """What the probability is of: ``probability of abnormal``."""
        return f"probability of {self.output_class}"


PAPERS_WORDING = Wording()
"""Of a network with the paper's one output: normal or abnormal."""
