"""The command ``fwdpass trace`` and the cell magic ``%%trace``."""

from __future__ import annotations

import atexit
import inspect
import io
import json
import os
import subprocess
import sys
from pathlib import Path
from types import ModuleType
from typing import Any

import pytest
from IPython.core.interactiveshell import InteractiveShell
from traitlets.config import Config

import fwdpass as fp
from fwdpass.__main__ import main
from fwdpass.errors import TraceError
from fwdpass.trace.view import TraceView


@pytest.fixture
def script(tmp_path: Path) -> Path:
    path = tmp_path / "script.py"
    path.write_text("import sys\nx = -0.1 - 0.2\nprint(sys.argv[1:])\nsys.exit(len(sys.argv))\n", encoding="utf-8")
    return path


def test_the_trace_is_printed_and_the_scripts_output_is_beside_it(
    script: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    assert main(["trace", str(script)]) == 1
    out, err = capsys.readouterr()
    assert "2  x = -0.1 - 0.2\n     x → -0.3\n" in out
    assert out.endswith("It exited with status 1 at line 4.\n")
    assert err == "[]\n"


def test_arguments_after_the_dashes_are_the_scripts(script: Path, capsys: pytest.CaptureFixture[str]) -> None:
    assert main(["trace", str(script), "--", "-o", "b"]) == 3
    assert capsys.readouterr().err == "['-o', 'b']\n"


def test_with_a_file_the_scripts_output_is_where_it_always_is(
    script: Path, tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    out = tmp_path / "out.json"
    assert main(["trace", str(script), "--format", "json", "-o", str(out)]) == 1
    assert capsys.readouterr().out == "[]\n"
    assert json.loads(out.read_text("utf-8"))["form"] == 2
    assert sorted(path.name for path in tmp_path.iterdir()) == ["out.json", "script.py"]


def test_what_cannot_be_written_leaves_nothing_behind(
    script: Path, tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    assert main(["trace", str(script), "-o", str(tmp_path / "nowhere" / "out")]) == 2
    assert "fwdpass: cannot write" in capsys.readouterr().err
    (tmp_path / "folder").mkdir()
    assert main(["trace", str(script), "-o", str(tmp_path / "folder")]) == 2
    assert sorted(path.name for path in tmp_path.iterdir()) == ["folder", "script.py"]


def test_where_the_trace_goes_is_known_before_the_script_runs(
    tmp_path: Path, capsys: pytest.CaptureFixture[str], monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.chdir(tmp_path)
    script = Path("script.py")
    script.write_text("import os, pathlib\npathlib.Path('ran').touch()\nos.chdir('/')\n", "utf-8")
    before = script.read_bytes()
    for out, said in (
        ("nowhere/out", "cannot write 'nowhere/out': there is no folder 'nowhere'"),
        (".", "cannot write '.': that is a folder"),
        ("-", "cannot write '-': name a file"),
        ("script.py", "cannot write 'script.py': that is the script itself"),
    ):
        assert main(["trace", "script.py", "-o", out]) == 2
        assert said in capsys.readouterr().err
    assert sorted(path.name for path in tmp_path.iterdir()) == ["script.py"]
    assert script.read_bytes() == before
    assert main(["trace", "script.py", "-o", "out"]) == 0
    assert "os.chdir" in (tmp_path / "out").read_text("utf-8")


def test_half_of_a_pair_is_written_as_json_writes_it(tmp_path: Path) -> None:
    (tmp_path / "script.py").write_text("x = '\\ud800'\n", "utf-8")
    out = tmp_path / "out.json"
    assert main(["trace", str(tmp_path / "script.py"), "--format", "json", "-o", str(out)]) == 0
    assert r"\ud800" in json.dumps(json.loads(out.read_text("utf-8")))


def test_what_is_no_python_is_shown_as_python_shows_it(tmp_path: Path, capsys: pytest.CaptureFixture[str]) -> None:
    script = tmp_path / "script.py"
    script.write_text("x = (1,\n", "utf-8")
    assert main(["trace", str(script)]) == 1
    out, err = capsys.readouterr()
    assert out == "It is no Python: '(' was never closed, at line 1.\n"
    assert err.startswith(f'  File "{script}", line 1\n')


def test_there_is_nothing_to_run(tmp_path: Path, capsys: pytest.CaptureFixture[str]) -> None:
    assert main(["trace", str(tmp_path / "nowhere.py")]) == 2
    assert capsys.readouterr().err == f"fwdpass: there is no script {str(tmp_path / 'nowhere.py')!r}\n"
    assert main(["trace", str(tmp_path)]) == 2
    assert capsys.readouterr().err == (
        f"fwdpass: {str(tmp_path)!r} is a folder, and has no __main__.py to run; a script is a file\n"
    )


def ran(*command: str, cwd: Path) -> tuple[str, str, int]:
    """Run a command; give its output, what it says, and its status."""
    done = subprocess.run([sys.executable, *command], cwd=cwd, capture_output=True, check=False, env=BUFFERED)
    return done.stdout.decode(), done.stderr.decode(), done.returncode


BUFFERED = {name: value for name, value in os.environ.items() if name != "PYTHONUNBUFFERED"} | {"PYTHONHASHSEED": "0"}
SAYS = "import sys\nprint(sys.argv, __name__, __package__, __spec__ and __spec__.name, __file__, sys.path[0])\n"


@pytest.fixture
def folder(tmp_path: Path) -> Path:
    """A folder with a script, a package and a folder to run, each of which says what it is run as."""
    for name in ("script.py", "tools/__main__.py", "tools/weights.py", "runs/__main__.py"):
        path = tmp_path / name
        path.parent.mkdir(exist_ok=True)
        path.write_text(SAYS, "utf-8")
    (tmp_path / "tools" / "__init__.py").write_text("", "utf-8")
    return tmp_path


@pytest.mark.parametrize(
    ("mine", "pythons"),
    [
        (["script.py", "-o", "out", "--", "--size", "3", "-o", "x"], ["script.py", "--size", "3", "-o", "x"]),
        (["script.py", "5", "--format", "json", "-o", "out", "6"], ["script.py", "5", "6"]),
        (["-m", "tools.weights", "-o", "out", "a"], ["-m", "tools.weights", "a"]),
        (["-o", "out", "-m", "tools", "--", "-v"], ["-m", "tools", "-v"]),
        (["runs", "-o", "out", "a"], ["runs", "a"]),
    ],
)
def test_a_script_finds_around_it_what_it_finds_with_python(mine: list[str], pythons: list[str], folder: Path) -> None:
    assert ran("-m", "fwdpass", "trace", *mine, cwd=folder) == ran(*pythons, cwd=folder)
    assert (folder / "out").stat().st_size


def test_what_is_written_follows_from_the_name(folder: Path) -> None:
    for out, begins in (("t.html", "<!doctype html>"), ("t.json", '{"form":'), ("t.txt", "1  import sys")):
        ran("-m", "fwdpass", "trace", "script.py", "-o", out, cwd=folder)
        assert (folder / out).read_text("utf-8").startswith(begins)


@pytest.mark.parametrize(
    ("module", "said"),
    [
        ("nowhere.to.be.found", "there is no module 'nowhere.to.be.found': No module named 'nowhere'"),
        ("nowhere", "there is no module 'nowhere': name it as in an import, from this folder"),
        ("json", "'json' is a package without __main__, which cannot be run"),
        ("math", "math has no source to trace"),
    ],
)
def test_a_module_that_cannot_be_run(module: str, said: str, capsys: pytest.CaptureFixture[str]) -> None:
    assert main(["trace", "-m", module]) == 2
    assert said in capsys.readouterr().err


def test_a_notebooks_cells_are_run_in_order(tmp_path: Path, capsys: pytest.CaptureFixture[str]) -> None:
    def written(*cells: str, language: str = "python") -> str:
        made = [{"cell_type": "code", "source": cell.splitlines(keepends=True)} for cell in cells]
        made.insert(1, {"cell_type": "markdown", "source": ["# Words"]})
        path = tmp_path / "book.ipynb"
        path.write_text(json.dumps({"cells": made, "metadata": {"language_info": {"name": language}}}), "utf-8")
        return str(path)

    assert main(["trace", written("x = 2\ny = (7\n  % 4)", "print(x + y)")]) == 0
    out, err = capsys.readouterr()
    assert err == "5\n"
    assert "x + y = 5" in out
    assert main(["trace", written("x = 1", "%matplotlib inline\nx = 2")]) == 2
    assert "has '%matplotlib inline' in code cell 2, which only a notebook understands" in capsys.readouterr().err
    assert main(["trace", written("x <- 1", language="R")]) == 2
    assert "is written in R, and only Python can be traced" in capsys.readouterr().err
    (tmp_path / "bad.ipynb").write_text("{}", "utf-8")
    assert main(["trace", str(tmp_path / "bad.ipynb")]) == 2
    assert "is no notebook that can be read" in capsys.readouterr().err


ENDS = {
    "a file that is not closed": "f = open('log', 'w')\nf.write('three lines\\n' * 3)\n",
    "a finalizer, and what the module calls it": (
        "WORD = 'gone'\nclass A:\n    def __del__(self):\n        print(WORD)\na = A()\n"
    ),
    "a generator that waits": (
        "def g():\n    try:\n        yield 1\n    finally:\n        print('closed')\nwaits = g()\nnext(waits)\n"
    ),
    "what waits for the end": (
        "import atexit\nclass A:\n    def __del__(self):\n        print('last')\na = A()\n"
        "atexit.register(print, 'then')\nprint('first')\n"
    ),
    "after an exception": "class A:\n    def __del__(self):\n        print('bye')\na = A()\n1 / 0\n",
    "a finalizer in a cycle": (
        "class A:\n    def __del__(self):\n        print('bye', self.n)\nfor n in range(3):\n"
        "    a = A()\n    a.n = n\n    a.me = a\nprint('end')\n"
    ),
    "a thread": (
        "import threading, time\ndef late():\n    time.sleep(0.05)\n    print('late')\n"
        "threading.Thread(target=late).start()\nprint('end')\n"
    ),
    "an exit at once": "import os, sys\nprint('said', flush=True)\nprint('lost')\nos._exit(7)\n",
    "an exit at once in a function": (
        "import os\ndef f():\n    try:\n        os._exit(0)\n    finally:\n        print('no')\nf()\n"
    ),
    "a subprocess that prints in between": (
        "import subprocess, sys\nprint('one')\nsubprocess.run([sys.executable, '-c', 'print(2)'])\nprint('three')\n"
    ),
    "an exception from one that was never raised": "raise ValueError('end') from KeyError('never')\n",
    "a context that was never raised": "e = OSError('late')\ne.__context__ = TypeError('never')\nraise e\n",
    "a group of exceptions": "raise ExceptionGroup('both', [ValueError('a'), KeyError('b')])\n",
}


@pytest.mark.parametrize("source", ENDS.values(), ids=ENDS)
def test_a_run_ends_as_it_does_in_python(source: str, tmp_path: Path) -> None:
    (tmp_path / "script.py").write_text(source, "utf-8")

    def left() -> str:
        log = tmp_path / "log"
        said = log.read_text("utf-8") if log.exists() else ""
        log.unlink(missing_ok=True)
        return said

    python = ran("script.py", cwd=tmp_path), left()
    assert (ran("-m", "fwdpass", "trace", "script.py", "-o", "out", cwd=tmp_path), left()) == python
    assert (tmp_path / "out").stat().st_size


def test_an_exit_at_once_is_told() -> None:
    view = fp.trace("import os\nx = 1\nos._exit(4)\n")
    assert (view.trace.ended.status, view.trace.ended.how) == (4, "exited")
    assert repr(view).endswith("It left at once with status 4 at line 3, by os._exit.")


def test_a_run_keeps_nothing_of_the_script_alive() -> None:
    view = fp.trace("import sys, weakref\nclass A:\n    pass\na = A()\nsys.kept = weakref.ref(a)\n")
    assert sys.kept() is None  # type: ignore[attr-defined]
    del sys.kept  # type: ignore[attr-defined]
    assert view.trace.ended.how == "finished"


@pytest.mark.skipif(not hasattr(os, "fork"), reason="no fork on this system")
def test_a_fork_of_the_script_writes_no_second_trace(tmp_path: Path) -> None:
    script, out = tmp_path / "script.py", tmp_path / "out"
    script.write_text(
        "import os\nchild = os.fork()\nif child:\n    os.waitpid(child, 0)\nprint(bool(child))\n", encoding="utf-8"
    )
    done = subprocess.run(
        [sys.executable, "-m", "fwdpass", "trace", str(script), "-o", str(out)], capture_output=True, check=True
    )
    assert done.stdout == b"False\nTrue\n"
    assert out.read_text("utf-8").count("import os") == 1


def test_an_exception_is_shown_as_python_shows_it(tmp_path: Path, capsys: pytest.CaptureFixture[str]) -> None:
    path = tmp_path / "script.py"
    path.write_text("x = 1\ny = x / 0\n", encoding="utf-8")
    assert main(["trace", str(path)]) == 1
    out, err = capsys.readouterr()
    assert err.startswith("Traceback (most recent call last):\n  File ")
    assert "fwdpass" not in err.replace(str(tmp_path), "")
    assert "! x is 1\n" in out


def test_the_first_visits_can_be_fewer(tmp_path: Path, capsys: pytest.CaptureFixture[str]) -> None:
    path = tmp_path / "script.py"
    path.write_text("for i in range(50):\n    x = i * 10\n", encoding="utf-8")
    assert main(["trace", "--first", "1", str(path)]) == 0
    out = capsys.readouterr().out
    assert [line.strip() for line in out.splitlines() if line.strip().startswith("x")] == [
        "x → 0", "x: 0 → 470", "x: 470 → 480", "x: 480 → 490"
    ]  # fmt: skip
    with pytest.raises(SystemExit):
        main(["trace", "--first", "0", str(path)])


def test_the_command_explains_itself(capsys: pytest.CaptureFixture[str]) -> None:
    with pytest.raises(SystemExit) as ended:
        main(["trace", "--help"])
    assert ended.value.code == 0
    assert "The exit status is the script's" in " ".join(capsys.readouterr().out.split())


class Terminal(io.StringIO):
    """Standard error that is a terminal."""

    def isatty(self) -> bool:
        return True


def test_a_terminal_is_told_how_far_a_long_script_is(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    path, terminal = tmp_path / "script.py", Terminal()
    path.write_text("import time\n\ntime.sleep(0.5)\n", encoding="utf-8")
    monkeypatch.setattr("fwdpass.trace.command._PATIENCE", 0.02)
    monkeypatch.setattr(sys, "stderr", terminal)
    assert main(["trace", str(path), "-o", str(tmp_path / "out")]) == 0
    assert "at line 3; Ctrl-C ends it, and keeps its trace" in terminal.getvalue()
    assert terminal.getvalue().endswith("\r\x1b[K")


# The view -------------------------------------------------------------------------------------------------------------


def test_a_mismatch_of_shapes_is_said_with_both_shapes() -> None:
    shown = repr(fp.trace("import numpy as np\nx = np.ones(3)\nW = np.ones((4, 3))\nz = x @ W\n"))
    assert "cannot multiply (3,) @ (4, 3)" in shown


def test_numbers_are_settled_and_have_the_minus_of_their_medium() -> None:
    view = fp.trace("x = -0.1 - 0.2\ny = [x, float('nan')]\n")
    assert "x → −0.3" in repr(view)
    assert "x → -0.3" in view.text("code")
    assert "y → [−0.3, NaN]" in repr(view)


@pytest.mark.parametrize(
    ("source", "shown"),
    [
        ("range(3)", "range(0, 3)"),
        ("(1,)", "(1,)"),
        ("set()", "set()"),
        ("{2, 1}", "{1, 2}"),
        ("frozenset('a')", "frozenset(['a'])"),
        ("{'a': [1, 2]}", "{'a': [1, 2]}"),
        ("list(range(30))", "[0, 1, 2, 3, 4, 5, 6, 7, 8, 9, 10, 11, 12, 13, 14, 15, 16, 17, 18, 19, … (30 in all)]"),
        ("'x' * 500", repr("x" * 400) + "… (500 in all)"),
        ("type('P', (), {'x': 1})()", "P()"),
        ("len", "<function len>"),
        ("ValueError('no')", "ValueError(no)"),
        ("float('inf')", "∞"),
        ("None", "None"),
        ("True", "True"),
        ("1 + 2j", "(1+2j)"),
        ("__import__('numpy').zeros((3, 4, 5))", "(3, 4, 5) float64"),
        ("__import__('numpy').zeros((300, 400))", "(300, 400) float64"),
        ("__import__('numpy').array(['a', 'b'])", "[a, b]"),
        ("__import__('numpy').array(2.50)", "2.5"),
        ("__import__('fractions').Fraction(1, 3)", "Fraction(1/3)"),
    ],
)
def test_how_values_are_shown(source: str, shown: str) -> None:
    assert repr(fp.trace(f"x = {source}\n")).splitlines()[-1].strip() == f"x → {shown}"


def test_a_module_can_be_traced() -> None:
    assert "z1 → [0.0, −0.1, 0.5]" in repr(fp.trace(fp.lesson))
    with pytest.raises(TraceError, match="has no source"):
        fp.trace(sys)


def test_it_is_not_in_the_callers_way() -> None:
    before = sys.modules["__main__"], sys.argv, sys.path, sys.stdout
    fp.trace("import sys\nsys.argv.append('x')\nsys.path.append('y')\nraise ValueError\n")
    assert (sys.modules["__main__"], sys.argv, sys.path, sys.stdout) == before
    assert "y" not in sys.path


# The magic ------------------------------------------------------------------------------------------------------------


@pytest.fixture(scope="module")
def notebook(tmp_path_factory: pytest.TempPathFactory) -> Any:
    """IPython's own shell, with the magic loaded, and a name in it."""
    config = Config()
    config.HistoryManager.enabled = False
    config.InteractiveShell.colors = "nocolor"
    config.InteractiveShell.ipython_dir = str(tmp_path_factory.mktemp("ipython"))
    shell = InteractiveShell(config=config, user_module=ModuleType("notebook"))
    shell.user_ns["a"] = 20
    assert shell.run_cell("%load_ext fwdpass").success
    return shell


def test_a_cell_is_traced_in_the_notebooks_names(notebook: Any) -> None:
    view = notebook.run_cell("%%trace\nb = a + 1\n").result
    assert isinstance(view, TraceView)
    assert repr(view) == "1  b = a + 1\n     a = 20\n     b → 21"
    assert notebook.run_cell("b").result == 21


def test_a_cell_that_fails_shows_its_trace_and_raises(notebook: Any, capsys: pytest.CaptureFixture[str]) -> None:
    assert isinstance(notebook.run_cell("%%trace\nb = a / 0\n").error_in_exec, ZeroDivisionError)
    shown = capsys.readouterr().out
    assert shown.index("! a is 20") < shown.index("ZeroDivisionError: division by zero")


def test_each_cell_has_a_name_of_its_own(notebook: Any) -> None:
    for value in (1, 2):
        notebook.run_cell(f"%%trace\ndef f{value}():\n    return {value}\n")
    assert [inspect.getsource(notebook.user_ns[f"f{value}"]).split()[-1] for value in (1, 2)] == ["1", "2"]


def test_the_magic_has_the_commands_options(notebook: Any, capsys: pytest.CaptureFixture[str]) -> None:
    cell = "import sys\nlast = sys.argv[-1]\nfor i in range(9):\n    n = i\n"
    view = notebook.run_cell(f"%%trace --first 1 -- -v\n{cell}").result
    capsys.readouterr()
    assert notebook.user_ns["last"] == "-v"
    assert view.trace.limits.first == 1
    for line, said in (("--out x", "%%trace has no option --out"), ("--first 0", "a whole number of 1 at least")):
        assert not notebook.run_cell(f"%%trace {line}\nx = 1\n").success
        printed = capsys.readouterr()
        assert printed.out.startswith("TraceError: %%trace")
        assert said in printed.out
        assert "Traceback" not in printed.out + printed.err


@pytest.mark.parametrize(
    ("cell", "said"),
    [
        ("x = 1\n%matplotlib inline\n", "line 2 of the cell has '%matplotlib', which is IPython's"),
        ("!ls\n", "line 1 of the cell has '!ls'"),
        ("import asyncio\nawait asyncio.sleep(0)\n", "the cell awaits outside of a function"),
    ],
)
def test_what_only_a_notebook_runs_is_refused_as_what_it_is(
    notebook: Any, capsys: pytest.CaptureFixture[str], cell: str, said: str
) -> None:
    assert not notebook.run_cell(f"%%trace\n{cell}").success
    printed = capsys.readouterr()
    assert printed.out.startswith(f"TraceError: {said}")
    assert "Traceback" not in printed.out + printed.err


def test_what_others_want_to_have_called_at_the_end_is_not_called_with_the_script(tmp_path: Path) -> None:
    """Libraries of this process, such as h5py, put their house in order when it ends, not when a script does."""
    called: list[str] = []
    ours = lambda: called.append("ours")  # noqa: E731 - what is registered has to be unregistered
    atexit.register(ours)
    script = tmp_path / "script.py"
    script.write_text(
        "import atexit\ndef gone():\n    print('gone')\natexit.register(print, 'then')\natexit.register(gone)\n"
        "atexit.register(print, 'now')\natexit.unregister(gone)\natexit.register(lambda: 1 / 0)\n",
        "utf-8",
    )
    try:
        assert main(["trace", str(script), "-o", str(tmp_path / "out.txt")]) == 0
    finally:
        atexit.unregister(ours)
    assert called == []


def test_what_a_script_wants_to_have_called_at_its_end_is_called_once_the_last_first(
    tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    script = tmp_path / "script.py"
    script.write_text("import atexit\natexit.register(print, 'then')\natexit.register(print, 'now')\n", "utf-8")
    assert main(["trace", str(script), "-o", str(tmp_path / "out.txt")]) == 0
    assert capsys.readouterr().out == "now\nthen\n"
