"""Radiographs as archives really write them: of each kind of fault, what is shown is right or said."""

from __future__ import annotations

import io
from collections.abc import Callable

import imagecodecs
import numpy as np
import pydicom
import pytest
from numpy.typing import NDArray
from pydicom import uid
from pydicom.dataset import Dataset
from pydicom.encaps import encapsulate, get_frame
from pydicom.sequence import Sequence

from densexplain import errors
from densexplain.radiograph.reading import transfer_syntax
from densexplain.radiograph.reading.dicom import decode_dicom
from densexplain.radiograph.reading.gate import check_before_decoding
from densexplain.radiograph.reading.raster import decode_raster
from densexplain.vocabulary import FileFormat

MakeDicom = Callable[..., bytes]
Values = NDArray[np.uint16]
WINDOW = {"WindowCenter": 2000, "WindowWidth": 3000}


@pytest.fixture
def windowed(ramp: Values) -> NDArray[np.float64]:
    """The ramp through `WINDOW`."""
    return np.clip((ramp - 1999.5) / 2999 + 0.5, 0, 1)


def lut(entries: NDArray[np.integer], first: int, bits: int, representation: str = "US") -> Sequence:
    item = Dataset()
    item.add_new(0x00283002, representation, [len(entries) % 65536, first, bits])
    item.add_new(0x00283006, "OW", entries.astype("<u2").tobytes())
    return Sequence([item])


def check(data: bytes, expected: NDArray[np.floating], *said: str) -> None:
    image = decode_dicom(data, None)
    np.testing.assert_allclose(image.pixels, expected, atol=1e-4)
    notes = " ".join(image.notes)
    assert all(word in notes for word in said), notes
    assert said or not image.notes, notes


def changed(data: bytes, change: Callable[[pydicom.FileDataset], None]) -> bytes:
    dataset = pydicom.dcmread(io.BytesIO(data))
    change(dataset)
    target = io.BytesIO()
    dataset.save_as(target)
    return target.getvalue()


def with_stream(data: bytes, change: Callable[[bytes], bytes]) -> bytes:
    def put(dataset: pydicom.FileDataset) -> None:
        dataset.PixelData = encapsulate([change(get_frame(dataset.PixelData, 0, number_of_frames=1))])
        dataset["PixelData"].is_undefined_length = True

    return changed(data, put)


# The range


def test_voi_table_that_uses_12_of_16_bits(make_dicom: MakeDicom, ramp: Values) -> None:
    entries = np.arange(4096)[::-1]
    expected = (4095 - ramp) / 4095
    check(make_dicom(ramp, BitsStored=12, VOILUTSequence=lut(entries, 0, 16)), expected, "fewer than the 16 bits")
    check(make_dicom(ramp, BitsStored=12, VOILUTSequence=lut(entries * 16, 0, 16)), expected * 65520 / 65535)


def test_modality_table_that_uses_10_of_16_bits(make_dicom: MakeDicom, ramp: Values) -> None:
    stored = ramp >> 2
    data = make_dicom(
        stored, BitsStored=10, PhotometricInterpretation="MONOCHROME1", ModalityLUTSequence=lut(np.arange(1024), 0, 16)
    )
    check(data, 1 - stored / 1023, "fewer than the 16 bits", "MONOCHROME1")


@pytest.mark.parametrize("signed", [False, True])
def test_without_a_window_12_bits_of_16_are_seen(make_dicom: MakeDicom, ramp: Values, signed: bool) -> None:
    stored = ramp.astype(np.int16) - 1000 if signed else ramp
    check(make_dicom(stored), ramp / 4095, "no window", "occur")


def test_stated_smallest_and_largest_value_are_the_range(make_dicom: MakeDicom, ramp: Values) -> None:
    stated = {"SmallestImagePixelValue": 0, "LargestImagePixelValue": 5000}
    check(make_dicom(ramp, **stated), ramp / 5000, "smallest and largest")
    wrong = {"SmallestImagePixelValue": 3000, "LargestImagePixelValue": 3100}
    check(make_dicom(ramp, **wrong), ramp / 4095, "occur")


