"""Programs written for lifetimes run unedited: the import hook, the runner, notebooks."""

import importlib
import importlib.util
import json
import multiprocessing
import os
import pickle
import re
import subprocess
import sys
import textwrap
import threading
from pathlib import Path

import pytest

import tenure
from tenure.exceptions import AlreadyImportedWarning

SCRIPTS = Path(__file__).parent / "scripts"
EXPECTED = json.loads((SCRIPTS / "expected.json").read_text(encoding="utf-8"))["scripts"]
NOTICE = f"tenure.lifetimes is active: `import lifetimes` gives tenure {tenure.__version__}."
NEEDS = {"plots.py": "matplotlib", "holdout_plots.py": "matplotlib", "dumped.py": "dill"}
NUMBER = re.compile(r"-?\d+(?:\.\d+)?(?:e[-+]?\d+)?")


@pytest.fixture
def real(tmp_path):
    """A directory with a package lifetimes that notes when it is imported."""
    package = tmp_path / "site" / "lifetimes"
    package.mkdir(parents=True)
    (package / "__init__.py").write_text(
        "from pathlib import Path\n"
        "Path(__file__).with_name('imported').touch()\n"
        "__version__ = 'real'\n"
        "class BetaGeoFitter: pass\n"
    )
    (package / "utils.py").write_text("origin = 'real'\n")
    return package.parent


@pytest.fixture
def active():
    tenure.lifetimes.install()
    yield
    tenure.lifetimes.uninstall()


def python(*arguments, folder, path=()):
    """Run Python as a user would, finding this tenure and what `path` adds."""
    # utf-8 wherever this runs; warnings as users have them, not as errors.
    places = [*map(str, path), str(Path(tenure.__file__).parent.parent)]
    environment = {**os.environ, "PYTHONPATH": os.pathsep.join(places), "PYTHONUTF8": "1"}
    environment.pop("PYTHONWARNINGS", None)
    return subprocess.run(
        [sys.executable, *map(str, arguments)],
        cwd=folder,
        env=environment,
        capture_output=True,
        encoding="utf-8",
        timeout=300,
        check=False,
    )


def as_lifetimes(*arguments, folder, path=()):
    return python("-m", "tenure.lifetimes", *arguments, folder=folder, path=path)


def same_text(found, expected):
    """Compare what was printed: the words exactly, numbers to what rounding may turn over."""
    found, expected = " ".join(found.split()), " ".join(expected.split())
    assert NUMBER.sub("#", found) == NUMBER.sub("#", expected)
    for number, wanted in zip(NUMBER.findall(found), NUMBER.findall(expected), strict=True):
        digits = len(wanted.partition(".")[2])
        assert float(number) == pytest.approx(float(wanted), rel=1e-3, abs=1.01 * 10**-digits)


# -- scripts ---------------------------------------------------------------------------------


@pytest.mark.parametrize("installed", [False, True], ids=["alone", "beside lifetimes"])
@pytest.mark.parametrize("name", sorted(EXPECTED))
def test_unedited_scripts_print_what_they_print_under_lifetimes(name, installed, real, tmp_path):
    if name in NEEDS:
        pytest.importorskip(NEEDS[name], reason=f"{name} needs {NEEDS[name]}")
    expected = EXPECTED[name]
    folder = tmp_path / "run"
    folder.mkdir()
    path = [real] if installed else []
    done = as_lifetimes(SCRIPTS / name, *expected["arguments"], folder=folder, path=path)
    assert "Traceback" not in done.stderr, done.stderr
    assert done.returncode == expected["status"]
    assert done.stderr.count("tenure.lifetimes is active") == 1
    assert done.stderr.startswith(NOTICE + "\n")
    same_text(done.stdout, "\n".join(expected["stdout"]))
    assert not (real / "lifetimes" / "imported").exists()


def test_every_script_has_its_output():
    helpers = {"sales.py", "generate_expected.py"}
    assert set(EXPECTED) == {path.name for path in SCRIPTS.glob("*.py")} - helpers


# -- the runner ------------------------------------------------------------------------------

