"""DICOM objects of every encoding, right and bent, compared with pydicom's pixels."""

from __future__ import annotations

import io
from collections.abc import Callable

import imagecodecs
import numpy as np
import pydicom
import pytest
from numpy.typing import NDArray
from pydicom import uid
from pydicom.data import get_testdata_file
from pydicom.dataset import Dataset
from pydicom.encaps import encapsulate, get_frame
from pydicom.pixels.processing import apply_color_lut

from densexplain import errors
from densexplain.radiograph.radiograph import DecodedImage
from densexplain.radiograph.reading.dicom import decode_dicom

MakeDicom = Callable[..., bytes]
WEIGHTS = [0.299, 0.587, 0.114]
LOSSLESS = [
    uid.ImplicitVRLittleEndian, uid.ExplicitVRLittleEndian, uid.ExplicitVRBigEndian, uid.RLELossless,
    uid.JPEGLossless, uid.JPEGLosslessSV1, uid.JPEGLSLossless, uid.JPEG2000Lossless,
]  # fmt: skip


def bundled(name: str) -> bytes:
    path = get_testdata_file(name, download=False)
    assert isinstance(path, str)
    with open(path, "rb") as file:
        return file.read()


def pydicom_pixels(data: bytes) -> NDArray[np.generic]:
    return pydicom.dcmread(io.BytesIO(data)).pixel_array


@pytest.mark.parametrize("syntax", LOSSLESS, ids=lambda syntax: syntax.name)
@pytest.mark.parametrize("bits", [8, 12, 16])
def test_lossless_encodings_are_read_exactly(
    make_dicom: MakeDicom, ramp: NDArray[np.uint16], syntax: uid.UID, bits: int
) -> None:
    stored = {8: (ramp >> 4).astype(np.uint8), 12: ramp, 16: ramp * 16}[bits]
    image = decode_dicom(make_dicom(stored, syntax, BitsStored=bits), None)
    np.testing.assert_array_equal(image.pixels, (stored / (2**bits - 1)).astype(np.float32))
    assert image.acquisition.bits == bits
    assert image.acquisition.transfer_syntax == syntax.name
    assert image.acquisition.modality == "DX"
    assert image.notes == ()


@pytest.mark.parametrize("syntax", LOSSLESS[:4] + LOSSLESS[5:], ids=lambda syntax: syntax.name)
@pytest.mark.parametrize("bits", [12, 16])
def test_signed_values_are_read_exactly(
    make_dicom: MakeDicom, ramp: NDArray[np.uint16], syntax: uid.UID, bits: int
) -> None:
    stored = ((ramp.astype(np.int32) - 2048) * 2 ** (bits - 12)).astype(np.int16)
    if syntax in (uid.JPEGLosslessSV1, uid.JPEGLSLossless):  # these know unsigned values only
        unsigned = stored.view(np.uint16) & (2**bits - 1)
        data = make_dicom(unsigned.astype(np.uint16), syntax, BitsStored=bits, PixelRepresentation=1)
    else:
        data = make_dicom(stored, syntax, BitsStored=bits)
    image = decode_dicom(data, None)
    half = 2 ** (bits - 1)
    np.testing.assert_array_equal(image.pixels, ((stored.astype(float) + half) / (2 * half - 1)).astype(np.float32))


@pytest.mark.parametrize(
    ("syntax", "bits", "error"),
    [
        (uid.JPEGBaseline8Bit, 8, 4),
        (uid.JPEGExtended12Bit, 12, 16),
        (uid.JPEGLSNearLossless, 12, 2),
        (uid.JPEG2000, 12, 8),
    ],
)
def test_lossy_encodings_are_read_closely(
    make_dicom: MakeDicom, ramp: NDArray[np.uint16], syntax: uid.UID, bits: int, error: int
) -> None:
    stored = (ramp >> 4).astype(np.uint8) if bits == 8 else ramp
    image = decode_dicom(make_dicom(stored, syntax, BitsStored=bits), None)
    assert np.abs(image.pixels * (2**bits - 1) - stored).max() <= error