def test_padding_does_not_widen_what_occurs(make_dicom: MakeDicom, ramp: Values) -> None:
    stored = ramp.copy()
    stored[:4] = 65535
    expected = (stored - ramp[4, 0]) / (4095 - ramp[4, 0])
    expected[:4] = 0
    check(make_dicom(stored, PixelPaddingValue=65535), expected, "occur", "Padding")


def test_window_that_makes_nearly_all_white(make_dicom: MakeDicom, ramp: Values) -> None:
    data = make_dicom(ramp, BitsStored=12, WindowCenter=20, WindowWidth=40)
    check(data, ramp / 4095, "next to no contrast", "not applied")
    image = decode_dicom(make_dicom(np.clip(ramp, 2000, 2010), BitsStored=12, **WINDOW), None)
    assert "whatever window" in image.notes[-1] or "not applied" in image.notes[-1]


def test_window_of_functional_groups(make_dicom: MakeDicom, ramp: Values, windowed: NDArray[np.float64]) -> None:
    frame_voi, group = Dataset(), Dataset()
    frame_voi.WindowCenter, frame_voi.WindowWidth = 2000, 3000
    group.FrameVOILUTSequence = Sequence([frame_voi])
    shared = make_dicom(ramp, SharedFunctionalGroupsSequence=Sequence([group]), NumberOfFrames=1)
    check(shared, windowed)
    other, own = Dataset(), Dataset()
    other.WindowCenter, other.WindowWidth = 1000, 10
    own.FrameVOILUTSequence = Sequence([other])
    both = {
        "SharedFunctionalGroupsSequence": Sequence([own]),
        "PerFrameFunctionalGroupsSequence": Sequence([group]),
    }
    check(make_dicom(ramp, NumberOfFrames=1, **both), windowed)


# Polarity


@pytest.mark.parametrize(
    ("kind", "sign", "inverted", "said"),
    [
        ("MONOCHROME2", -1, False, ()),
        ("MONOCHROME2", 1, True, ("dense tissue dark", "grow")),
        ("MONOCHROME1", 1, True, ("MONOCHROME1",)),
        ("MONOCHROME1", -1, False, ("dense tissue dark", "fall")),
        ("MONOCHROME2", 0, False, ()),
    ],
)
def test_dense_is_bright_whatever_the_values_stand_for(
    make_dicom: MakeDicom, ramp: Values, kind: str, sign: int, inverted: bool, said: tuple[str, ...]
) -> None:
    data = make_dicom(ramp, BitsStored=12, PhotometricInterpretation=kind, PixelIntensityRelationshipSign=sign)
    check(data, 1 - ramp / 4095 if inverted else ramp / 4095, *said)


def test_contradictions_and_raw_images_are_said(make_dicom: MakeDicom, ramp: Values) -> None:
    check(make_dicom(ramp, BitsStored=12, PresentationLUTShape="INVERSE"), ramp / 4095, "contradicts itself")
    check(make_dicom(ramp, BitsStored=12, PresentationLUTShape="IDENTITY"), ramp / 4095)
    raw = make_dicom(ramp, BitsStored=12, PresentationIntentType="FOR PROCESSING")
    check(raw, ramp / 4095, "for processing")


# Bits


@pytest.mark.parametrize("kind", ["MONOCHROME1", "MONOCHROME2"])
def test_lossy_values_are_clipped_not_wrapped(make_dicom: MakeDicom, ramp: Values, kind: str) -> None:
    stored = np.clip(ramp, 0, 1200).astype(np.uint16)
    stream = imagecodecs.jpeg8_encode(stored, bitspersample=12, level=100)
    data = make_dicom(stored, uid.JPEGExtended12Bit, BitsStored=12, PhotometricInterpretation=kind)

    def state(dataset: pydicom.FileDataset) -> None:
        dataset.BitsStored, dataset.HighBit = 10, 9

    image = decode_dicom(with_stream(changed(data, state), lambda _: stream), None)
    expected = np.clip(stored, 0, 1023) / 1023
    np.testing.assert_allclose(image.pixels, 1 - expected if kind == "MONOCHROME1" else expected, atol=0.01)
    assert any("clipped" in note for note in image.notes)


