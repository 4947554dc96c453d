"""The files of ``explain --out``: what the page offers for download, without the page."""

from __future__ import annotations

from pathlib import Path

from densexplain.errors import OptionError
from densexplain.files import write_atomically
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
    files = report.files()
    try:
        folder.mkdir(parents=True, exist_ok=True)
        for name, content in files.items():
            write_atomically(folder / name, content)
    except OSError as error:
        raise OptionError(f"expected a folder that can be written as --out; {folder}: {error.strerror}") from error
