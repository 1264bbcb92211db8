"""A run's files written again and again, killed at each step: for test_atomic_directories.py.

Usage: kills.py FOLDER MODE SIGNAL. Forks a process for each event of the file system (as the
interpreter's audit hooks report them) that writing a second run over a first one raises, has it
receive the signal at that event, and checks what is left. Prints the number of events and how often
the old files, the new ones and unfinished ones were found.
"""

import collections
import json
import os
import signal
import sys
from pathlib import Path

from tenure.io.atomic_directories import atomic_directory, recover
from tenure.run_files.directory import RunDirectory
from tenure.run_files.record import RUN_RECORD, file_hash

EVENTS = {
    "open", "os.rename", "os.remove", "os.mkdir", "os.rmdir", "os.chmod", "os.utime",
    "ctypes.dlsym",
}  # fmt: skip
OLD = {"forecast.csv": "old", "rfm.csv": "old", "stale.csv": "old", RUN_RECORD: ""}
NEW = {"forecast.csv": "new", "rfm.csv": "new", "list.csv": "new", RUN_RECORD: ""}


def write(target, files):
    directory = RunDirectory(target, overwrite=True)
    with atomic_directory(target, replaceable=directory.replaceable, last=RUN_RECORD) as folder:
        for name, text in files.items():
            if name != RUN_RECORD:
                (folder / name).write_text(text)
        listed = {name: file_hash(folder / name) for name in files if name != RUN_RECORD}
        (folder / RUN_RECORD).write_text(json.dumps({"tenure": "0", "outputs": listed}))


def found(target):
    """Return which run the directory holds: "old", "new", or "part of" one of them."""
    names = {name for name in os.listdir(target) if not name.startswith(".")} - {"notes.txt"}
    texts = {(target / name).read_text() for name in names - {RUN_RECORD}}
    assert len(texts) <= 1, f"files of two runs: {names}"
    whose = texts.pop() if texts else "none"
    if RUN_RECORD not in names:
        return f"part of {whose}"
    assert names == set(OLD if whose == "old" else NEW), f"{whose}: {names}"
    listed = json.loads((target / RUN_RECORD).read_text())["outputs"]
    assert all(file_hash(target / name) == digest for name, digest in listed.items())
    return whose


def killed(target, number, step):
    """Write the new run in a child that gets the signal at a step; whether it got that far."""
    child = os.fork()
    if child == 0:
        seen = [0]

        def hook(event, _):
            if event in EVENTS:
                seen[0] += 1
                if seen[0] == step:
                    os.kill(os.getpid(), number)

        sys.addaudithook(hook)
        code = 1
        try:
            write(target, NEW)
            code = 0 if seen[0] < step else 3
        except KeyboardInterrupt:
            code = 2
        finally:
            os._exit(code)
    _, status = os.waitpid(child, 0)
    code = os.waitstatus_to_exitcode(status)
    assert code in (0, 2, 3, -number), code
    return code != 0


def main(folder, mode, name):
    os.fsync = lambda descriptor: None  # the disk is not what is tested, and takes its time
    number = getattr(signal, name)
    if mode == "journal":
        import tenure.io.atomic_directories as module

        def no_exchange(*_):
            raise OSError("no exchange here")

        module._exchange = no_exchange
    counts = collections.Counter()
    step, going_on = 0, True
    while going_on:
        step += 1
        target = folder / f"out{step}"
        write(target, OLD)
        if mode == "foreign":
            (target / "notes.txt").write_text("mine")
        going_on = killed(target, number, step)
        state = found(target)
        counts[state] += 1
        if number == signal.SIGINT:  # cleans up by itself
            assert state in ("old", "new"), state
            hidden = [entry for entry in os.listdir(folder) if entry.startswith(".")]
            assert not hidden, hidden
        recover(target)
        state = found(target)
        assert state in ("old", "new"), state
        write(target, NEW)
        assert found(target) == "new"
        if mode == "foreign":
            assert (target / "notes.txt").read_text() == "mine"
        hidden = [p for d in (folder, target) for p in os.listdir(d) if p.startswith(".")]
        assert not hidden, hidden
    print(json.dumps({"events": step - 1, **counts}))


if __name__ == "__main__":
    main(Path(sys.argv[1]), sys.argv[2], sys.argv[3])