@pytest.mark.parametrize(
    "syntax",
    [uid.ExplicitVRLittleEndian, uid.RLELossless, uid.JPEGLosslessSV1, uid.JPEGLSLossless, uid.JPEG2000Lossless],
    ids=lambda syntax: syntax.name,
)
def test_high_bit_at_the_top_of_the_word(make_dicom: MakeDicom, ramp: Values, syntax: uid.UID) -> None:
    data = make_dicom(ramp << 4, syntax, BitsStored=16)

    def state(dataset: pydicom.FileDataset) -> None:
        dataset.BitsStored, dataset.HighBit = 12, 15

    check(changed(data, state), ramp / 4095)


def test_codestream_that_is_moved_down_already(make_dicom: MakeDicom, ramp: Values) -> None:
    data = make_dicom(ramp, uid.JPEGLosslessSV1, BitsStored=12)
    check(changed(data, lambda dataset: setattr(dataset, "HighBit", 15)), ramp / 4095)


def test_too_few_bits_stated(make_dicom: MakeDicom, ramp: Values, windowed: NDArray[np.float64]) -> None:
    check(make_dicom(ramp, BitsStored=10, **WINDOW), windowed, "outside the 10 bits")


def test_overlay_in_unused_bits(make_dicom: MakeDicom, ramp: Values) -> None:
    marked = ramp | 0x1000
    marked[::2] = ramp[::2]

    def declare(dataset: pydicom.FileDataset) -> None:
        dataset.add_new(0x60000102, "US", 12)

    check(changed(make_dicom(marked, BitsStored=12), declare), ramp / 4095)
    check(make_dicom(ramp | 0x8000, BitsStored=12), ramp / 4095, "left out")


# Palettes and colours


@pytest.mark.parametrize("syntax", [uid.ExplicitVRLittleEndian, uid.ExplicitVRBigEndian])
@pytest.mark.parametrize(("bits", "scale"), [(8, 1), (16, 1), (16, 257)])
def test_palettes(make_dicom: MakeDicom, ramp: Values, syntax: uid.UID, bits: int, scale: int) -> None:
    stored = (ramp >> 4).astype(np.uint8)
    entries = (255 - np.arange(256)) * scale
    words = entries.astype(">u2" if syntax == uid.ExplicitVRBigEndian else "<u2").tobytes()
    palette: dict[str, object] = {}
    for colour in ("Red", "Green", "Blue"):
        palette[f"{colour}PaletteColorLookupTableDescriptor"] = [256, 0, bits]
        palette[f"{colour}PaletteColorLookupTableData"] = words
    data = make_dicom(stored, syntax, PhotometricInterpretation="PALETTE COLOR", **palette)
    check(data, 1 - stored / 255, "colour image")


def test_palette_of_bytes(make_dicom: MakeDicom, ramp: Values) -> None:
    stored = (ramp >> 4).astype(np.uint8)
    palette: dict[str, object] = {}
    for colour in ("Red", "Green", "Blue"):
        palette[f"{colour}PaletteColorLookupTableDescriptor"] = [256, 0, 8]
        palette[f"{colour}PaletteColorLookupTableData"] = bytes(range(256))
    check(make_dicom(stored, PhotometricInterpretation="PALETTE COLOR", **palette), stored / 255, "colour image")