PLAIN = {
    "what a program sees": """\
        import sys, atexit, os
        print(sys.argv, __name__, __file__, __spec__, __package__, __doc__)
        print(sys.path[0], sys.modules["__main__"].__dict__ is globals(), __loader__.name)
        print(sorted(globals()))
        class Pickled: pass
        atexit.register(lambda: print("end", sys.modules["__main__"].Pickled is Pickled))
    """,
    "an error": """\
        def fail(value):
            raise ValueError(value)
        print("before")
        fail("ä")
    """,
    "an error in an error": """\
        try:
            1 / 0
        except ZeroDivisionError as error:
            raise RuntimeError("after") from error
    """,
    "a syntax error": "print('x'\nif",
    "exit with a number": "import sys; sys.exit(7)",
    "exit with words": "import sys; sys.exit('words')",
    "exit without": "raise SystemExit",
    "an interrupt": "raise KeyboardInterrupt",
    "its own hook": """\
        import sys
        sys.excepthook = lambda kind, error, trace: print("hook", kind, trace.tb_lineno)
        raise LookupError("x")
    """,
    "an import that fails": "import there_is_no_such_module",
    "a coding line": "# -*- coding: latin-1 -*-\nprint('\\xe4')\nprint(len('ä'))\n",
    "annotations": "x: int = 3\nprint(__annotations__)",
}


@pytest.mark.parametrize("source", PLAIN.values(), ids=PLAIN.keys())
def test_runs_as_plain_python(source, tmp_path):
    (tmp_path / "sub").mkdir()
    (tmp_path / "sub" / "script.py").write_text(textwrap.dedent(source), encoding="utf-8")
    arguments = [Path("sub/script.py"), "-m", "--help", "x y"]
    plain = python(*arguments, folder=tmp_path)
    ours = as_lifetimes(*arguments, folder=tmp_path)
    assert ours.returncode == plain.returncode
    assert ours.stdout == plain.stdout
    assert ours.stderr == f"{NOTICE}\n{plain.stderr}"


def test_runs_code_as_plain_python(tmp_path):
    code = "import sys; print(sys.argv, sys.path[0] == '', __name__, '__file__' in globals()); 1/0"
    plain = python("-c", code, "-x", folder=tmp_path)
    ours = as_lifetimes("-c", code, "-x", folder=tmp_path)
    assert (ours.returncode, ours.stdout) == (1, plain.stdout)
    assert ours.stderr == f"{NOTICE}\n{plain.stderr}"
    found = as_lifetimes("-c", "import lifetimes; print(lifetimes.__version__)", folder=tmp_path)
    assert found.stdout == "0.11.3\n"


@pytest.mark.slow
def test_runs_modules_and_packages(tmp_path):
    (tmp_path / "package").mkdir()
    (tmp_path / "package" / "__init__.py").touch()
    (tmp_path / "package" / "__main__.py").write_text("from . import job\n")
    (tmp_path / "package" / "job.py").write_text(
        "import sys\nfrom lifetimes import BetaGeoFitter\n"
        "print(BetaGeoFitter(), __name__, __package__, sys.argv, sys.path[0])\n"
    )
    for name, main in (("package", "package.job"), ("package.job", "__main__")):
        done = as_lifetimes("-m", name, "--one", folder=tmp_path)
        assert done.returncode == 0, done.stderr
        file = tmp_path / "package" / ("__main__.py" if name == "package" else "job.py")
        rest = f"{main} package {[str(file), '--one']} {tmp_path}"
        assert done.stdout == f"<lifetimes.BetaGeoFitter> {rest}\n"
    done = as_lifetimes("-m", "no_such_module", folder=tmp_path)
    assert done.returncode == 1
    assert done.stderr.endswith("No module named no_such_module\n")
    done = as_lifetimes("package", folder=tmp_path)
    assert "ImportError" in done.stderr  # as under plain Python: no parent package
    assert done.returncode == python("package", folder=tmp_path).returncode == 1


