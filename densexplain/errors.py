"""One error tree; every refusal a user can meet is one class and one sentence.

::

    DensexplainError
    +-- ShapeError                      arrays or sizes that do not fit each other
    +-- OptionError                     a setting outside its closed set or range
    +-- EntryError                      an entry of a file of JSON that is not what it should be
    |   +-- EntryKeyError               one that is missing, or one that is not known
    +-- MapNotFiniteError               NaN or infinity in a map to be shown
    +-- RadiographError                 a file that is not read as a radiograph
    |   +-- EmptyFileError              0 bytes
    |   +-- FileTooLargeError           over the size limit
    |   +-- UnknownFormatError          neither DICOM nor PNG nor JPEG
    |   +-- FormatMismatchError         the name promises another format than the content
    |   +-- TruncatedFileError          the end is missing
    |   +-- DamagedFileError            the content contradicts itself
    |   +-- NoPixelsError               DICOM without pixel data
    |   +-- SeveralFramesError          multi-frame, and no frame was chosen
    |   +-- TooManyPixelsError          over the limits for rows, columns or pixels
    |   +-- TooFewPixelsError           under 32 rows or columns
    |   +-- ConstantImageError          every pixel the same
    |   +-- NotFiniteError              NaN or infinity among the pixels
    |   +-- UnsupportedEncodingError    a transfer syntax or photometric interpretation not read
    |   +-- DicomDirectoryError         DICOMDIR, an index without an image
    |   +-- ExecutableContentError      an executable hidden in the preamble
    |   +-- DecodingLimitError          decoding took too long or too much memory
    |   +-- RadiographNotFoundError     no file of that hash in the data folders
    |   +-- ArchiveError                a zip archive that is not unpacked
    |   +-- DuplicateFileError          the same file as another of one upload
    |   +-- UploadTooLargeError         more files, bytes or pixels than one upload may have
    +-- CropError                       a crop that cannot be applied
    |   +-- CropOutsideError            partly or wholly outside the radiograph
    |   +-- CropTooSmallError           under 32 rows or columns
    +-- RegionsError                    regions that cannot be used for a radiograph
    |   +-- RegionOutsideError          partly or wholly outside the radiograph
    +-- ModelSetError                   a model set that is not used
    |   +-- ModelSetNotFoundError       no such folder or file
    |   +-- ManifestError               model.json missing, unreadable or incomplete
    |   |   +-- ManifestKeyError        an entry missing, or one that is not known
    |   |   +-- ManifestVersionError    written by a newer version of this software
    |   +-- WeightsMissingError         no weights.safetensors
    |   +-- WeightsTruncatedError       the end of the weights file is missing
    |   +-- WeightsHashError            the weights are not those the manifest describes
    |   +-- WeightsHeaderError          the weights file's table of contents is oversized or damaged
    |   +-- WeightsShapeError           tensors missing or of another shape
    |   |   +-- WeightsSurplusError     tensors that the network has no place for
    |   |   +-- WeightsTypeError        tensors of another number format
    |   +-- GoldenInputError            the reference input gives another probability
    |   +-- RecordedEvaluationError     the evaluation recorded beside the weights is damaged
    |   +-- FittedFileError             a file of fitted tensors is missing or not what the manifest describes
    |   |   +-- FamiliarityFileError    familiarity.safetensors
    |   |   +-- ProbesFileError         probes.safetensors
    +-- CaseError                       one of the paper's cases that cannot be opened
    +-- ImportWeightsError              a .weights.h5 that is not taken
    +-- GuardError                      the guarded process cannot be started or used
    +-- RemoteClassifierError           the process that runs the networks does not answer
    +-- BusyError                       more explanations waiting than the queue holds
    +-- DataSetError                    a training data set that cannot be used
    +-- TrainingError                   a training run that cannot start or go on
    +-- ServingError                    the app would listen beyond this machine unprotected

Each message is one sentence that says what was expected and what was received,
fit to be shown to a clinician. Only the standard library is imported here.
"""

from __future__ import annotations


class DensexplainError(Exception):
    """Root of every error this package raises on purpose."""


class ShapeError(DensexplainError, ValueError):
    """Arrays or sizes that do not fit each other."""


class OptionError(DensexplainError, ValueError):
    """A setting outside its closed set or range."""


class EntryError(DensexplainError, ValueError):
    """An entry of a file of JSON that is not what it should be."""


class EntryKeyError(EntryError):
    """An entry of a file of JSON that is missing, or one that is not known."""


class MapNotFiniteError(DensexplainError, ValueError):
    """NaN or infinity in a feature map or class activation map to be shown."""


class RadiographError(DensexplainError):
    """A file that is not read as a radiograph."""