@pytest.mark.parametrize("colourspace", ["RGB", "YCBCR"])
def test_grey_jpeg_in_three_planes(make_dicom: MakeDicom, ramp: Values, colourspace: str) -> None:
    grey = np.repeat((ramp >> 4).astype(np.uint8)[..., None], 3, axis=2)
    stream = imagecodecs.jpeg8_encode(grey, level=100, colorspace="RGB", outcolorspace=colourspace)
    if colourspace == "RGB":  # a JFIF marker that promises YCbCr
        stream = stream[:2] + b"\xff\xe0\x00\x10JFIF\x00\x01\x01\x00\x00\x01\x00\x01\x00\x00" + stream[2:]
    data = make_dicom(grey, uid.JPEGBaseline8Bit, PhotometricInterpretation="RGB")
    image = decode_dicom(with_stream(data, lambda _: stream), None)
    np.testing.assert_allclose(image.pixels, grey[..., 0] / 255, atol=0.02)


# Values


def test_first_mapped_value_has_the_sign_of_its_input(make_dicom: MakeDicom, ramp: Values) -> None:
    entries, signed, high = np.arange(4096), ramp.astype(np.int16) - 2000, ramp + 40000
    negative = lut(entries, 65536 - 2000, 12, "US")
    check(make_dicom(signed, VOILUTSequence=negative), ramp / 4095)
    large = lut(entries, 40000 - 65536, 12, "SS")
    check(make_dicom(high.astype(np.uint16), VOILUTSequence=large), ramp / 4095)


def test_padding_has_the_sign_of_the_pixels(make_dicom: MakeDicom, ramp: Values) -> None:
    stored = ramp.astype(np.int16) - 2048
    stored[:8] = -2000

    def state(dataset: pydicom.FileDataset) -> None:
        dataset.add_new(0x00280120, "US", 63536)

    data = changed(make_dicom(stored, BitsStored=12, PhotometricInterpretation="MONOCHROME1"), state)
    image = decode_dicom(data, None)
    assert image.pixels[:8].max() == 0
    assert image.pixels[8:, :].min() < 0.01 < image.pixels[8, 0]


@pytest.mark.parametrize(
    ("centre", "width"), [("\\2000", "10\\3000"), ("2000,0", "3000,0"), ("2000.0 ", " 3000"), ("2000\\50", "3000\\1")]
)
def test_window_values_in_their_places(
    make_dicom: MakeDicom, ramp: Values, windowed: NDArray[np.float64], centre: str, width: str
) -> None:
    def state(dataset: pydicom.FileDataset) -> None:
        dataset.add_new(0x00281050, "LO", centre.split("\\"))
        dataset.add_new(0x00281051, "LO", width.split("\\"))

    data = changed(make_dicom(ramp, BitsStored=12), state)
    for tag in (b"\x28\x00\x50\x10LO", b"\x28\x00\x51\x10LO"):
        data = data.replace(tag, tag[:4] + b"DS")
    np.testing.assert_allclose(decode_dicom(data, None).pixels, windowed, atol=1e-4)


def test_window_that_is_no_number_is_said(make_dicom: MakeDicom, ramp: Values) -> None:
    def state(dataset: pydicom.FileDataset) -> None:
        dataset.add_new(0x00281050, "LO", "middle")
        dataset.add_new(0x00281051, "LO", "wide")

    data = changed(make_dicom(ramp, BitsStored=12), state)
    for tag in (b"\x28\x00\x50\x10LO", b"\x28\x00\x51\x10LO"):
        data = data.replace(tag, tag[:4] + b"DS")
    check(data, ramp / 4095, "no number")


def test_width_below_one_is_of_fractions(make_dicom: MakeDicom, ramp: Values) -> None:
    data = make_dicom(
        ramp, BitsStored=12, RescaleSlope="0.0001", RescaleIntercept=0, WindowCenter="0.2", WindowWidth="0.3"
    )
    check(data, np.clip((ramp * 1e-4 - 0.05) / 0.3, 0, 1))


