"""Peers: programs that need other versions of Python, numpy or pandas than tenure does.

Each has a virtual environment of its own, created if missing, and runs in it as a worker: one
process that reads one request per line from standard input and replies with one line of JSON.
"""

from __future__ import annotations

import json
import os
import platform
import shutil
import subprocess
import sys
from collections.abc import Callable
from dataclasses import dataclass
from importlib.metadata import version
from pathlib import Path
from typing import Any

HERE = Path(__file__).resolve().parent


class PeerError(Exception):
    """A peer cannot be installed or failed; the message states the reason."""


@dataclass(frozen=True)
class Environment:
    """What a peer runs in."""

    pythons: tuple[str, ...]
    """Versions of CPython, the best first; none for the one that runs this."""
    packages: tuple[str, ...]


ENVIRONMENTS = {
    "lifetimes": Environment(
        ("3.10",),
        (
            "lifetimes==0.11.3",
            "numpy==1.26.4",
            "pandas==1.5.3",
            "scipy==1.15.3",
            "setuptools<80",
        ),
    ),
    "frames": Environment((), ("polars>=1", "duckdb>=1", "pyarrow", "numpy", "pandas")),
    "pymc": Environment(("3.12", "3.13"), ("pymc-marketing==1.3.0",)),
}


def _version(python: str) -> str:
    """Return the version of an interpreter that can make virtual environments, or nothing."""
    code = "import ensurepip, sys, venv; print('%d.%d' % sys.version_info[:2])"
    try:
        asked = subprocess.run([python, "-c", code], capture_output=True, text=True, check=True)
    except (OSError, subprocess.CalledProcessError):
        return ""
    return asked.stdout.strip()


def find_python(peer: str, named: str | None = None) -> str:
    """Return a peer's interpreter: the one named, or the first found on PATH or among pyenv's."""
    wanted = ENVIRONMENTS[peer].pythons
    if named:
        if not _version(named):
            raise PeerError(f"{named} is no Python with the venv module")
        return named
    if not wanted:
        return sys.executable
    pyenv = Path(os.environ.get("PYENV_ROOT", Path.home() / ".pyenv")) / "versions"
    for known in wanted:
        on_path = shutil.which(f"python{known}") or ""
        for candidate in (on_path, *map(str, pyenv.glob(f"{known}.*/bin/python"))):
            if candidate and _version(candidate) == known:
                return candidate
    raise PeerError(
        f"it needs CPython {' or '.join(wanted)}, which is neither on PATH nor in {pyenv} "
        f"(make bench {peer.upper()}=/path/to/python names one)"
    )


def make_environment(peer: str, directory: Path, named: str | None = None) -> str:
    """Return the interpreter of a peer's environment in `directory`; make it where need be."""
    wanted = ENVIRONMENTS[peer]
    home = directory.absolute() / peer
    python, done = home / "bin" / "python", home / "installed.txt"
    packages = "\n".join(wanted.packages)
    if python.exists() and done.exists() and done.read_text() == packages:
        return str(python)
    base = find_python(peer, named)
    print(f"Making an environment for {peer} with {base} in {home}.", file=sys.stderr)
    shutil.rmtree(home, ignore_errors=True)
    for command in (
        [base, "-m", "venv", str(home)],
        [str(python), "-m", "pip", "install", "--quiet", *wanted.packages],
    ):
        finished = subprocess.run(command, capture_output=True, text=True)
        if finished.returncode:
            said = (finished.stderr or finished.stdout).strip().splitlines()
            reason = next((line for line in said if line.startswith("ERROR")), "".join(said[-1:]))
            raise PeerError(f"{' '.join(command)} failed: {reason}")
    done.write_text(packages)
    return str(python)


class Worker:
    """A peer in a process of its own, started at the first request and again after it died."""

    def __init__(self, interpreter: str, script: str, *arguments: str) -> None:
        self.command = [interpreter, "-W", "ignore", str(HERE / script), *arguments]
        self.process: subprocess.Popen[str] | None = None
        self.versions = self._start()

    def _start(self) -> dict[str, str]:
        self.process = subprocess.Popen(
            self.command,
            stdin=subprocess.PIPE,
            stdout=subprocess.PIPE,
            text=True,
            cwd=HERE,
            env={k: v for k, v in os.environ.items() if k != "PYTHONPATH"},
        )
        return self._read("start")

    def _read(self, request: str) -> dict[str, Any]:
        assert self.process is not None
        assert self.process.stdout is not None
        line = self.process.stdout.readline()
        if not line:
            raise PeerError(f"its process ended with code {self.close()} at: {request}")
        answer: dict[str, Any] = json.loads(line)
        if "error" in answer:
            raise PeerError(answer["error"])
        return answer

    def ask(self, **request: Any) -> dict[str, Any]:
        """Send a request and wait for its answer."""
        if self.process is None:
            self._start()
        assert self.process is not None
        assert self.process.stdin is not None
        line = json.dumps(request)
        self.process.stdin.write(line + "\n")
        self.process.stdin.flush()
        return self._read(line)

    def close(self) -> int:
        """End the process and return its code."""
        if self.process is None:
            return 0
        with self.process as ended:  # closes its pipes
            assert ended.stdin is not None
            ended.stdin.close()
            self.process = None
            return ended.wait(timeout=60)


def serve(answer: Callable[[dict[str, Any]], dict[str, Any]], *packages: str) -> None:
    """Run as a worker: report the versions, then answer requests until the input ends."""
    out = os.fdopen(os.dup(sys.stdout.fileno()), "w")
    os.dup2(sys.stderr.fileno(), sys.stdout.fileno())  # output of the peer is not an answer

    def say(words: dict[str, Any]) -> None:
        out.write(json.dumps(words) + "\n")
        out.flush()

    versions = {name: version(name) for name in (*packages, "numpy", "pandas")}
    say({"python": platform.python_version(), **versions})
    for line in sys.stdin:
        try:
            say(answer(json.loads(line)))
        except Exception as error:  # any failure is reported to the caller
            say({"error": f"{type(error).__name__}: {error}"})
