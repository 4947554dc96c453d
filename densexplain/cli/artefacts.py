"""The files of ``explain --out``: what the page offers for download, without the page."""

from __future__ import annotations

from pathlib import Path

from densexplain.cli.out_folder import write_out
from densexplain.render.report import Report


def write_artefacts(folder: Path, report: Report) -> None:
    """Write figure.png, overlay.png, cam.npy, and stage_N.npy and stage_N.png for N = 1 to 5.

    Parameters
    ----------
    folder
        Made if need be; files of these names are replaced.
    report
        What to write.

    Raises
    ------
    OptionError
        If the folder cannot be written.
    """
    write_out(folder, report.files())