def test_no_modality_table_for_an_angiogram(make_dicom: MakeDicom, ramp: Values, windowed: NDArray[np.float64]) -> None:
    table = lut((np.linspace(0, 1, 4096) ** 3 * 4095).astype(int), 0, 12)
    angiogram = {"SOPClassUID": uid.XRayAngiographicImageStorage, "ModalityLUTSequence": table, **WINDOW}
    check(make_dicom(ramp, BitsStored=12, **angiogram), windowed, "not for viewing")


# Geometry


@pytest.mark.parametrize(
    ("elements", "shape"),
    [
        ({"PixelAspectRatio": [1, 2]}, (48, 80)),
        ({"PixelAspectRatio": [2, 1]}, (96, 40)),
        ({"PixelSpacing": [0.3, 0.15]}, (96, 40)),
        ({"ImagerPixelSpacing": [0.1, 0.2], "PixelAspectRatio": [2, 1]}, (48, 80)),
    ],
)
def test_pixels_become_square(
    make_dicom: MakeDicom, ramp: Values, elements: dict[str, object], shape: tuple[int, int]
) -> None:
    image = decode_dicom(make_dicom(ramp, BitsStored=12, **elements), None)
    assert image.pixels.shape == shape
    assert any("not square" in note for note in image.notes)
    assert image.pixels.mean() == pytest.approx(0.5, abs=0.01)


def test_square_pixels_stay(make_dicom: MakeDicom, ramp: Values) -> None:
    for elements in ({"PixelAspectRatio": [1, 1]}, {"PixelSpacing": [0.1, 0.1001]}, {"PixelAspectRatio": [0, 1]}):
        check(make_dicom(ramp, BitsStored=12, **elements), ramp / 4095)


# What was refused


def test_deflated_data_set_within_its_bound(
    make_dicom: MakeDicom, ramp: Values, monkeypatch: pytest.MonkeyPatch
) -> None:
    data = make_dicom(ramp, uid.DeflatedExplicitVRLittleEndian, BitsStored=12)
    check(data, ramp / 4095)
    with pytest.raises(errors.TruncatedFileError):
        decode_dicom(data[:-400], None)
    monkeypatch.setattr(transfer_syntax, "MOST_INFLATED_BYTES", 1000)
    with pytest.raises(errors.UnsupportedEncodingError, match="this one has more"):
        decode_dicom(data, None)


def test_big_endian_without_meta(make_dicom: MakeDicom, ramp: Values) -> None:
    data = make_dicom(ramp, uid.ExplicitVRBigEndian, BitsStored=12)
    data_set = data[data.index(b"\x00\x08\x00\x16UI") :]
    assert check_before_decoding(data_set, "a.dcm") is FileFormat.DICOM
    check(data_set, ramp / 4095, "transfer syntax", "preamble")


@pytest.mark.parametrize("syntax", [uid.JPEGLosslessSV1, uid.JPEGLSLossless, uid.JPEG2000Lossless])
def test_compressed_pixels_under_a_native_syntax(make_dicom: MakeDicom, ramp: Values, syntax: uid.UID) -> None:
    data = make_dicom(ramp, syntax, BitsStored=12)
    stated, native = str(syntax).encode(), str(uid.ExplicitVRLittleEndian).encode()
    contradicting = data.replace(stated, native.ljust(len(stated), b"\0"), 1)
    check(contradicting, ramp / 4095, "another transfer syntax")


def test_native_pixels_under_a_compressed_syntax(make_dicom: MakeDicom, ramp: Values) -> None:
    data = make_dicom(ramp, BitsStored=12)
    dataset = pydicom.dcmread(io.BytesIO(data))
    native = str(uid.ExplicitVRLittleEndian).encode() + b"\0"
    longer = str(uid.JPEGLosslessSV1).encode()
    start = data.index(native)
    contradicting = data[: start - 2] + len(longer).to_bytes(2, "little") + longer + data[start + len(native) :]
    size = dataset.file_meta.FileMetaInformationGroupLength
    length = data.index(size.to_bytes(4, "little"), 132)
    grown = (size + len(longer) - len(native)).to_bytes(4, "little")
    contradicting = contradicting[:length] + grown + contradicting[length + 4 :]
    check(contradicting, ramp / 4095, "another transfer syntax")


