"""One way to read JSON: a dataclass says what a file holds, and each entry is of its type or refused by name.

::

    @dataclass(frozen=True)
    class Calibration:
        temperature: float
        split: Split
        images: int = field(default=0, metadata=MAY_BE_MISSING)

    calibration = read(Calibration, decode(content), "calibration.json")

Understood are text, whole numbers, numbers, truth values, members of a
`StrEnum` (also by a former value, if it has any), None beside any of them,
arrays (``tuple[X, ...]``, ``tuple[X, Y]``), objects with free names
(``Mapping[str, X]``), objects with a name for each member of a `StrEnum`, and
dataclasses of these. Nothing is converted but whole numbers to numbers, unknown
entries are refused, and numbers, depth and text are bounded, so that what has
been read can be computed with and written again.
"""

from densexplain.schema.decoding import decode
from densexplain.schema.reading import MAY_BE_MISSING, SOME_MEMBERS, check_keys, read, to_json

__all__ = ["MAY_BE_MISSING", "SOME_MEMBERS", "check_keys", "decode", "read", "to_json"]
