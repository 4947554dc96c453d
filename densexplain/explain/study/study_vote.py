"""The label of a clinical study: the majority vote of its radiographs."""

from __future__ import annotations

import math
from collections.abc import Sequence
from dataclasses import dataclass

from densexplain.explain.wording import PAPERS_WORDING, Wording
from densexplain.vocabulary import Finding


@dataclass(frozen=True)
class StudyVote:
    """The vote of a study's radiographs.

    Parameters
    ----------
    finding
        Label of the study; None where no radiograph has a vote.
    abnormal, normal
        Votes.
    withheld
        Radiographs whose label is withheld because they are foreign; they have no vote.
    tie
        Whether there are as many votes for one as for the other; the mean
        probability then decides.
    mean_probability
        Mean over the radiographs that vote, in [0, 1]; None where there is none.
    threshold
        Threshold of the class, for radiographs and for the mean alike.
    wording
        Words for the class that is voted on.
    """

    finding: Finding | None
    abnormal: int
    normal: int
    withheld: int
    tie: bool
    mean_probability: float | None
    threshold: float
    wording: Wording = PAPERS_WORDING

    @property
    def mean_finding(self) -> Finding | None:
        """What the mean probability says by itself; not always what the majority says."""
        return None if self.mean_probability is None else _finding(self.mean_probability, self.threshold)

    @property
    def sentence(self) -> str:
        """How the label came about, for a reader."""
        if self.finding is None:
            return "No label: the label of every radiograph is withheld."
        if self.tie:
            return f"Tie, {self.abnormal} to {self.normal}: the mean probability decided."
        votes = self.abnormal + self.normal
        most = max(self.abnormal, self.normal)
        said = f"{most} of {votes} radiographs say {self.wording.finding(self.finding)}."
        if self.mean_finding not in (None, self.finding):
            said += f" The mean probability by itself would say {self.wording.finding(self.mean_finding)}."
        return said


def vote(probabilities: Sequence[float | None], threshold: float, wording: Wording = PAPERS_WORDING) -> StudyVote:
    """Count the votes of a study's radiographs.

    Parameters
    ----------
    probabilities
        Probabilities of the class, as of an abnormal finding, in [0, 1], one for each radiograph; None for one
        whose label is withheld. Above `threshold` a radiograph votes abnormal.
    threshold
        Threshold of the class.
    wording
        Words for the class that is voted on.

    Returns
    -------
    StudyVote
        By majority. A tie goes to the mean probability: above `threshold` it is abnormal.

    References
    ----------
    Ngan et al., Making DenseNet interpretable, medRxiv 19013730, 2019; the tie,
    which the paper does not speak of, is decided as a radiograph is.
    """
    voting = [probability for probability in probabilities if probability is not None]
    withheld = len(probabilities) - len(voting)
    abnormal = sum(probability > threshold for probability in voting)
    normal = len(voting) - abnormal
    if not voting:
        return StudyVote(None, 0, 0, withheld, tie=False, mean_probability=None, threshold=threshold, wording=wording)
    mean = math.fsum(voting) / len(voting)
    tie = abnormal == normal
    majority = Finding.ABNORMAL if abnormal > normal else Finding.NORMAL
    finding = _finding(mean, threshold) if tie else majority
    return StudyVote(finding, abnormal, normal, withheld, tie, mean, threshold, wording)


def _finding(probability: float, threshold: float) -> Finding:
    return Finding.ABNORMAL if probability > threshold else Finding.NORMAL