@pytest.mark.parametrize(
    ("syntax", "change", "said"),
    [
        (uid.JPEGLSLossless, lambda stream: stream.rstrip(b"\0")[:-2] + b"\0\xff\xd9", ()),
        (uid.JPEG2000Lossless, lambda stream: stream.rstrip(b"\0") + bytes(300), ()),
        (uid.JPEGLosslessSV1, lambda stream: stream.rstrip(b"\0")[:-2], ("end marker",)),
    ],
)
def test_ends_that_differ_are_read(
    make_dicom: MakeDicom, ramp: Values, syntax: uid.UID, change: Callable[[bytes], bytes], said: tuple[str, ...]
) -> None:
    check(with_stream(make_dicom(ramp, syntax, BitsStored=12), change), ramp / 4095, *said)


@pytest.mark.parametrize("share", [0.3, 0.5, 0.8, 0.97, 0.995, 0.9995])
def test_missing_pixels_are_never_a_missing_end(make_dicom: MakeDicom, share: float) -> None:
    noisy = np.random.default_rng(3).integers(0, 4096, (200, 160)).astype(np.uint16)
    data = make_dicom(noisy, uid.JPEGLosslessSV1, BitsStored=12)
    with pytest.raises(errors.TruncatedFileError):
        decode_dicom(with_stream(data, lambda stream: stream[: int(len(stream) * share)]), None)


@pytest.mark.parametrize(("bits", "white"), [(12, 4095), (14, 16383), (8, 255), (15, 65535), (16, 65535)])
def test_16_bit_png_of_fewer_bits(ramp: Values, bits: int, white: int) -> None:
    values = (ramp.astype(np.uint32) * (2**bits - 1) // 4095).astype(np.uint16)
    image = decode_raster(imagecodecs.png_encode(values), FileFormat.PNG)
    np.testing.assert_allclose(image.pixels, values / white, atol=1e-6)
    assert len(image.notes) == (white < 65535)


def test_zero_that_belongs_to_the_pixels_stays(make_dicom: MakeDicom) -> None:
    """Streams of JPEG-LS whose last byte before the marker is a zero of their own."""
    draw, found = np.random.default_rng(5), 0
    for _ in range(400):
        values = draw.integers(0, 4096, (32, 32)).astype(np.uint16)
        data = make_dicom(values, uid.JPEGLSLossless, BitsStored=12)
        stream = get_frame(pydicom.dcmread(io.BytesIO(data)).PixelData, 0, number_of_frames=1)
        if stream[: stream.rfind(b"\xff\xd9")].endswith(b"\0"):
            found += 1
            check(data, values / 4095)
    assert found


@pytest.mark.parametrize("junk", [0x0000, 0x8000])
def test_bits_above_a_high_bit_within_the_word(make_dicom: MakeDicom, ramp: Values, junk: int) -> None:
    def state(dataset: pydicom.FileDataset) -> None:
        dataset.BitsStored, dataset.HighBit = 12, 13

    data = changed(make_dicom(ramp << 2 | junk, BitsStored=16), state)
    check(data, ramp / 4095, *(("left out",) if junk else ()))


def test_signed_values_with_bits_apart(make_dicom: MakeDicom, ramp: Values) -> None:
    """A mark in bit 15 of values of 12 bits that are sign-extended up to bit 14."""
    signed = ramp.astype(np.int16) - 2048
    marked = signed ^ np.int16(-32768)
    check(make_dicom(marked, BitsStored=12), ramp / 4095, "left out")


def test_spacing_is_that_of_the_square_pixels(make_dicom: MakeDicom, ramp: Values) -> None:
    image = decode_dicom(make_dicom(ramp, BitsStored=12, PixelSpacing=[0.3, 0.15]), None)
    assert image.acquisition.pixel_spacing_mm == (0.15, 0.15)
