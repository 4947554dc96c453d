"""DICOM objects made on the spot: real files, small enough to work out by hand."""

from __future__ import annotations

import io
from collections.abc import Callable

import imagecodecs
import numpy as np
import pydicom
import pytest
from numpy.typing import NDArray
from openjpeg.utils import encode_array
from pydicom import uid
from pydicom.dataset import Dataset, FileMetaDataset
from pydicom.encaps import encapsulate

MakeDicom = Callable[..., bytes]


@pytest.fixture
def ramp() -> NDArray[np.uint16]:
    """48 x 40 values from 0 to 4095, each row and column different."""
    rows, columns = np.mgrid[:48, :40]
    return ((rows * 40 + columns) * 4095 / (48 * 40 - 1)).round().astype(np.uint16)


@pytest.fixture
def dicom_object() -> Callable[..., Dataset]:
    """Function that makes a data set: (values, **elements)."""
    return _object


@pytest.fixture
def make_dicom() -> MakeDicom:
    """Function that makes a file: (values, syntax=..., **elements); an element of None is left out."""

    def make(values: NDArray[np.generic], syntax: uid.UID = uid.ExplicitVRLittleEndian, **elements: object) -> bytes:
        dataset = _object(values, **elements)
        dataset.file_meta.TransferSyntaxUID = syntax
        if syntax in uid.JPEGTransferSyntaxes and syntax not in uid.JPEGLSTransferSyntaxes:
            lossless = syntax in (uid.JPEGLossless, uid.JPEGLosslessSV1)
            options = {"lossless": True, "predictor": 1} if lossless else {"level": 98}
            _encapsulate(dataset, imagecodecs.jpeg8_encode(values, bitspersample=dataset.BitsStored, **options))
        elif syntax in uid.JPEG2000TransferSyntaxes:
            ratio = {} if syntax == uid.JPEG2000Lossless else {"compression_ratios": [4]}
            _encapsulate(dataset, encode_array(values, bits_stored=int(dataset.BitsStored), **ratio))
        elif syntax.is_compressed and not syntax.is_deflated:
            dataset.file_meta.TransferSyntaxUID = uid.ExplicitVRLittleEndian
            error = {"jls_error": 2} if syntax == uid.JPEGLSNearLossless else {}
            dataset.compress(syntax, generate_instance_uid=False, **error)
        elif syntax == uid.ExplicitVRBigEndian:
            dataset.PixelData = values.astype(values.dtype.newbyteorder(">")).tobytes()
        return to_bytes(dataset)

    return make


@pytest.fixture
def write_dicom() -> Callable[[Dataset], bytes]:
    """Function that writes a data set as a file."""
    return to_bytes


def to_bytes(dataset: Dataset) -> bytes:
    target = io.BytesIO()
    pydicom.dcmwrite(target, dataset, enforce_file_format=True)
    return target.getvalue()


def _object(values: NDArray[np.generic], **elements: object) -> Dataset:
    dataset = Dataset()
    dataset.file_meta = FileMetaDataset()
    dataset.file_meta.TransferSyntaxUID = uid.ExplicitVRLittleEndian
    dataset.SOPClassUID = uid.DigitalXRayImageStorageForPresentation
    dataset.SOPInstanceUID = "1.2.826.0.1.3680043.8.498.1"
    dataset.PatientName = "Doe^Jane"
    dataset.PatientID = "4711"
    dataset.Modality = "DX"
    dataset.Rows, dataset.Columns = values.shape[:2]
    dataset.SamplesPerPixel = 1 if values.ndim == 2 else values.shape[2]
    dataset.PhotometricInterpretation = "MONOCHROME2" if values.ndim == 2 else "RGB"
    if values.ndim == 3:
        dataset.PlanarConfiguration = 0
    dataset.BitsAllocated = 8 * values.dtype.itemsize
    if values.dtype.kind == "f":
        dataset.FloatPixelData = values.astype("<f4").tobytes()
    else:
        dataset.BitsStored = int(elements.get("BitsStored") or 8 * values.dtype.itemsize)
        dataset.HighBit = dataset.BitsStored - 1
        dataset.PixelRepresentation = int(values.dtype.kind == "i")
        dataset.PixelData = values.tobytes()
        dataset["PixelData"].VR = "OW" if values.dtype.itemsize > 1 else "OB"
    for keyword, value in elements.items():
        if value is None:
            delattr(dataset, keyword)
        else:
            setattr(dataset, keyword, value)
    return dataset


def _encapsulate(dataset: Dataset, stream: bytes) -> None:
    dataset.PixelData = encapsulate([bytes(stream)])
    dataset["PixelData"].VR = "OB"
    dataset["PixelData"].is_undefined_length = True