class EmptyFileError(RadiographError):
    """A file of 0 bytes."""


class FileTooLargeError(RadiographError):
    """A file over the size limit."""


class UnknownFormatError(RadiographError):
    """Content that is neither DICOM nor PNG nor JPEG."""


class FormatMismatchError(RadiographError):
    """A file name that promises another format than the content has."""


class TruncatedFileError(RadiographError):
    """A file whose end is missing."""


class DamagedFileError(RadiographError):
    """A file whose content contradicts itself."""


class NoPixelsError(RadiographError):
    """A DICOM object without pixel data."""


class SeveralFramesError(RadiographError):
    """A multi-frame object of which no frame was chosen."""


class TooManyPixelsError(RadiographError):
    """An image over the limits for rows, columns or pixels."""


class TooFewPixelsError(RadiographError):
    """An image under the least number of rows or columns."""


class ConstantImageError(RadiographError):
    """An image in which every pixel is the same."""


class NotFiniteError(RadiographError):
    """NaN or infinity among the pixels."""


class UnsupportedEncodingError(RadiographError):
    """A transfer syntax or photometric interpretation that is not read."""


class DicomDirectoryError(RadiographError):
    """A DICOMDIR: an index of images, not an image."""


class ExecutableContentError(RadiographError):
    """A DICOM preamble that starts like an executable program."""


class DecodingLimitError(RadiographError):
    """Decoding that took longer, or more memory, than any radiograph should."""


class RadiographNotFoundError(RadiographError):
    """A radiograph, named by its hash, that is not on this machine or no longer what it was."""


class ArchiveError(RadiographError):
    """A zip archive that is not unpacked."""


class DuplicateFileError(RadiographError):
    """A file that is the same as another one of its upload."""


class UploadTooLargeError(RadiographError):
    """More files, bytes or pixels than one upload may have."""


class CropError(DensexplainError):
    """A crop that cannot be applied."""


class CropOutsideError(CropError):
    """A crop partly or wholly outside the radiograph."""


class CropTooSmallError(CropError):
    """A crop under the least number of rows or columns."""


class RegionsError(DensexplainError):
    """Regions, drawn or in a file, that cannot be used for a radiograph."""


class RegionOutsideError(RegionsError):
    """A region partly or wholly outside the radiograph, or one that covers none of its pixels."""


class ModelSetError(DensexplainError):
    """A model set that is not used."""


class ModelSetNotFoundError(ModelSetError):
    """No model set of that name is installed."""


class ManifestError(ModelSetError):
    """A model.json that is missing, unreadable or incomplete."""


class ManifestKeyError(ManifestError):
    """A model.json that lacks an entry, or has one that is not known."""


class ManifestVersionError(ManifestError):
    """A model.json written by a newer version of this software."""


class WeightsMissingError(ModelSetError):
    """A model set without its weights.safetensors."""


class WeightsTruncatedError(ModelSetError):
    """A weights file whose end is missing."""


class WeightsHashError(ModelSetError):
    """Weights that are not those the manifest describes."""


class WeightsHeaderError(ModelSetError):
    """A weights file whose table of contents is oversized or damaged."""


class WeightsShapeError(ModelSetError):
    """Tensors that are missing or of another shape than the network's."""


class WeightsSurplusError(WeightsShapeError):
    """Tensors that the network has no place for."""


class WeightsTypeError(WeightsShapeError):
    """Tensors stored in another number format than the manifest states."""


class GoldenInputError(ModelSetError):
    """The reference input gives another probability than the manifest states."""


class RecordedEvaluationError(ModelSetError):
    """An evaluation recorded with a model set that is damaged, incomplete or newer than this software."""


class FittedFileError(ModelSetError):
    """A file of fitted tensors beside the weights that is missing or not what the manifest describes."""


class FamiliarityFileError(FittedFileError):
    """A familiarity.safetensors that is missing or not what the manifest describes."""


class ProbesFileError(FittedFileError):
    """A probes.safetensors that is missing or not what the manifest describes."""


class CaseError(DensexplainError):
    """One of the paper's cases, or the list of them, that cannot be opened."""


class ImportWeightsError(DensexplainError):
    """A Keras .weights.h5 file that is not taken."""


class GuardError(DensexplainError):
    """The guarded process that untrusted files are read in cannot be started or used."""


class RemoteClassifierError(DensexplainError):
    """The process that runs the networks cannot be asked, or answers something else."""


class BusyError(DensexplainError):
    """More explanations are waiting than the queue holds."""


class DataSetError(DensexplainError):
    """A training data set that cannot be used."""


class TrainingError(DensexplainError):
    """A training run that cannot start or go on."""


class ServingError(DensexplainError):
    """The app would listen beyond this machine without authentication."""
