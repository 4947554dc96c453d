"""The paper's table, against the sums that the paper prints beside it."""

from densexplain.data_sets.mura_counts import MURA_STUDIES
from densexplain.vocabulary import Finding, Split

_ROWS = {"ELBOW": 1912, "FINGER": 2110, "HAND": 2185, "HUMERUS": 727, "FOREARM": 1010, "SHOULDER": 3015, "WRIST": 3697}
_COLUMNS = {
    (Split.TRAIN, Finding.NORMAL): 8280,
    (Split.TRAIN, Finding.ABNORMAL): 5177,
    (Split.VALID, Finding.NORMAL): 661,
    (Split.VALID, Finding.ABNORMAL): 538,
}


def test_the_28_cells_add_up_to_the_papers_sums():
    assert len(MURA_STUDIES) == 28
    assert sum(MURA_STUDIES.values()) == 14_656
    for row, total in _ROWS.items():
        assert sum(count for (extremity, _, _), count in MURA_STUDIES.items() if extremity == row) == total
    for column, total in _COLUMNS.items():
        assert sum(count for (_, *cell), count in MURA_STUDIES.items() if tuple(cell) == column) == total
