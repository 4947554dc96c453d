"""Several files opened at once, read one by one and sorted into studies.

A study is the radiographs of one visit and extremity. DICOM says which files
belong together; files that do not say form one study. What cannot be read is
named with its reason, and the others go on.
"""

from __future__ import annotations

import hashlib
import secrets
from collections.abc import Callable, Iterable, Sequence
from dataclasses import dataclass
from functools import partial

from densexplain.errors import (
    ArchiveError,
    DecodingLimitError,
    DuplicateFileError,
    OptionError,
    RadiographError,
    UploadTooLargeError,
)
from densexplain.radiograph.radiograph import Radiograph
from densexplain.radiograph.reading.archive import ArchiveMember, is_archive, is_clutter, shown_name, unpack_archive
from densexplain.radiograph.reading.reading import guarded_decoder, read_with_study_facts
from densexplain.radiograph.reading.study_facts import StudyFacts
from densexplain.settings import settings


@dataclass(frozen=True, eq=False)
class StudyImage:
    """One radiograph of a study.

    Parameters
    ----------
    number
        Place among the files of its upload, from 1; it names the radiograph on screen and in exports.
    series
        Number within the study, from 1.
    radiograph
        What was read.
    """

    number: int
    series: int
    radiograph: Radiograph


@dataclass(frozen=True, eq=False)
class UploadedStudy:
    """Radiographs that belong together.

    Parameters
    ----------
    number
        Place among the studies of the upload, from 1.
    images
        By series, in the order of the files within each; at least one.
    identified
        Whether the files say that they are one study; otherwise they say nothing of it.
    """

    number: int
    images: tuple[StudyImage, ...]
    identified: bool

    @property
    def extremities(self) -> tuple[str, ...]:
        """What the files name as body part and laterality, each once."""
        return named_extremities([image.radiograph for image in self.images])


@dataclass(frozen=True)
class RefusedFile:
    """A file that was not read as a radiograph.

    Parameters
    ----------
    number
        Place among the files, from 1.
    name
        As the reader called it; for that reader's screen only, since it may name a patient.
    reason
        A sentence.
    sha256
        SHA-256 of its content; None where there was none to read.
    error
        Kind of the refusal, for a caller who brought this file alone and raises it.
    """

    number: int
    name: str
    reason: str
    sha256: str | None
    error: type[RadiographError | OptionError] = RadiographError


@dataclass(frozen=True, eq=False)
class Upload:
    """The result of one upload.

    Parameters
    ----------
    studies
        In the order of their first files.
    refused
        In the order of the files.
    """

    studies: tuple[UploadedStudy, ...]
    refused: tuple[RefusedFile, ...]


@dataclass(frozen=True, eq=False)
class FileToRead:
    """A file that is read when its turn comes, so that no two of a folder need be in memory together.

    Parameters
    ----------
    name
        As the reader called it; its suffix must not promise another format than the content has.
    content
        Gives the whole file; may raise RadiographError or OptionError, which refuses the file.
    """

    name: str
    content: Callable[[], bytes]


@dataclass(frozen=True, eq=False)
class FiledRadiograph:
    """A radiograph, its place among the files, and where it belongs."""

    number: int
    radiograph: Radiograph
    facts: StudyFacts


def read_upload(
    files: Sequence[tuple[str, bytes]],
    on_progress: Callable[[int, int], None] | None = None,
    frame_number: int | None = None,
) -> Upload:
    """Read the files of one upload, zip archives unpacked, and sort them into studies.

    Parameters
    ----------
    files
        Name and content of each.
    on_progress
        Called after each file with how many are done, and of how many.
    frame_number
        As `read_files` takes it.

    Raises
    ------
    UploadTooLargeError
        If there are more files, or more bytes, than one upload may have.
    GuardError
        If this machine cannot start the process that decodes.
    """
    return read_files([file_of(member) for member in _unpacked(files)], on_progress, frame_number)


def read_files(
    files: Sequence[FileToRead],
    on_progress: Callable[[int, int], None] | None = None,
    frame_number: int | None = None,
) -> Upload:
    """Read files one by one and sort them into studies; what cannot be read is refused by itself.

    Parameters
    ----------
    files
        None of them an archive.
    on_progress
        As `read_upload` takes it.
    frame_number
        Which image of a multi-frame DICOM object, from 1; the same of each.

    Raises
    ------
    GuardError
        If this machine cannot start the process that decodes.
    """
    salt, read, refused = secrets.token_bytes(16), list[FiledRadiograph](), list[RefusedFile]()
    for number, file in enumerate(files, start=1):
        sha256 = None
        try:
            data = file.content()
            sha256 = hashlib.sha256(data).hexdigest() if data else None
            radiograph, facts = read_with_study_facts(data, file.name, salt, frame_number)
            check_beside(radiograph, read)
        except (RadiographError, OptionError) as problem:
            refused.append(RefusedFile(number, file.name, str(problem), sha256, type(problem)))
        else:
            read.append(FiledRadiograph(number, radiograph, facts))
        if on_progress is not None:
            on_progress(number, len(files))
    return Upload(sort_into_studies(read), tuple(refused))


