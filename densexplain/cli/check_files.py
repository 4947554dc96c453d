"""``check-files``: how the files of an archive are read, in one go."""

from __future__ import annotations

import time
from argparse import ArgumentParser, Namespace
from functools import partial
from pathlib import Path

from densexplain.cli.command import Command, print_json, report
from densexplain.provenance import provenance

_REPORT_EVERY_SECONDS = 5.0
_MOST_ON_SHEET = 2000


def add_arguments(parser: ArgumentParser) -> None:
    """Declare the folder and where the contact sheet goes."""
    parser.add_argument("folder", type=Path, metavar="FOLDER", help="its files, and those of all folders in it")
    parser.add_argument("--sheet", type=Path, metavar="FILE", help="write a contact sheet (PNG) there")


def run(arguments: Namespace) -> None:
    """Read every file and print what became of it.

    Raises
    ------
    OptionError
        If there is no such folder, or no file in it.
    GuardError
        If this machine cannot start the process that decodes.
    OSError
        If the sheet cannot be written.
    """
    from densexplain.files import write_atomically
    from densexplain.radiograph.reading.sweep import check_files, counted, thumbnail_pixels
    from densexplain.radiograph.reading.upload import FileToRead
    from densexplain.render.contact_sheet import TILE_PX, SheetTile, contact_sheet
    from densexplain.workspace.files import files_in_folder, read_file

    paths = files_in_folder(arguments.folder)
    files = [FileToRead(str(path.relative_to(arguments.folder)), partial(read_file, path)) for path in paths]
    entries, tiles, last = [], [], time.monotonic()
    for number, checked in enumerate(check_files(files), start=1):
        entry = {"number": number, **checked.as_dict()}
        entries.append(entry)
        if arguments.sheet is not None and number <= _MOST_ON_SHEET:
            read = checked.radiograph
            pixels = None if read is None else thumbnail_pixels(read, TILE_PX)
            tiles.append(SheetTile(f"{number}{_said(None if read is None else len(read.notes))}", pixels))
        if time.monotonic() - last >= _REPORT_EVERY_SECONDS:
            last = time.monotonic()
            report(f"{number} of {len(files)} files")
    if arguments.sheet is not None:
        if len(files) > _MOST_ON_SHEET:
            report(f"the sheet shows the first {_MOST_ON_SHEET} of {len(files)} files")
        write_atomically(arguments.sheet, contact_sheet(tiles))
    print_json({**provenance(), "summary": counted(entries), "files": entries})


def _said(notes: int | None) -> str:
    """What stands beside a file's number on the sheet."""
    if notes is None:
        return ": refused"
    return f": {notes} {'note' if notes == 1 else 'notes'}" if notes else ""


COMMAND = Command("check-files", "read every file of a folder, and say how", add_arguments, run)
