"""Measure the promised figures and print each beside its target.

    python tests/benchmarks/run.py                 all of them; exit code 1 when one falls short
    python tests/benchmarks/run.py explanation     those of one benchmark
    python tests/benchmarks/run.py --json FILE     kept for comparison

Each benchmark runs in a process of its own, so that none inherits another's
memory, threads or TensorFlow.
"""

from __future__ import annotations

import argparse
import importlib
import json
import os
import subprocess
import sys
import tempfile
from dataclasses import asdict
from pathlib import Path

HERE = Path(__file__).resolve().parent
sys.path[:0] = [str(HERE), str(HERE.parent), str(HERE.parent.parent)]
os.environ.setdefault("CUDA_VISIBLE_DEVICES", "")
os.environ.setdefault("TF_CPP_MIN_LOG_LEVEL", "2")

from figures import Figure  # noqa: E402 - found beside this file

BENCHMARKS = {
    "explanation": "explanation against the bare forward pass and tf-keras-vis",
    "compare": "four model sets on one radiograph against one explanation",
    "audit": "an audit with what-ifs and small changes against the bare forward pass",
    "regions": "text legends, frames and hardware found on phantoms",
    "start": "start page and loading of the model set, in a browser",
    "familiarity": "foreign images told from those trained on",
    "display": "opacity and colours at the server",
    "data_set": "reading and describing a tree with the paper's 14,656 studies",
    "input_pipeline": "batches for training, alone and beside what the network consumes",
    "phantom": "simulated radiographs a second",
    "survival": "training runs killed, and the disk full",
    "memory": "memory of the server over 200 explanations, in a browser",
}


def main() -> int:
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("names", nargs="*", metavar="NAME", help=f"one or more of {', '.join(BENCHMARKS)}; default all")
    parser.add_argument("--json", type=Path, metavar="FILE", help="write the figures to FILE as well")
    parser.add_argument("--here", action="store_true", help="run in this process (used by the runner itself)")
    arguments = parser.parse_args()
    unknown = [name for name in arguments.names if name not in BENCHMARKS]
    if unknown:
        parser.error(f"expected names out of {', '.join(BENCHMARKS)}; received {', '.join(unknown)}")
    names = arguments.names or list(BENCHMARKS)
    figures = [figure for name in names for figure in (_measure(name) if arguments.here else _run(name))]
    if arguments.json:
        arguments.json.write_text(json.dumps([asdict(figure) for figure in figures], indent=2) + "\n")
    if not arguments.here:
        _print_table(figures)
    return 0 if all(figure.reached for figure in figures) else 1


def _measure(name: str) -> list[Figure]:
    return importlib.import_module(f"bench_{name}").measure()


def _run(name: str) -> list[Figure]:
    print(f"{name}: {BENCHMARKS[name]} ...", file=sys.stderr, flush=True)
    with tempfile.TemporaryDirectory() as folder:
        file = Path(folder) / "figures.json"
        done = subprocess.run([sys.executable, __file__, name, "--here", "--json", file], check=False)
        if not file.exists():
            return [Figure(name, "the benchmark runs to its end", "exit code 0", f"exit code {done.returncode}", False)]
        return [Figure(**entry) for entry in json.loads(file.read_text())]


def _print_table(figures: list[Figure]) -> None:
    rows = [("figure", "target", "measured", "")]
    rows += [(figure.what, figure.target, figure.measured, "ok" if figure.reached else "SHORT") for figure in figures]
    widths = [max(len(row[column]) for row in rows) for column in range(4)]
    for row in rows:
        print("  ".join(cell.ljust(width) for cell, width in zip(row, widths, strict=True)).rstrip())
    for figure in figures:
        if figure.note:
            print(f"  {figure.what}: {figure.note}")


if __name__ == "__main__":
    sys.exit(main())