@pytest.mark.parametrize("arguments", [[], ["-m"], ["-c"], ["--what"]])
def test_says_how_it_is_used(arguments, tmp_path):
    done = as_lifetimes(*arguments, folder=tmp_path)
    assert done.returncode == 2
    assert "usage: python -m tenure.lifetimes script.py" in done.stderr
    done = as_lifetimes("--help", folder=tmp_path)
    assert (done.returncode, done.stderr) == (0, "")
    assert done.stdout.startswith("usage:")


def test_a_file_that_is_not_there(tmp_path):
    plain = python("none.py", folder=tmp_path)
    ours = as_lifetimes("none.py", folder=tmp_path)
    assert ours.returncode == plain.returncode == 2
    assert ours.stderr == f"{NOTICE}\n{plain.stderr}"


# -- the import hook -------------------------------------------------------------------------


def test_importing_it_changes_nothing(real, tmp_path):
    code = """
        import sys, warnings
        before = list(sys.meta_path), list(warnings.filters), sys.excepthook
        import tenure
        tenure.lifetimes
        assert (list(sys.meta_path), list(warnings.filters), sys.excepthook) == before
        assert not tenure.lifetimes.is_active()
        assert "lifetimes" not in sys.modules
        import lifetimes
        print(lifetimes.__version__)
    """
    done = python("-c", textwrap.dedent(code), folder=tmp_path, path=[real])
    assert (done.stdout, done.stderr) == ("real\n", "")


def test_install_is_idempotent_and_can_be_undone(capsys, active):
    for _ in range(3):
        tenure.lifetimes.install()
    assert capsys.readouterr().err == NOTICE + "\n"
    assert tenure.lifetimes.is_active()
    model = importlib.import_module("lifetimes").BetaGeoFitter()
    assert repr(model) == "<lifetimes.BetaGeoFitter>"
    for _ in range(3):
        tenure.lifetimes.uninstall()
    assert repr(model) == "<tenure.BetaGeoFitter>"
    assert not [name for name in sys.modules if name.split(".")[0] == "lifetimes"]
    with pytest.raises(ModuleNotFoundError):
        importlib.import_module("lifetimes.utils")
    assert capsys.readouterr().err == ""


def test_threads(capsys):
    gate = threading.Barrier(8)
    found = []

    def work():
        gate.wait()
        tenure.lifetimes.install()
        found.append(importlib.import_module("lifetimes.fitters.beta_geo_fitter").BetaGeoFitter)

    threads = [threading.Thread(target=work) for _ in range(8)]
    try:
        for thread in threads:
            thread.start()
        for thread in threads:
            thread.join()
    finally:
        tenure.lifetimes.uninstall()
    assert found == [tenure.BetaGeoFitter] * 8
    assert capsys.readouterr().err.count("is active") == 1


def test_every_module_of_tenure_is_reached(active):
    for path in ("fitters", "fitters.beta_geo_fitter", "utils", "datasets", "exceptions"):
        alias = importlib.import_module(f"lifetimes.{path}")
        target = importlib.import_module(f"tenure.{path}")
        assert all(getattr(alias, name) is getattr(target, name) for name in target.__all__)
        assert set(dir(target)) <= set(dir(alias))
        assert alias.__doc__ == target.__doc__
        # tenure's own module is left as it was.
        assert target.__name__ == target.__spec__.name == f"tenure.{path}"
    reloaded = importlib.reload(importlib.import_module("lifetimes.utils"))
    assert reloaded.ConvergenceError is tenure.exceptions.ConvergenceError
    assert importlib.import_module("lifetimes").datasets.__name__ == "lifetimes.datasets"
    assert importlib.import_module("lifetimes").version.__version__ == "0.11.3"
    assert importlib.import_module("tenure.version").__version__ == tenure.__version__


def test_what_appears_in_tenure_appears_in_lifetimes(active, monkeypatch):
    lifetimes = importlib.import_module("lifetimes")
    assert not hasattr(lifetimes.utils, "written_later")
    monkeypatch.setattr(tenure.utils, "written_later", 1, raising=False)
    assert lifetimes.utils.written_later == 1
    monkeypatch.setattr(tenure.utils, "written_later", None)
    assert lifetimes.utils.written_later is None


