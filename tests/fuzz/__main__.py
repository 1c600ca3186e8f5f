"""Runs every target (or those named) for FUZZ_SECONDS each, in a process of its own; keeps what it finds."""

from __future__ import annotations

import argparse
import hashlib
import os
import re
import subprocess
import sys
import tempfile
from pathlib import Path

SECONDS = "30"
_CHILD = "--one"
_GRACE_S = 60  # for the start of a child and its last input
_SLOW_S = 5  # one input
_MEMORY_MB = 1024


def main() -> int:
    """0: nothing was found."""
    if sys.argv[1:2] == [_CHILD]:
        return _fuzz(sys.argv[2], sys.argv[3:])
    parser = argparse.ArgumentParser(prog="python -m tests.fuzz")
    parser.add_argument("targets", nargs="*", help="names of targets; all without")
    arguments = parser.parse_args()

    from tests.fuzz.targets import TARGETS

    unknown = set(arguments.targets) - set(TARGETS)
    if unknown:
        parser.error(f"no target {', '.join(sorted(unknown))}; there are: {', '.join(TARGETS)}")
    found = [_run(name, int(os.environ.get("FUZZ_SECONDS", SECONDS))) for name in arguments.targets or TARGETS]
    return 1 if any(found) else 0


def _run(name: str, seconds: int) -> int:
    """Fuzz one target in a child; how many findings it made."""
    from tests.fuzz.targets import FINDINGS, TARGETS

    with tempfile.TemporaryDirectory() as folder:
        seeds, corpus, crashes = (Path(folder) / part for part in ("seeds", "corpus", "crashes"))
        for part in (seeds, corpus, crashes):
            part.mkdir()
        for number, seed in enumerate(TARGETS[name].seeds()):
            (seeds / f"{number:04}").write_bytes(seed)
        command = [sys.executable, "-m", "tests.fuzz", _CHILD, name, str(corpus), str(seeds)]
        command += [f"-max_total_time={seconds}", f"-timeout={_SLOW_S}", f"-rss_limit_mb={_MEMORY_MB}"]
        command += [f"-artifact_prefix={crashes}/", "-print_final_stats=1", "-max_len=4096"]
        try:
            child = subprocess.run(command, capture_output=True, text=True, timeout=seconds + _GRACE_S, check=False)
            said, code = child.stdout + child.stderr, child.returncode
        except subprocess.TimeoutExpired as error:
            said, code = str(error), -1
        findings = [path for path in sorted(crashes.iterdir()) if path.is_file()]
        for path in findings:
            _keep(path.read_bytes(), FINDINGS / name)
        runs = re.search(r"stat::number_of_executed_units: *(\d+)", said)
        rate = re.search(r"stat::average_exec_per_sec: *(\d+)", said)
        print(
            f"{name:26} {runs[1] if runs else '?':>9} inputs {rate[1] if rate else '?':>7}/s {len(findings)} findings",
            flush=True,
        )
        if findings or code:
            print("\n".join(said.splitlines()[-25:]), file=sys.stderr, flush=True)
        return len(findings) or int(code != 0)


def _keep(data: bytes, folder: Path) -> None:
    folder.mkdir(parents=True, exist_ok=True)
    (folder / f"{hashlib.sha256(data).hexdigest()[:16]}.bin").write_bytes(data)


def _fuzz(name: str, arguments: list[str]) -> int:
    """In the child: everything of the product that is imported from now on counts its branches."""
    import atheris

    with atheris.instrument_imports(include=["drivers", "sync", "terminal"]):
        from tests.fuzz.targets import TARGETS

        TARGETS[name].try_one(b"")  # what a target imports on first use
    atheris.Setup([sys.argv[0], *arguments], TARGETS[name].try_one)
    atheris.Fuzz()
    return 0


if __name__ == "__main__":
    sys.exit(main())