@pytest.mark.parametrize(
    "name",
    [
        "MR_small.dcm", "MR_small_RLE.dcm", "MR_small_bigendian.dcm", "MR_small_implicit.dcm",
        "MR_small_jp2klossless.dcm", "MR_small_jpeg_ls_lossless.dcm", "MR_small_padded.dcm",
    ],
)  # fmt: skip
def test_one_image_in_seven_encodings_is_one_image(name: str) -> None:
    dataset = pydicom.dcmread(io.BytesIO(bundled("MR_small.dcm")))
    window = pydicom.pixels.apply_windowing(dataset.pixel_array, dataset)
    expected = (window - window.min()) / (window.max() - window.min())
    image = decode_dicom(bundled(name), None)
    plain = decode_dicom(bundled("MR_small.dcm"), None)
    np.testing.assert_array_equal(image.pixels, plain.pixels)
    correlation = np.corrcoef(image.pixels.ravel(), expected.ravel())[0, 1]
    assert correlation > 0.999999


def test_a_12_bit_extended_jpeg_of_another_maker_is_read() -> None:
    """Two values of it as pydicom's own tests know them from GDCM and DCMTK."""
    for name in ("JPGExtended.dcm", "JPEG-lossy.dcm"):
        image = decode_dicom(bundled(name), None)
        assert image.pixels.shape == (1024, 256)
        first, second = image.pixels[[420, 230], [140, 120]]
        assert first / second == pytest.approx(
            244 / 95, rel=0.01
        )  # it has no window, and 244 is near its largest value


@pytest.mark.parametrize(
    "name",
    [
        "SC_rgb_jpeg_dcmtk.dcm", "SC_rgb_jpeg_gdcm.dcm", "SC_rgb_rle.dcm", "SC_rgb_rle_16bit.dcm",
        "SC_ybr_full_422_uncompressed.dcm", "SC_rgb_dcmtk_+eb+cr.dcm", "SC_rgb_dcmtk_+eb+cy+np.dcm",
        "SC_rgb_dcmtk_+eb+cy+s2.dcm", "SC_rgb_jls_lossy_sample.dcm", "SC_rgb_gdcm_KY.dcm",
    ],
)  # fmt: skip
def test_colour_secondary_captures_become_luminance(name: str) -> None:
    """All show the same colour bars; the uncompressed ones give the true colours."""
    image = decode_dicom(bundled(name), None)
    bars = np.array(
        [[255, 0, 0], [255, 128, 128], [0, 255, 0], [128, 255, 128], [0, 0, 255], [128, 128, 255], [0, 0, 0],
         [64, 64, 64], [192, 192, 192], [255, 255, 255]]
    )  # fmt: skip
    expected = bars @ WEIGHTS / 255
    np.testing.assert_allclose(image.pixels[5::10, 50], expected, atol=0.02)
    assert "luminance" in image.notes[0]


@pytest.mark.parametrize(
    "name",
    [
        "SC_rgb_jpeg_dcmtk.dcm", "SC_rgb_dcmtk_+eb+cr.dcm", "SC_rgb_dcmtk_+eb+cy+s4.dcm", "SC_rgb_jpeg_lossy_gdcm.dcm",
        "SC_jpeg_no_color_transform.dcm", "SC_jpeg_no_color_transform_2.dcm",
    ],
)  # fmt: skip
def test_jpeg_colours_are_those_that_pillow_gives(name: str) -> None:
    decoder = pydicom.pixels.get_decoder(uid.JPEGBaseline8Bit)
    colours, _ = decoder.as_array(pydicom.dcmread(io.BytesIO(bundled(name))), decoding_plugin="pillow")
    np.testing.assert_allclose(decode_dicom(bundled(name), None).pixels, colours @ WEIGHTS / 255, atol=0.012)