@pytest.mark.parametrize(
    ("line", "error", "name"),
    [
        ("from lifetimes import NoSuchFitter", ImportError, "tenure.NoSuchFitter"),
        ("import lifetimes.no_such_module", ImportError, "tenure.no_such_module"),
        ("import lifetimes.utils.deeper", ImportError, "tenure.utils.deeper"),
        ("from lifetimes.utils import no_such", ImportError, "tenure.utils.no_such"),
        ("from lifetimes.fitters import no_such", ImportError, "tenure.fitters.no_such"),
        ("import lifetimes; lifetimes.no_such", AttributeError, "tenure.no_such"),
        ("import lifetimes.utils as u; u.no_such", AttributeError, "tenure.utils.no_such"),
    ],
)
def test_what_tenure_has_not(active, line, error, name):
    with pytest.raises(error, match=rf"tenure stands in for lifetimes.*there is no {name}\b"):
        exec(line, {})


def test_star_import_takes_lifetimes_names_alone(active):
    names = {}
    exec("from lifetimes import *", names)
    assert {"BetaGeoFitter", "GammaGammaFitter", "ModifiedBetaGeoFitter"} <= set(names)
    assert names["__version__"] == "0.11.3"
    assert not {"run", "forecast", "summarize", "BaseFitter", "utils"} & set(names)


def test_lifetimes_imported_before(real, monkeypatch, capsys):
    monkeypatch.syspath_prepend(str(real))
    before = importlib.import_module("lifetimes")
    utils = importlib.import_module("lifetimes.utils")
    try:
        with pytest.warns(AlreadyImportedWarning, match="import lines again") as caught:
            tenure.lifetimes.install()
        assert "imported before" in caught[0].message.details
        assert importlib.import_module("lifetimes").BetaGeoFitter is tenure.BetaGeoFitter
        assert not hasattr(importlib.import_module("lifetimes.utils"), "origin")
        tenure.lifetimes.uninstall()
        assert sys.modules["lifetimes"] is before
        assert sys.modules["lifetimes.utils"] is utils
    finally:
        tenure.lifetimes.uninstall()
        for name in ("lifetimes", "lifetimes.utils"):
            sys.modules.pop(name, None)


# -- notebooks -------------------------------------------------------------------------------

NOTEBOOK = """
from IPython.core.interactiveshell import InteractiveShell
shell = InteractiveShell.instance()
def cell(source):
    shell.run_cell(source).raise_error()
cell("%load_ext tenure.lifetimes")
cell("%load_ext tenure.lifetimes")
cell("from lifetimes import BetaGeoFitter\\nfrom lifetimes.utils import *")
cell("print(BetaGeoFitter())")
cell("%reload_ext tenure.lifetimes")
cell("%unload_ext tenure.lifetimes")
cell("print(BetaGeoFitter())")
cell("import lifetimes; print(lifetimes.__version__)")
"""


def test_notebook_extension(real, tmp_path):
    pytest.importorskip("IPython", reason="notebooks need IPython")
    script = tmp_path / "notebook.py"
    script.write_text(NOTEBOOK)
    environment = tmp_path / "ipython"
    environment.mkdir()
    done = python(script, folder=environment, path=[real])
    assert done.returncode == 0, done.stderr
    lines = [line for line in done.stdout.splitlines() if "already loaded" not in line]
    lines = [line for line in lines if "%reload_ext" not in line]
    assert lines == ["<lifetimes.BetaGeoFitter>", "<tenure.BetaGeoFitter>", "real"]
    assert done.stderr.splitlines() == [NOTICE, NOTICE]  # loaded, and loaded again


CELLS = """
import sys
from pathlib import Path
from IPython.core.interactiveshell import InteractiveShell
shell = InteractiveShell.instance()
shell.run_cell("%load_ext tenure.lifetimes").raise_error()
sys.path.insert(0, str(Path(sys.argv[1]).parent))
source = Path(sys.argv[1]).read_text(encoding="utf-8")
sys.argv = sys.argv[1:]
for cell in source.split("\\n\\n\\n"):
    shell.run_cell(cell).raise_error()
"""


