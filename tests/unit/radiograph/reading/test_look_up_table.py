"""Look-up tables, right and slightly wrong."""

from __future__ import annotations

import numpy as np
import pytest
from pydicom.dataset import Dataset
from pydicom.sequence import Sequence

from densexplain.radiograph.reading.look_up_table import LookUpTable, read_look_up_table


def holding(descriptor: object, data: object, vr: str = "OW") -> Dataset:
    item, dataset = Dataset(), Dataset()
    item.add_new(0x00283002, "US", descriptor)
    item.add_new(0x00283006, vr, data)
    dataset.VOILUTSequence = Sequence([item])
    return dataset


def test_inputs_outside_get_the_ends() -> None:
    table = LookUpTable(10, np.array([5.0, 6.0, 9.0]), 15)
    np.testing.assert_array_equal(table.apply(np.array([-3.0, 10, 10.6, 12, 99])), [5, 5, 6, 9, 9])


def test_words_lists_and_packed_bytes_are_read_alike() -> None:
    entries = [0, 10, 200, 255]
    for dataset in (
        holding([4, 0, 8], np.array(entries, "<u2").tobytes()),
        holding([4, 0, 8], entries, "US"),
        holding([4, 0, 8], bytes(entries)),
    ):
        notes: list[str] = []
        table = read_look_up_table(dataset, "VOILUTSequence", False, notes)
        assert table is not None
        np.testing.assert_array_equal(table.entries, entries)
        assert (table.first, table.maximum, notes) == (0, 255, [])


def test_big_endian_words_are_swapped() -> None:
    dataset = holding([2, 0, 16], np.array([1, 300], ">u2").tobytes())
    dataset.set_original_encoding(False, False, "iso8859")
    table = read_look_up_table(dataset, "VOILUTSequence", False, [])
    assert table is not None
    np.testing.assert_array_equal(table.entries, [1, 300])


def test_zero_entries_mean_65536() -> None:
    table = read_look_up_table(
        holding([0, 0, 16], np.arange(65536).astype("<u2").tobytes()), "VOILUTSequence", False, []
    )
    assert table is not None
    assert len(table.entries) == 65536


def test_entries_above_the_bits_announced_widen_the_range() -> None:
    notes: list[str] = []
    table = read_look_up_table(holding([2, 0, 8], np.array([0, 4095], "<u2").tobytes()), "VOILUTSequence", False, notes)
    assert table is not None
    assert table.maximum == 4095
    assert "above the 8 bits" in notes[0]


@pytest.mark.parametrize(
    "dataset",
    [
        holding([4, 0], b"\0\0\1\0"),
        holding([4, 0, 8], b""),
        holding([4, 0, 8], None),
        holding(None, b"\0\0\1\0"),
        holding([2, 0, 8], bytes(4)),
    ],
)
def test_a_table_that_makes_no_sense_is_left_out(dataset: Dataset) -> None:
    notes: list[str] = []
    assert read_look_up_table(dataset, "VOILUTSequence", False, notes) is None
    assert notes == ["The VOI look-up table of the file cannot be read; it was left out."]


def test_no_table_is_no_note() -> None:
    notes: list[str] = []
    assert read_look_up_table(Dataset(), "ModalityLUTSequence", False, notes) is None
    assert notes == []
