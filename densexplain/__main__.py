"""``densexplain COMMAND`` and ``python -m densexplain COMMAND``: one way in, one kind of refusal."""

from __future__ import annotations

import os
import sys
from collections.abc import Sequence

from densexplain.cli.parser import build_parser
from densexplain.errors import DensexplainError

REFUSED = 2
INTERRUPTED = 130


def main(arguments: Sequence[str] | None = None) -> int:
    """Run one command.

    Parameters
    ----------
    arguments
        Words after the program's name; None takes those of the process.

    Returns
    -------
    int
        0; 2 for a refusal, after one line on standard error; 130 when
        interrupted.
    """
    # TensorFlow writes start-up notes to standard error before Python can ask it not to.
    os.environ.setdefault("TF_CPP_MIN_LOG_LEVEL", "3")
    try:
        parsed = build_parser().parse_args(arguments)
        parsed.command.run(parsed)
    except DensexplainError as error:
        return _refuse(str(error), REFUSED)
    except OSError as error:
        return _refuse(f"{error.filename or 'a file'} cannot be read or written: {error.strerror or error}", REFUSED)
    except KeyboardInterrupt as interruption:
        return _refuse(str(interruption) or "interrupted", INTERRUPTED)
    except MemoryError:
        return _refuse("there is too little memory for this", REFUSED)
    return 0


def _refuse(sentence: str, code: int) -> int:
    print(f"densexplain: {' '.join(sentence.split())}", file=sys.stderr)
    return code


if __name__ == "__main__":
    sys.exit(main())
