"""Files and directories take their place whole: after errors, signals, kills and side by side."""

import errno
import json
import os
import stat
import subprocess
import sys
import threading
from pathlib import Path

import pytest

from tenure.exceptions import FileError
from tenure.io import atomic_directories as directory_swap
from tenure.io.atomic_directories import atomic_directory, recover
from tenure.io.atomic_files import directory_lock, stage, stages, write_atomic

KILLS = Path(__file__).with_name("kills.py")
posix = pytest.mark.skipif(os.name == "nt", reason="signals and forks are of POSIX")


def texts(folder):
    return {file.name: file.read_text() for file in folder.iterdir() if file.is_file()}


def put(out, *, fail=False, remove=(), **files):
    with atomic_directory(out, replaceable=lambda *_: remove, last="last.txt") as folder:
        for name, text in files.items():
            (folder / f"{name}.txt").write_text(text)
        if fail:
            raise RuntimeError("no")


@pytest.fixture(params=["exchange", "journal"])
def way(request, monkeypatch):
    """Both ways of replacing; the second is that of systems and places without the first."""
    if request.param == "journal":

        def refused(*_):
            raise OSError(errno.ENOSYS, "no exchange")

        monkeypatch.setattr(directory_swap, "_exchange", refused)
    return request.param


# -- one file ----------------------------------------------------------------------------------


def test_write_atomic_replaces_only_when_done(tmp_path):
    path = tmp_path / "ids.csv"
    path.write_text("old")
    path.chmod(0o600)

    def fails(temporary):
        temporary.write_text("half")
        raise RuntimeError("disk full")

    with pytest.raises(RuntimeError, match="disk full"):
        write_atomic(path, fails)
    assert path.read_text() == "old"
    assert write_atomic(str(path), lambda temporary: temporary.write_text("new")) == path
    assert path.read_text() == "new"
    assert stat.S_IMODE(path.stat().st_mode) == 0o600
    assert [file.name for file in tmp_path.iterdir()] == ["ids.csv"]


def test_write_atomic_needs_a_place(tmp_path):
    with pytest.raises(FileError, match="there is no folder"):
        write_atomic(tmp_path / "none" / "ids.csv", lambda temporary: None)
    with pytest.raises(FileError, match="a folder of that name"):
        write_atomic(tmp_path, lambda temporary: None)


@posix
def test_write_atomic_follows_links_and_refuses_devices(tmp_path):
    (tmp_path / "real").mkdir()
    (tmp_path / "real" / "ids.csv").write_text("old")
    link = tmp_path / "ids.csv"
    link.symlink_to(tmp_path / "real" / "ids.csv")
    write_atomic(link, lambda temporary: temporary.write_text("new"))
    assert link.is_symlink()
    assert (tmp_path / "real" / "ids.csv").read_text() == "new"
    os.mkfifo(tmp_path / "pipe")
    with pytest.raises(FileError, match="not a regular file"):
        write_atomic(tmp_path / "pipe", lambda temporary: temporary.write_text("new"))
    assert stat.S_ISFIFO((tmp_path / "pipe").stat().st_mode)


# -- a directory ---------------------------------------------------------------------------------


def test_a_folder_in_which_nothing_can_be_made_is_an_error(tmp_path, monkeypatch):
    """As under /proc: it is there, and making a folder in it says that it is not."""
    made = Path.mkdir

    def refuse(self, *args, **options):
        if self.name.startswith(".tenure-"):
            raise FileNotFoundError(errno.ENOENT, "No such file or directory")
        made(self, *args, **options)

    monkeypatch.setattr(Path, "mkdir", refuse)
    with pytest.raises(FileError, match="no folder can be made there"), stage(tmp_path, "out"):
        pass  # pragma: no cover


def test_all_or_nothing(tmp_path, way):
    out = tmp_path / "deep" / "out"
    with pytest.raises(RuntimeError, match="no"):
        put(out, a="half", fail=True)
    assert list(tmp_path.iterdir()) == []  # the folder above it was made for it, and went with it
    put(out, a="1", b="1", last="1")
    put(out, a="2", last="2", remove=["b.txt"])
    assert texts(out) == {"a.txt": "2", "last.txt": "2"}
    (out / "mine.txt").write_text("kept")
    with pytest.raises(RuntimeError, match="no"):
        put(out, a="half", fail=True)
    put(out, c="3", last="3", remove=["a.txt"])
    assert texts(out) == {"c.txt": "3", "last.txt": "3", "mine.txt": "kept"}
    assert [path.name for path in out.parent.iterdir()] == ["out"]