def test_a_palette_becomes_luminance() -> None:
    data = bundled("examples_palette.dcm")
    dataset = pydicom.dcmread(io.BytesIO(data))
    colours = apply_color_lut(dataset.pixel_array, dataset)
    maximum = 2 ** (8 * colours.dtype.itemsize) - 1
    np.testing.assert_allclose(decode_dicom(data, None).pixels, colours @ WEIGHTS / maximum, atol=1e-6)


def test_colours_in_planes_and_in_16_bits_are_read(make_dicom: MakeDicom) -> None:
    colours = np.random.default_rng(2).integers(0, 65536, (40, 50, 3)).astype(np.uint16)
    expected = colours @ WEIGHTS / 65535
    np.testing.assert_allclose(decode_dicom(make_dicom(colours), None).pixels, expected, atol=1e-6)
    planes = make_dicom(colours, PlanarConfiguration=1, PixelData=np.moveaxis(colours, 2, 0).tobytes())
    np.testing.assert_allclose(decode_dicom(planes, None).pixels, expected, atol=1e-6)
    unsaid = decode_dicom(make_dicom(colours, PlanarConfiguration=None), None)
    np.testing.assert_allclose(unsaid.pixels, expected, atol=1e-6)
    assert "laid out" in unsaid.notes[0]


@pytest.mark.parametrize("kind", ["RGB", "YBR_FULL"])
def test_unmarked_jpeg_colours_are_what_the_header_says(
    make_dicom: MakeDicom, dicom_object: Callable[..., Dataset], write_dicom: Callable[[Dataset], bytes], kind: str
) -> None:
    colours = np.zeros((48, 48, 3), np.uint8)
    colours[:, :24], colours[:, 24:] = (200, 40, 40), (30, 60, 220)
    space = {"RGB": "RGB", "YBR_FULL": "YCBCR"}[kind]
    stream = imagecodecs.jpeg8_encode(colours, level=98, colorspace="RGB", outcolorspace=space, subsampling="444")
    marker = stream.index(b"\xff\xdb")
    stream = b"\xff\xd8" + stream[marker:]
    dataset = dicom_object(colours, PhotometricInterpretation=kind, PixelData=encapsulate([stream]))
    dataset.file_meta.TransferSyntaxUID = uid.JPEGBaseline8Bit
    dataset["PixelData"].is_undefined_length = True
    image = decode_dicom(write_dicom(dataset), None)
    np.testing.assert_allclose(image.pixels, colours @ WEIGHTS / 255, atol=0.02)


def test_float_pixel_data_is_read(make_dicom: MakeDicom, ramp: NDArray[np.uint16]) -> None:
    image = decode_dicom(make_dicom(ramp.astype(np.float32) / 10), None)
    np.testing.assert_allclose(image.pixels, ramp / 4095, atol=1e-6)
    doubles = make_dicom(
        ramp.astype(np.float32), FloatPixelData=None, BitsAllocated=64, DoubleFloatPixelData=(ramp / 7).tobytes()
    )
    np.testing.assert_allclose(decode_dicom(doubles, None).pixels, ramp / 4095, atol=1e-6)


def test_values_at_the_upper_end_of_their_word_are_moved_down(make_dicom: MakeDicom, ramp: NDArray[np.uint16]) -> None:
    image = decode_dicom(make_dicom(ramp << 4, BitsStored=12, HighBit=15), None)
    np.testing.assert_array_equal(image.pixels, (ramp / 4095).astype(np.float32))
    image = decode_dicom(make_dicom((ramp & 0x0FFF) | 0x8000, BitsStored=12), None)
    np.testing.assert_array_equal(image.pixels, (ramp / 4095).astype(np.float32))
    assert "left out" in image.notes[0]


