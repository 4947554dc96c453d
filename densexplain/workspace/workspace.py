"""The workspace of a reader or a command: the open radiographs, the changes made to them, and their results."""

from __future__ import annotations

from collections.abc import Callable, Collection, Mapping, Sequence
from pathlib import Path
from typing import TYPE_CHECKING, Any

from densexplain.classifier.model_sets.manifest import Manifest
from densexplain.explain.audit.audit import Audit, AuditOptions
from densexplain.explain.cases.case_answer import CaseAnswer, case_answer
from densexplain.explain.cases.cases import PaperCase, read_case
from densexplain.explain.explanation import Explanation
from densexplain.explain.study.study_reading import StudyReading
from densexplain.radiograph.radiograph import Radiograph
from densexplain.radiograph.reading.reading import read_radiograph
from densexplain.radiograph.reading.upload import RefusedFile, Upload, read_files, read_upload
from densexplain.radiograph.regions.named_regions import NamedRegion
from densexplain.radiograph.versions import RadiographVersion
from densexplain.vocabulary import Finding, InputVersion
from densexplain.workspace.auditing import audit, follow_audit
from densexplain.workspace.case import Case
from densexplain.workspace.case_audits import FollowedAudit
from densexplain.workspace.comparing import Compared, OnCell, compare, possible_versions
from densexplain.workspace.explaining import Explanations, OnProgress, OnWait
from densexplain.workspace.files import files_to_read
from densexplain.workspace.model_set_store import ModelSetStore
from densexplain.workspace.study import Study, study_of

if TYPE_CHECKING:
    from densexplain.explain.audit.auditor import Report