def test_permissions_of_the_directory_and_its_files_stay(tmp_path, way):
    put(tmp_path / "out", a="1", b="1")
    (tmp_path / "out").chmod(0o750)
    (tmp_path / "out" / "a.txt").chmod(0o640)
    put(tmp_path / "out", a="2", b="2")
    modes = [
        stat.S_IMODE(path.stat().st_mode) for path in (tmp_path / "out", tmp_path / "out/a.txt")
    ]
    assert modes == [0o750, 0o640]


def test_the_directory_that_is_worked_in_stays_the_same(tmp_path, monkeypatch):
    """A shell that stands in it would be left in a removed directory by an exchange."""
    put(tmp_path / "out", a="1")
    monkeypatch.chdir(tmp_path / "out")
    before = os.stat(".").st_ino
    put(Path(), a="2", remove=["a.txt"])
    assert texts(tmp_path / "out") == {"a.txt": "2"}
    assert os.stat(".").st_ino == before


def test_what_is_in_the_way_is_refused(tmp_path):
    (tmp_path / "file").write_text("x")
    with pytest.raises(FileError, match="it is a file"):
        put(tmp_path / "file")
    (tmp_path / "out" / "a.txt").mkdir(parents=True)
    with pytest.raises(FileError, match="a folder of that name"):
        put(tmp_path / "out", a="x")
    assert [path.name for path in (tmp_path / "out").iterdir()] == ["a.txt"]
    with pytest.raises(FileError, match=r"cannot write into .*out: .*Choose another folder"):
        put(tmp_path / "file" / "out", a="x")


@posix
@pytest.mark.skipif(not Path("/dev/shm").is_dir(), reason="needs a second file system")
def test_a_link_to_another_file_system(tmp_path):
    import tempfile

    with tempfile.TemporaryDirectory(dir="/dev/shm") as far:
        (tmp_path / "out").symlink_to(far)
        put(tmp_path / "out", a="1")
        put(tmp_path / "out", b="2", remove=["a.txt"])
        assert texts(Path(far)) == {"b.txt": "2"}
        assert (tmp_path / "out").is_symlink()
        assert [path.name for path in tmp_path.iterdir()] == ["out"]


@pytest.mark.parametrize("fault", [errno.EXDEV, errno.EACCES])
def test_a_mount_point_or_a_parent_that_cannot_be_written(tmp_path, monkeypatch, fault):
    """Root may write anywhere, and mounts nothing in a test: the parent's refusal is played."""
    out = tmp_path / "parent" / "out"
    put(out, a="1")
    rename, mkdir = os.rename, Path.mkdir

    def no_rename(source, target):
        if Path(source).parent.parent == out.parent:
            raise OSError(errno.EXDEV, "Invalid cross-device link")
        rename(source, target)

    def no_mkdir(path, *arguments, **options):
        if path.parent == out.parent:
            raise OSError(errno.EACCES, "Permission denied")
        mkdir(path, *arguments, **options)

    if fault == errno.EXDEV:
        monkeypatch.setattr(os, "rename", no_rename)
    else:
        monkeypatch.setattr(Path, "mkdir", no_mkdir)
    put(out, b="2", remove=["a.txt"])
    assert texts(out) == {"b.txt": "2"}
    assert [path.name for path in out.iterdir()] == ["b.txt"]
    assert [path.name for path in out.parent.iterdir()] == ["out"]


def test_a_move_that_fails_is_undone(tmp_path, monkeypatch):
    """As on Windows where a file is open in a spreadsheet."""
    out = tmp_path / "out"
    put(out, a="1", b="1", last="1")
    (out / "mine.txt").write_text("kept")
    replace, calls = os.replace, []

    def busy(source, target):
        if Path(source).name == "b.txt" and Path(target).parent == out:
            calls.append(target)
            if len(calls) == 1:
                raise PermissionError(errno.EACCES, "The file is in use", str(target))
        replace(source, target)

    monkeypatch.setattr(os, "replace", busy)
    with pytest.raises(FileError, match=r"b\.txt: The file is in use.*Everything is as it was"):
        put(out, a="2", b="2", c="2", last="2")
    assert texts(out) == {"a.txt": "1", "b.txt": "1", "last.txt": "1", "mine.txt": "kept"}
    assert sorted(path.name for path in tmp_path.iterdir()) == ["out"]