def test_what_the_header_leaves_unsaid_is_assumed_and_noted(make_dicom: MakeDicom, ramp: NDArray[np.uint16]) -> None:
    for keyword, word in (
        ("SamplesPerPixel", "samples per pixel"),
        ("PhotometricInterpretation", "MONOCHROME2"),
        ("BitsStored", "bits stored"),
        ("PixelRepresentation", "signed"),
    ):
        image = decode_dicom(make_dicom(ramp * 16, **{keyword: None}), None)
        np.testing.assert_array_equal(image.pixels, (ramp * 16 / 65535).astype(np.float32))
        assert word in image.notes[0]


def test_a_file_without_preamble_or_transfer_syntax_is_read(make_dicom: MakeDicom, ramp: NDArray[np.uint16]) -> None:
    plain = (ramp * 16 / 65535).astype(np.float32)
    data = make_dicom(ramp * 16)
    bare = decode_dicom(data[132:], None)
    np.testing.assert_array_equal(bare.pixels, plain)
    assert "preamble" in bare.notes[0]
    data_set = data[data.index(b"\x08\x00\x16\x00UI") :]
    without_meta = decode_dicom(data_set, None)
    np.testing.assert_array_equal(without_meta.pixels, plain)
    assert any("transfer syntax" in note for note in without_meta.notes)


def test_a_missing_end_after_the_pixels_is_noted(make_dicom: MakeDicom, ramp: NDArray[np.uint16]) -> None:
    data = make_dicom(ramp * 16, DataSetTrailingPadding=bytes(100))
    assert decode_dicom(data, None).notes == ()
    image = decode_dicom(data[:-30], None)
    np.testing.assert_array_equal(image.pixels, (ramp * 16 / 65535).astype(np.float32))
    assert "not of its pixels" in image.notes[0]


