"""Which encodings are read, told from group 0002 alone."""

from __future__ import annotations

import struct

import pytest
from pydicom import uid
from pydicom.pixels.decoders.base import get_decoder

from densexplain.errors import DicomDirectoryError, UnsupportedEncodingError
from densexplain.radiograph.reading import transfer_syntax


def meta(**values: str) -> bytes:
    """Group 0002 with an OB element in front: s = SOP class, t = transfer syntax."""
    content = b"\x02\x00\x01\x00OB\x00\x00" + struct.pack("<I", 2) + b"\x00\x01"
    for name, element in (("s", b"\x02\x00"), ("t", b"\x10\x00")):
        if name in values:
            text = values[name].encode() + b"\0" * (len(values[name]) % 2)
            content += b"\x02\x00" + element + b"UI" + struct.pack("<H", len(text)) + text
    return bytes(132) + content + b"\x08\x00\x16\x00"


@pytest.mark.parametrize("syntax", list(transfer_syntax.DECODERS), ids=lambda syntax: syntax.name)
def test_every_encoding_named_has_its_decoder(syntax: uid.UID) -> None:
    transfer_syntax.install_plugin()
    transfer_syntax.install_plugin()
    transfer_syntax.check_file_meta(meta(s=str(uid.DigitalXRayImageStorageForPresentation), t=str(syntax)), 132)
    plugin = transfer_syntax.DECODERS[syntax]
    assert syntax.is_transfer_syntax
    if syntax.is_encapsulated:
        assert plugin in get_decoder(syntax).available_plugins
    else:
        assert plugin == ""
        assert not get_decoder(syntax).is_encapsulated


@pytest.mark.parametrize(
    ("syntax", "named"),
    [
        (str(uid.DeflatedExplicitVRLittleEndian), "Deflated Explicit VR Little Endian"),
        (str(uid.MPEG2MPML), "MPEG2"),
        ("1.2.3.4", "an unknown one"),
        ("Doe^Jane", "an unknown one"),
    ],
)
def test_other_encodings_are_refused_by_their_name(syntax: str, named: str) -> None:
    with pytest.raises(UnsupportedEncodingError, match=f"received {named}"):
        transfer_syntax.check_file_meta(meta(t=syntax), 132)


def test_a_directory_is_refused() -> None:
    with pytest.raises(DicomDirectoryError, match="DICOMDIR"):
        transfer_syntax.check_file_meta(meta(s=str(uid.MediaStorageDirectoryStorage), t="1.2.840.10008.1.2.1"), 132)


def test_an_unsaid_encoding_is_left_to_the_parser() -> None:
    transfer_syntax.check_file_meta(meta(), 132)
    transfer_syntax.check_file_meta(b"", 0)
    transfer_syntax.check_file_meta(bytes(132) + b"\x02\x00\x10", 132)