@pytest.mark.parametrize("name", ["retail.py", "flo.py", "tutorial.py", "calibration.py"])
def test_unedited_cells_print_what_they_print_under_lifetimes(name, real, tmp_path):
    pytest.importorskip("IPython", reason="notebooks need IPython")
    (tmp_path / "cells.py").write_text(CELLS, encoding="utf-8")
    folder = tmp_path / "run"
    folder.mkdir()
    done = python(tmp_path / "cells.py", SCRIPTS / name, folder=folder, path=[real])
    assert done.returncode == 0, done.stderr
    same_text(done.stdout, "\n".join(EXPECTED[name]["stdout"]))
    assert not (real / "lifetimes" / "imported").exists()


# -- other processes -------------------------------------------------------------------------

INSTALL = """
import tenure.lifetimes
tenure.lifetimes.install()
"""
UNEDITED = """
import multiprocessing
from lifetimes import BetaGeoFitter

def work(r):
    model = BetaGeoFitter()
    model.params_ = {"r": r, "alpha": 4.4, "a": 0.8, "b": 2.4}
    return model

if __name__ == "__main__":
    with multiprocessing.get_context(METHOD).Pool(2) as pool:
        for model in pool.map(work, [0.2, 0.4]):
            print(model, round(float(model.predict(9, 2, 30.0, 38.0)), 4))
"""


@pytest.mark.parametrize("unedited", [False, True], ids=["installs", "unedited"])
@pytest.mark.parametrize("method", ["spawn", "fork", "forkserver"])
def test_processes_that_a_program_starts(method, unedited, real, tmp_path):
    if method not in multiprocessing.get_all_start_methods():
        pytest.skip(f"there is no {method} on this system")
    script = tmp_path / "program.py"
    source = UNEDITED.replace("METHOD", repr(method))
    script.write_text(source if unedited else INSTALL + source, encoding="utf-8")
    run = as_lifetimes if unedited else python
    done = run(script, folder=tmp_path, path=[real])
    assert done.returncode == 0, done.stderr
    assert done.stderr.count("is active") == 1 or not unedited
    lines = done.stdout.splitlines()
    assert [line[:34] for line in lines] == ["<lifetimes.BetaGeoFitter: a: 0.80,"] * 2
    assert not (real / "lifetimes" / "imported").exists()


NESTED = """
import multiprocessing

def inner(r):
    import lifetimes
    return lifetimes.__file__.replace("\\\\", "/").endswith("tenure/__init__.py"), r

def outer(r):
    with multiprocessing.get_context("spawn").Pool(1) as pool:
        return pool.apply(inner, (r,))

if __name__ == "__main__":
    from concurrent.futures import ProcessPoolExecutor
    context = multiprocessing.get_context("spawn")
    with context.Pool(1) as pool:
        print(pool.apply(inner, (1,)))
    with ProcessPoolExecutor(1, mp_context=context) as pool:
        print(pool.submit(outer, 2).result())
"""


def test_processes_of_processes(real, tmp_path):
    script = tmp_path / "program.py"
    script.write_text(NESTED, encoding="utf-8")
    done = as_lifetimes(script, folder=tmp_path, path=[real])
    assert done.stdout.splitlines() == ["(True, 1)", "(True, 2)"], done.stderr
    assert done.stderr.count("is active") == 1


def test_modules_are_sent_to_other_processes(active, real):
    """As joblib does, by cloudpickle, with a function that names the module."""
    sent = pickle.dumps(importlib.import_module("lifetimes.utils"))
    assert pickle.loads(sent) is importlib.import_module("lifetimes.utils")
    unpickle = (
        f"import pickle, sys; module = pickle.loads({sent!r}); import lifetimes; "
        "print(module.__name__, lifetimes.__version__, module.ConvergenceError)"
    )
    done = python("-c", unpickle, folder=real, path=[real])
    expected = "lifetimes.utils 0.11.3 <class 'tenure.exceptions.ConvergenceError'>"
    assert done.stdout.strip() == expected, done.stderr
    assert not done.stderr