class Workspace:
    """Open, crop, explain, compare, audit, export: the one way for pages and commands.

    Parameters
    ----------
    model_sets
        What explains; shared by all workspaces.

    Attributes
    ----------
    studies, refused
        What became of the files that were opened together last, and which of them were not read.
    model_set
        Name of the one that the reader has chosen; None before that.
    blinded
        Whether the reader wants to see image, map and label one after another.
    choices
        How the reader wants things to be shown, by name.
    offered
        Makes each file that can be taken away now, by its name.
    """

    def __init__(self, model_sets: ModelSetStore) -> None:
        self.model_sets = model_sets
        self.explanations = Explanations(model_sets)
        self.studies: tuple[Study, ...] = ()
        self.refused: tuple[RefusedFile, ...] = ()
        self.model_set: str | None = None
        self.blinded = False
        self.choices: dict[str, Any] = {}
        self.offered: dict[str, Callable[[], bytes]] = {}
        self._chosen = 1
        self._answers: dict[tuple[str, str], CaseAnswer] = {}

    @property
    def study(self) -> Study | None:
        """The study that is looked at; None before the first."""
        return next((one for one in self.studies if one.number == self._chosen), None)

    @property
    def case(self) -> Case | None:
        """The radiograph that is in front; None before the first."""
        return None if self.study is None else self.study.front

    def open_files(
        self,
        files: Sequence[tuple[str, bytes]],
        on_progress: OnProgress | None = None,
        *,
        synthetic: bool = False,
        frame_number: int | None = None,
    ) -> bool:
        """Open files that were brought together, zip archives unpacked; without a radiograph among them all stays.

        Parameters
        ----------
        files
            Name and content of each.
        on_progress
            Told after each file.
        synthetic
            Whether they are the computed study that comes with the app.
        frame_number
            Which image of a multi-frame DICOM object, from 1.

        Returns
        -------
        bool
            Whether a radiograph was among them; what was refused is in `refused`.

        Raises
        ------
        UploadTooLargeError, GuardError
            As `densexplain.radiograph.reading.upload.read_upload`; what was open stays open.
        """
        upload = read_upload(files, on_progress, frame_number)
        return self._show(upload, synthetic=synthetic, frame_number=frame_number)

    def open_paths(self, paths: Sequence[Path], frame_number: int | None = None) -> bool:
        """Open files of this machine, each read when its turn comes.

        Parameters
        ----------
        paths
            Paths of the files; a folder or a zip archive stands for the files in it.
        frame_number
            Which image of a multi-frame DICOM object, from 1.

        Returns
        -------
        bool
            As `open_files`.

        Raises
        ------
        UploadTooLargeError
            If there are more files than can be opened together.
        GuardError
            If this machine cannot start the process that decodes.
        """
        return self._show(read_files(files_to_read(paths), frame_number=frame_number), frame_number=frame_number)

    def open_radiograph(self, radiograph: Radiograph, title: str, *, label: Finding | None = None) -> Case:
        """Open a radiograph that has been read, whole and unturned.

        `title` is what it is called on screen, `label` what a data set says of it.
        """
        return self._show_alone(Case(radiograph, title, label=label))

    def open_sample(self, path: Path, title: str) -> Case:
        """Open a radiograph that comes with the app, called by a title."""
        return self.open_radiograph(read_radiograph(path.read_bytes(), path.name), title)

    def open_paper_case(self, folder: Path, paper_case: PaperCase) -> Case:
        """Open one of the paper's cases as the paper has it, to be explained by its model set.

        Raises
        ------
        CaseError, RadiographError, CropError
            As `densexplain.explain.cases.cases.read_case`; what was open stays open.
        """
        radiograph, regions = read_case(folder, paper_case)
        title = f"Phantom of Figure {paper_case.figure}"
        case = self._show_alone(Case(radiograph, title, known_regions=regions, paper_case=paper_case))
        self.model_set = paper_case.model_set
        return case

    def choose_study(self, number: int) -> None:
        """Show another of the studies that were opened together, not yet read by the reader."""
        self._chosen = number
        if self.study is not None:
            self.study.reading.begin()

    def output_class(self, manifest: Manifest) -> str | None:
        """Name of the class that is explained with a model set; None for the most probable that is not normal."""
        return self.explanations.classes.get(manifest.name)

    def choose_class(self, manifest: Manifest, name: str | None) -> None:
        """Explain another class of a model set from now on, everywhere.

        Parameters
        ----------
        manifest
            Manifest of the model set.
        name
            Name of the class; None for the most probable that is not normal.

        Raises
        ------
        OptionError
            If the model set has no such class.
        """
        if name is None:
            self.explanations.classes.pop(manifest.name, None)
        else:
            self.explanations.classes[manifest.name] = manifest.full_head.classes[manifest.full_head.place(name)].name

    def release(self) -> None:
        """Close everything and release all pixels."""
        for study in self.studies:
            for case in study.cases:
                case.close()
        self.studies, self.refused = (), ()
        self.offered.clear()
        self.explanations.memory.forget()

    def _show(self, upload: Upload, *, synthetic: bool = False, frame_number: int | None = None) -> bool:
        if upload.studies:
            self.release()
            alone = sum(len(one.images) for one in upload.studies) == 1
            self.studies = tuple(
                study_of(one, alone=alone, synthetic=synthetic, frame_number=frame_number) for one in upload.studies
            )
            self._chosen = self.studies[0].number
        self.refused = upload.refused
        return bool(upload.studies)

    def _show_alone(self, case: Case) -> Case:
        self.release()
        self.studies, self._chosen = (Study((case,)),), 1
        return case

    def explain(self, case: Case, manifest: Manifest, on_wait: OnWait | None = None) -> Explanation:
        """Explain a radiograph as it is cropped and turned; see `Explanations.explain`."""
        return self.explanations.explain(case, manifest, on_wait)

    def read_study(
        self,
        study: Study,
        manifest: Manifest,
        on_wait: OnWait | None = None,
        on_progress: OnProgress | None = None,
    ) -> StudyReading:
        """Explain every radiograph of a study; see `Explanations.read_study`."""
        return self.explanations.read_study(study, manifest, self.refused, on_wait, on_progress)

    def versions(
        self, case: Case, wanted: Collection[InputVersion] = tuple(InputVersion)
    ) -> Mapping[InputVersion, RadiographVersion]:
        """Find what can be compared of a radiograph; see `densexplain.workspace.comparing.possible_versions`."""
        return possible_versions(case, wanted)

    def compare(
        self,
        case: Case,
        manifests: Sequence[Manifest],
        versions: Sequence[RadiographVersion],
        on_cell: OnCell | None = None,
    ) -> Compared:
        """Explain every version with every model set; see `densexplain.workspace.comparing.compare`."""
        return compare(self.explanations, case, manifests, versions, on_cell)

    def audit(
        self,
        case: Case,
        manifest: Manifest,
        regions: Sequence[NamedRegion],
        options: AuditOptions | None = None,
        report: Report | None = None,
    ) -> Audit:
        """Audit a prediction and wait for it; see `densexplain.workspace.auditing.audit`."""
        return audit(self.model_sets, case, manifest, regions, options, report, self.output_class(manifest))

    def follow_audit(
        self, case: Case, manifest: Manifest, regions: tuple[NamedRegion, ...], options: AuditOptions
    ) -> FollowedAudit:
        """Audit a prediction in the background; see `densexplain.workspace.auditing.follow_audit`."""
        return follow_audit(self.model_sets, case, manifest, regions, options, self.output_class(manifest))

    def answer(self, case: Case, manifest: Manifest, explanation: Explanation) -> CaseAnswer | None:
        """Compare an explanation of a case of the paper with the paper, and remember the answer.

        None where it is not shown as the paper's case has it: another crop or
        another model set than the case's has no counterpart in the paper.
        """
        paper, regions = case.paper_case, case.known_regions
        if paper is None or regions is None or manifest.name != paper.model_set or case.geometry != paper.geometry:
            return None
        found = self.remembered_answer(paper, manifest) or case_answer(
            paper, explanation, regions, manifest.specification.resize
        )
        self._answers[paper.name, manifest.weights_sha256] = found
        return found

    def remembered_answer(self, paper_case: PaperCase, manifest: Manifest) -> CaseAnswer | None:
        """What a model set answered when the case was last open here; None if it was not."""
        found = self._answers.get((paper_case.name, manifest.weights_sha256))
        return found if found is not None and found.case == paper_case else None