@pytest.mark.parametrize("syntax", LOSSLESS[:3] + LOSSLESS[5:], ids=lambda syntax: syntax.name)
def test_a_file_cut_anywhere_is_refused_as_truncated(
    make_dicom: MakeDicom, ramp: NDArray[np.uint16], syntax: uid.UID
) -> None:
    data = make_dicom(ramp, syntax, BitsStored=12)
    for end in (len(data) // 2, len(data) - 20):
        with pytest.raises(errors.TruncatedFileError):
            decode_dicom(data[:end], None)


def test_a_file_cut_in_its_header_is_refused(make_dicom: MakeDicom, ramp: NDArray[np.uint16]) -> None:
    data = make_dicom(ramp)
    start = data.index(b"\x08\x00\x16\x00UI")
    pixels = data.index(b"\xe0\x7f\x10\x00")
    for end in (134, start - 10, start + 3, start + 20, pixels + 5, pixels + 10):
        with pytest.raises(errors.TruncatedFileError):
            decode_dicom(data[:end], None)


def refusal(
    data: bytes, error: type[errors.RadiographError], match: str | None, frame_number: int | None = None
) -> None:
    with pytest.raises(error, match=match) as caught:
        decode_dicom(data, frame_number)
    assert type(caught.value) is error


def test_objects_that_are_no_single_readable_image_are_refused(make_dicom: MakeDicom, ramp: NDArray[np.uint16]) -> None:
    refusal(make_dicom(ramp, PixelData=None), errors.NoPixelsError, "holds no pixels")
    refusal(make_dicom(ramp, NumberOfFrames=3), errors.SeveralFramesError, "3 frames")
    refusal(make_dicom(ramp), errors.SeveralFramesError, "from 1 to 1", frame_number=2)
    refusal(make_dicom(ramp, Rows=32001), errors.TooManyPixelsError, "32001 x 40")
    refusal(make_dicom(ramp[:20]), errors.TooFewPixelsError, "20 x 40")
    refusal(make_dicom(ramp, Rows=None), errors.DamagedFileError, "must state Rows;")
    refusal(make_dicom(ramp, PhotometricInterpretation="HSV"), errors.UnsupportedEncodingError, "another photometric")
    refusal(make_dicom(ramp, PhotometricInterpretation="RGB"), errors.UnsupportedEncodingError, "1 samples")
    refusal(make_dicom(ramp, PhotometricInterpretation="PALETTE COLOR"), errors.DamagedFileError, "palette")
    refusal(make_dicom(ramp, BitsAllocated=17), errors.DamagedFileError, "received 17")
    refusal(bundled("rtplan.dcm"), errors.NoPixelsError, "no pixels")
    refusal(bundled("MR_truncated.dcm"), errors.TruncatedFileError, "end of the image")


def with_stream(data: bytes, change: Callable[[bytes], bytes]) -> bytes:
    dataset = pydicom.dcmread(io.BytesIO(data))
    dataset.PixelData = encapsulate([change(get_frame(dataset.PixelData, 0, number_of_frames=1))])
    dataset["PixelData"].is_undefined_length = True
    target = io.BytesIO()
    dataset.save_as(target)
    return target.getvalue()


@pytest.mark.parametrize("syntax", [uid.JPEGLosslessSV1, uid.JPEGLSLossless, uid.JPEG2000Lossless])
def test_a_codestream_of_another_size_is_refused_before_it_is_decoded(
    make_dicom: MakeDicom, ramp: NDArray[np.uint16], syntax: uid.UID
) -> None:
    wide = make_dicom(np.hstack([ramp, ramp]), syntax, BitsStored=12)
    refusal(wide.replace(b"\x28\x00\x11\x00US\x02\x00\x50", b"\x28\x00\x11\x00US\x02\x00\x28"),
            errors.DamagedFileError, "48 x 40 pixels were expected from the header; received 48 x 80")  # fmt: skip
    data = make_dicom(ramp, syntax, BitsStored=12)
    refusal(
        with_stream(data, lambda stream: stream[: -len(stream) // 5]), errors.TruncatedFileError, "complete compressed"
    )
    refusal(with_stream(data, lambda stream: bytes(100)), errors.DamagedFileError, None)


def test_compressed_pixels_out_of_form_are_refused(make_dicom: MakeDicom, ramp: NDArray[np.uint16]) -> None:
    data = make_dicom(ramp, uid.JPEGLSLossless, BitsStored=12)
    refusal(data.replace(b"\xfe\xff\x00\xe0", b"\xfe\xff\x01\xe0"), errors.DamagedFileError, None)
    data = make_dicom(ramp, uid.RLELossless, BitsStored=12)
    refusal(with_stream(data, lambda stream: stream[:80]), errors.DamagedFileError, "cannot be decoded")


def test_what_is_no_dicom_at_all_is_refused() -> None:
    for data in (bytes(128) + b"DICM" + bytes(range(1, 200)), b"\x08\x00\x00\x00" + bytes(range(1, 90))):
        with pytest.raises(errors.RadiographError):
            decode_dicom(data, None)


def test_a_header_that_contradicts_itself_is_refused_and_its_minor_faults_are_not(
    make_dicom: MakeDicom, ramp: NDArray[np.uint16]
) -> None:
    data = make_dicom(ramp * 16, WindowCenter=30000, WindowWidth=60000)
    refusal(data.replace(b"\x28\x00\x10\x00US", b"\x28\x00\x10\x00U?"), errors.DamagedFileError, "must state Rows")
    refusal(data.replace(b"\x28\x00\x04\x00CS", b"\x28\x00\x04\x00C?"), errors.DamagedFileError, "contradicts itself")
    image = decode_dicom(data.replace(b"\x28\x00\x50\x10DS", b"\x28\x00\x50\x10D?"), None)
    windowed = np.clip((ramp * 16.0 - 29999.5) / 59999 + 0.5, 0, 1)  # the text of its centre can be read all the same
    np.testing.assert_allclose(image.pixels, windowed, atol=1e-6)


def test_an_image_is_whole(make_dicom: MakeDicom, ramp: NDArray[np.uint16]) -> None:
    image = decode_dicom(make_dicom(ramp), None)
    assert isinstance(image, DecodedImage)
    np.testing.assert_array_equal(pydicom_pixels(make_dicom(ramp)), ramp)
