"""How like its training radiographs a model set finds a radiograph, before anyone trusts its label.

A classifier answers whatever it is shown. The distance of a radiograph's pooled
feature maps from those of the training radiographs says when the answer rests
on nothing that the network has learnt.
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray

from densexplain.classifier.model_sets.manifest_parts import FamiliarityRecord
from densexplain.errors import ShapeError
from densexplain.vocabulary import FamiliarityVerdict


@dataclass(frozen=True)
class Familiarity:
    """Where one radiograph stands among the training radiographs.

    Parameters
    ----------
    distance
        Mahalanobis distance of its pooled feature maps from those of the
        training radiographs, >= 0.
    quantile
        Share of training radiographs, held out of the fit, that are nearer, in
        [0, 1]; read off a table, so approximate.
    warn_above, withhold_above
        Distances above which it counts as unfamiliar and as foreign.
    """

    distance: float
    quantile: float
    warn_above: float
    withhold_above: float

    @property
    def verdict(self) -> FamiliarityVerdict:
        """Familiar, unfamiliar (a reader is warned) or foreign (the label is withheld)."""
        if self.distance > self.withhold_above:
            return FamiliarityVerdict.FOREIGN
        return FamiliarityVerdict.UNFAMILIAR if self.distance > self.warn_above else FamiliarityVerdict.FAMILIAR

    @property
    def sentence(self) -> str:
        """A sentence for the reader; empty for a familiar radiograph."""
        if self.verdict is FamiliarityVerdict.FAMILIAR:
            return ""
        if self.verdict is FamiliarityVerdict.FOREIGN:
            return "Label withheld: unlike the training radiographs"
        # Rounded down, so that "99 %" never stands for less.
        share = f"{np.floor(1000 * self.quantile) / 10:g} % of them" if self.quantile < 1 else "any of them"
        return f"Unlike the training radiographs: further away than {share}"


@dataclass(frozen=True)
class TrainingDistribution:
    """The pooled feature maps of the training radiographs, as a normal distribution.

    It is one of square roots: activations are never negative and skewed, and
    under a root their spread no longer grows with their mean. They are pooled
    over the upper and the lower half apart and over the last two blocks,
    because the mean over a whole map of the last alone hardly distinguishes a
    radiograph that is upside down.

    Its covariance is ``diag(scale) (U diag(variances - residual) U' + residual I) diag(scale)``:
    exact along the directions that matter, the same in every other. The full
    matrix would take 139 MB for DenseNet-169 and be singular.

    Parameters
    ----------
    mean, scale
        Mean and scale of the root of each pooled channel, shape (channels,), float32; `scale` > 0.
    directions
        U', orthonormal rows, shape (directions, channels), float16 or float32, -1 to 1.
    variances
        Variance along each direction, in units of `scale` squared, shape (directions,), float32, > 0.
    residual_variance
        Variance along every direction that is not kept, > 0.

    References
    ----------
    Lee et al., A simple unified framework for detecting out-of-distribution
    samples and adversarial attacks, NeurIPS 2018 (the distance). Tipping and
    Bishop, Probabilistic principal component analysis, J. R. Stat. Soc. B 61,
    1999, eq. 7 and 8 (the covariance).
    """

    mean: NDArray[np.float32]
    scale: NDArray[np.float32]
    directions: NDArray[np.floating]
    variances: NDArray[np.float32]
    residual_variance: float

    def distance(self, pooled: NDArray[np.float32]) -> float | NDArray[np.float64]:
        """Mahalanobis distance from the mean.

        Parameters
        ----------
        pooled
            As `densexplain.classifier.answers` gives them: shape
            (channels,) or (images, channels), float32 >= 0.

        Returns
        -------
        float or numpy.ndarray
            One, or shape (images,), float64, >= 0.

        Raises
        ------
        ShapeError
            If the channels are not those of the distribution.
        """
        if pooled.ndim not in (1, 2) or pooled.shape[-1] != len(self.mean):
            raise ShapeError(f"expected pooled feature maps of {len(self.mean)} channels; received {pooled.shape}")
        offset = (np.sqrt(pooled) - self.mean) / self.scale
        along = offset @ self.directions.T.astype(np.float32)
        inside = np.sum(along**2 / self.variances, axis=-1, dtype=np.float64)
        outside = np.sum(offset**2, axis=-1, dtype=np.float64) - np.sum(along**2, axis=-1, dtype=np.float64)
        squared = inside + np.maximum(outside, 0.0) / self.residual_variance
        return np.sqrt(squared) if pooled.ndim == 2 else float(np.sqrt(squared))


def familiarity(distance: float, record: FamiliarityRecord) -> Familiarity:
    """Place a distance among those of the training radiographs.

    Parameters
    ----------
    distance
        From `TrainingDistribution.distance`.
    record
        Record in the model set's manifest.
    """
    return Familiarity(distance, _quantile(distance, record.quantiles), record.warn_above, record.withhold_above)


def _quantile(distance: float, quantiles: Mapping[str, float]) -> float:
    """Linear between the stated quantiles; 0 before and 1 after them."""
    shares = sorted(float(share) for share in quantiles)
    distances = [distance for _, distance in sorted((float(share), value) for share, value in quantiles.items())]
    return float(np.interp(distance, distances, shares, left=0.0, right=1.0))