def file_of(member: ArchiveMember) -> FileToRead:
    """A file that has been unpacked, or was refused then, as one to be read."""
    return FileToRead(member.name, partial(_content, member))


def _content(member: ArchiveMember) -> bytes:
    if member.refusal is not None:
        raise ArchiveError(member.refusal)
    return member.content


def check_beside(radiograph: Radiograph, others: Iterable[FiledRadiograph]) -> None:
    """Check that a radiograph can stand beside those that were read before it.

    Raises
    ------
    DuplicateFileError
        If the same file is there already, which would vote twice.
    UploadTooLargeError
        If they have too many pixels together.
    """
    pixels = radiograph.pixels.size
    for other in others:
        if other.radiograph.sha256 == radiograph.sha256:
            raise DuplicateFileError(f"A radiograph counts once; this file is the same as file {other.number}.")
        pixels += other.radiograph.pixels.size
    most = settings().maximum_upload_pixels
    if pixels > most:
        raise UploadTooLargeError(
            f"The radiographs of an upload may have {most / 1e6:.0f} megapixels together; "
            f"with this one they have {pixels / 1e6:.0f}."
        )


def sort_into_studies(read: Iterable[FiledRadiograph]) -> tuple[UploadedStudy, ...]:
    """Group radiographs by study, and by series within each; those that name no study are one."""
    groups: dict[str | None, list[FiledRadiograph]] = {}
    for one in read:
        groups.setdefault(one.facts.study, []).append(one)
    return tuple(
        UploadedStudy(number, _by_series(group), identified=study is not None)
        for number, (study, group) in enumerate(groups.items(), start=1)
    )


def named_extremities(radiographs: Iterable[Radiograph]) -> tuple[str, ...]:
    """Body part and laterality that the radiographs name, such as ``WRIST L``, each once, in order.

    Where one names the laterality and another of the same body part does not,
    they are taken for one extremity. More than one is not a study.
    """
    found = dict.fromkeys(
        (radiograph.acquisition.body_part, radiograph.acquisition.laterality) for radiograph in radiographs
    )
    said = [(part, side) for part, side in found if part is not None]
    complete = [
        (part, side) for part, side in said if side is not None or not any(p == part and s is not None for p, s in said)
    ]
    return tuple(part if side is None else f"{part} {side}" for part, side in complete)


def _by_series(group: list[FiledRadiograph]) -> tuple[StudyImage, ...]:
    numbers: dict[str | None, int] = {}
    images = [
        StudyImage(one.number, numbers.setdefault(one.facts.series, len(numbers) + 1), one.radiograph) for one in group
    ]
    return tuple(sorted(images, key=lambda image: (image.series, image.number)))


def _unpacked(files: Sequence[tuple[str, bytes]]) -> list[ArchiveMember]:
    """Every file that is to be read; the members of an archive stand in its place."""
    sources: list[ArchiveMember] = []
    for name, content in files:
        if is_archive(content):
            sources += unpack(name, content)
        elif len(files) == 1 or not is_clutter(name):  # what is brought by itself is meant
            sources.append(ArchiveMember(shown_name(name), content))
    limits = settings()
    if len(sources) > limits.maximum_upload_files:
        raise UploadTooLargeError(f"An upload may have {limits.maximum_upload_files} files; received {len(sources)}.")
    size = sum(len(source.content) for source in sources)
    if size > limits.maximum_upload_bytes:
        raise UploadTooLargeError(
            f"An upload may have {limits.maximum_upload_bytes / 2**20:.0f} MB; received {size / 2**20:.0f} MB."
        )
    return sources


def unpack(name: str, content: bytes) -> list[ArchiveMember]:
    """Unpack a zip archive in the guarded process; one that is refused stands for itself, with the reason.

    Raises
    ------
    UploadTooLargeError
        If it holds more files, or more bytes, than one upload may have.
    GuardError
        If this machine cannot start that process.
    """
    limits = settings()
    if len(content) > limits.maximum_file_bytes:
        too_large = f"A file may have {limits.maximum_file_bytes / 2**20:.0f} MB; this archive has more."
        return [ArchiveMember(shown_name(name), b"", too_large)]
    bounds = (limits.maximum_upload_files, limits.maximum_upload_bytes, limits.maximum_file_bytes)
    try:
        return list(guarded_decoder().run(unpack_archive, content, *bounds))
    except UploadTooLargeError:
        raise
    except DecodingLimitError:
        refusal = "An archive must unpack in little time and memory; this one does not and was refused."
    except ArchiveError as problem:
        refusal = str(problem)
    return [ArchiveMember(shown_name(name), b"", refusal)]
