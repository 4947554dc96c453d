"""Attributes of enhanced objects, which lie in functional groups and not beside the pixels.

References
----------
DICOM PS3.3 C.7.6.16 (functional groups), C.7.6.16.2.10 (frame VOI LUT),
C.7.6.16.2.9 (pixel value transformation), C.7.6.16.2.1 (pixel measures).
"""

from __future__ import annotations

from collections.abc import Iterator

from pydicom.dataset import Dataset

_GROUPS = (
    ("FrameVOILUTSequence", ("WindowCenter", "WindowWidth", "VOILUTFunction")),
    ("PixelValueTransformationSequence", ("RescaleSlope", "RescaleIntercept")),
    ("PixelMeasuresSequence", ("PixelSpacing",)),
    ("FramePixelDataPropertiesSequence", ("ImagerPixelSpacing",)),
    ("PixelIntensityRelationshipLUTSequence", ("PixelIntensityRelationship",)),
)


def take_functional_groups(dataset: Dataset, index: int) -> None:
    """Put what holds for one frame where other objects have it; what stands there already stays.

    Parameters
    ----------
    dataset
        Changed in place.
    index
        The frame, from 0; its own groups come before those that all frames share.
    """
    for group in _groups(dataset, index):
        for sequence, keywords in _GROUPS:
            for item in _items(group, sequence)[:1]:
                for keyword in keywords:
                    if keyword not in dataset and keyword in item:
                        dataset[keyword] = item[keyword]


def _groups(dataset: Dataset, index: int) -> Iterator[Dataset]:
    yield from _items(dataset, "PerFrameFunctionalGroupsSequence")[index : index + 1]
    yield from _items(dataset, "SharedFunctionalGroupsSequence")[:1]


def _items(dataset: Dataset, keyword: str) -> list[Dataset]:
    try:
        return list(dataset.get(keyword) or ())
    except (TypeError, ValueError, AttributeError, NotImplementedError):
        return []