# -- kills and leftovers -------------------------------------------------------------------------


@posix
@pytest.mark.parametrize(
    ("mode", "signal"),
    [
        ("exchange", "SIGKILL"),
        ("journal", "SIGKILL"),
        ("foreign", "SIGKILL"),
        ("exchange", "SIGINT"),
        ("journal", "SIGINT"),
        ("journal", "SIGTERM"),
    ],
)
def test_killed_at_every_step(tmp_path, mode, signal):
    """Never files of two runs; where the system exchanges directories, always a whole run."""
    command = [sys.executable, "-W", "ignore", str(KILLS), str(tmp_path), mode, signal]
    environment = {**os.environ, "OPENBLAS_NUM_THREADS": "1"}
    done = subprocess.run(command, capture_output=True, text=True, env=environment, check=False)
    assert done.returncode == 0, done.stderr
    counts = json.loads(done.stdout)
    assert counts["events"] > 30
    assert counts["old"] > 10
    assert counts["new"] > 5
    parts = {name for name in counts if name.startswith("part")}
    if signal != "SIGKILL" or (mode == "exchange" and sys.platform in ("linux", "darwin")):
        assert not parts
    elif mode != "exchange":
        assert parts == {"part of old", "part of none", "part of new"}


def test_leftovers_are_swept_but_not_those_of_a_running_job(tmp_path):
    with stage(tmp_path, "out") as live:
        (live / "half.csv").write_text("x")
        with stage(tmp_path, "out") as mine:
            assert stages(tmp_path, "out") == sorted([live, mine])
        assert (live / "half.csv").exists()
        recover(tmp_path / "out")
        assert (live / "half.csv").exists()
    dead = tmp_path / f"{live.name[:-12]}{'0' * 12}"
    dead.mkdir()
    (dead / "lock").touch()
    (dead / "half.csv").write_text("x")
    other = tmp_path / ".tenure-of-somebody-else"
    other.mkdir()
    put(tmp_path / "out", a="1")
    assert sorted(path.name for path in tmp_path.iterdir()) == [other.name, "out"]


def test_a_journal_that_cannot_be_read_is_an_error(tmp_path):
    put(tmp_path / "out", a="1")
    with stage(tmp_path, "out") as live:
        name = live.name
    dead = tmp_path / name
    dead.mkdir()
    (dead / "lock").touch()
    (dead / "journal.json").write_text("[]")
    with pytest.raises(FileError, match="is not whole"):
        put(tmp_path / "out", a="2")
    assert texts(tmp_path / "out") == {"a.txt": "1"}


def test_two_runs_at_once(tmp_path, way):
    """Each run's files come together, whichever is last."""
    out = tmp_path / "out"
    problems = []

    def write(letter):
        try:
            for _ in range(10):
                with atomic_directory(
                    out, replaceable=lambda target, _: os.listdir(target), last="last.txt"
                ) as folder:
                    for name in (*"abc", f"only-{letter}", "last"):
                        (folder / f"{name}.txt").write_text(letter)
        except BaseException as error:  # for the main thread to show
            problems.append(error)

    threads = [threading.Thread(target=write, args=(letter,)) for letter in "xyz"]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    assert not problems
    found = {name: text for name, text in texts(out).items() if not name.startswith(".")}
    letter = found["last.txt"]
    expected = ("a.txt", "b.txt", "c.txt", f"only-{letter}.txt", "last.txt")
    assert found == dict.fromkeys(expected, letter)
    assert [path.name for path in tmp_path.iterdir()] == ["out"]


def test_a_probe_that_another_run_removes(tmp_path, monkeypatch):
    """An exchange by another run takes the probe away with the old directory."""
    put(tmp_path / "out", a="1")
    rename = os.rename

    def taken_away(source, target):
        rename(source, target)
        if source.name == "probe":
            os.rmdir(target)

    monkeypatch.setattr(os, "rename", taken_away)
    with stage(tmp_path, "out") as folder:
        assert directory_swap._moves(folder, tmp_path / "out")
    assert [path.name for path in tmp_path.iterdir()] == ["out"]


def test_a_directory_that_another_run_holds(tmp_path):
    (tmp_path / "out").mkdir()
    with (
        directory_lock(tmp_path / "out"),
        pytest.raises(FileError, match="another run is writing into"),
        directory_lock(tmp_path / "out", patience=0.0),
    ):
        pass
    assert list((tmp_path / "out").iterdir()) == []
