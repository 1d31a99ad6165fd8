"""Python for browsers: its wheel is accepted by its hash alone, and its archives have what was asked for."""

from __future__ import annotations

import ast
import hashlib
import http.server
import importlib.util
import inspect
import json
import marshal
import shutil
import sys
import threading
from collections.abc import Iterator
from functools import partial
from pathlib import Path
from types import CodeType
from zipfile import ZipFile

import numpy as np
import pytest

from fwdpass.errors import FwdpassError
from fwdpass.live import runtime
from fwdpass.live.compiled import bytecode, compile_archive
from fwdpass.live.packages import AT_HOME, modules, packages, signature
from fwdpass.sphinxext.python import _write_packages
from fwdpass.trace.names import summary

WHEEL = "numpy-0-none-any.whl"


@pytest.fixture(autouse=True)
def release(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Iterator[Path]:
    """A cache of the test's own, and a release that a server of its own has."""
    monkeypatch.setenv("XDG_CACHE_HOME", str(tmp_path / "cache"))
    folder = tmp_path / "release"
    folder.mkdir()

    class Quiet(http.server.SimpleHTTPRequestHandler):
        def log_message(self, *_: object) -> None: ...

    server = http.server.ThreadingHTTPServer(("127.0.0.1", 0), partial(Quiet, directory=str(folder)))
    thread = threading.Thread(target=server.serve_forever)
    thread.start()
    monkeypatch.setattr(runtime, "RELEASE", f"http://127.0.0.1:{server.server_port}/{{name}}")
    yield folder
    server.shutdown()
    server.server_close()
    thread.join()


def archive(path: Path, **files: str) -> Path:
    path.parent.mkdir(parents=True, exist_ok=True)
    with ZipFile(path, "w") as whole:
        for name, content in files.items():
            whole.writestr(f"{name}.py", content)
    return path


def digest(path: Path) -> str:
    return hashlib.sha256(path.read_bytes()).hexdigest()


def test_a_wheel_that_is_given_is_kept_and_found_again_without_it(tmp_path: Path) -> None:
    given = archive(tmp_path / "given.whl", a="1")
    kept = runtime.wheel_of(WHEEL, digest(given), "1.0", given)
    assert kept.read_bytes() == given.read_bytes()
    assert runtime.wheel_of(WHEEL, digest(given), "1.0") == kept == runtime.cache() / WHEEL


def test_the_release_has_it_where_nobody_else_does(release: Path) -> None:
    there = archive(release / WHEEL, a="2")
    assert runtime.wheel_of(WHEEL, digest(there), "1.0").read_bytes() == there.read_bytes()


def test_another_file_is_refused_wherever_it_comes_from(tmp_path: Path, release: Path) -> None:
    wanted = digest(archive(tmp_path / "wanted.whl", a="1"))
    given = archive(tmp_path / "given.whl", a="2")
    archive(release / WHEEL, a="3")
    (runtime.cache()).mkdir(parents=True)
    (runtime.cache() / WHEEL).write_bytes(b"half of it")
    with pytest.raises(FwdpassError) as refused:
        runtime.wheel_of(WHEEL, wanted, "1.0", given)
    said = str(refused.value)
    assert said.startswith(f"no {WHEEL} with the hash {wanted}. Tried: ")
    assert said.count("another file, with the hash") == 3
    assert said.endswith("A file can be given with --wheel")
    assert (runtime.cache() / WHEEL).read_bytes() == b"half of it"


def test_the_folder_has_what_a_list_names_and_the_same_bytes_each_time(tmp_path: Path) -> None:
    pyodide = tmp_path / "pyodide"
    wheel = archive(tmp_path / "numpy.whl", **{"numpy/__init__": "1", "numpy/tests": "2"})
    archive(pyodide / runtime.LIBRARY, abc="3", zipfile="4")
    for name in runtime.COPIED:
        (pyodide / name).write_text(name, "utf-8")
    packages = {"numpy": {"file_name": WHEEL, "sha256": digest(wheel), "version": "0"}}
    (pyodide / runtime.LOCK).write_text(json.dumps({"info": {"python": "3.14"}, "packages": packages}), "utf-8")
    (pyodide / "package.json").write_text(json.dumps({"version": "1.0"}), "utf-8")
    listed = tmp_path / "modules.txt"
    listed.write_text("abc.py\nnumpy/__init__.py\n", "utf-8")
    made = []
    for name in ("one", "two"):
        into = tmp_path / name
        command = [str(pyodide), str(into), "--wheel", str(wheel), "--modules", str(listed), "--sources"]
        assert runtime.main(command) == 0
        made.append({path.name: path.read_bytes() for path in into.iterdir()})
    assert made[0] == made[1]
    assert ZipFile(tmp_path / "one" / runtime.LIBRARY).namelist() == ["abc.py"]
    assert ZipFile(tmp_path / "one" / runtime.NUMPY).namelist() == ["numpy/__init__.py"]
    assert json.loads(made[0][runtime.LOCK])["packages"] == {}


def test_what_is_no_archive_is_said_in_a_sentence(tmp_path: Path) -> None:
    broken = tmp_path / "broken.zip"
    broken.write_bytes(b"no")
    with pytest.raises(FwdpassError, match="is no archive"):
        runtime.pack(broken, tmp_path / "packed.zip", None)


LATE = """'A module.'

class Fact:
    'A fact.'

    async def read(self):
        'Read it.'

    def said(self, much=2):
        \'\'\'said(much)

        Say it.

        More than once.

        Returns
        -------
        said : str
            It.
        \'\'\'
        assert much > 1, 'too little'
        return 'Say it.' * much
"""


def test_modules_are_compiled_without_most_of_what_only_people_read_and_do_the_same(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    made = []
    for name in ("one", "two"):
        path = archive(tmp_path / name, compiled_late=LATE, other="1")
        with ZipFile(path, "a") as whole:
            whole.writestr("late.so", b"no source")
            whole.writestr("fwdpass/nn.py", b"shown = 1")
            whole.comment = b"whose"
        compile_archive(str(path), "/there")
        made.append(path.read_bytes())
    assert made[0] == made[1]
    with ZipFile(path) as whole:
        assert whole.namelist() == ["compiled_late.pyc", "fwdpass/nn.py", "late.so", "other.pyc"]
        assert whole.comment == b"whose"
        assert whole.read("late.so") == b"no source"
    compile_archive(str(path), "/there")
    assert path.read_bytes() == made[0]  # what is compiled stays so
    monkeypatch.syspath_prepend(path)
    late = importlib.import_module("compiled_late")
    fact = late.Fact()
    assert [one.__doc__ for one in (late, late.Fact, late.Fact.read)] == ["", "A fact.", "Read it."]
    assert summary(late.Fact.said.__doc__) == "Say it."
    assert "More" not in late.Fact.said.__doc__
    assert "said : str" in late.Fact.said.__doc__  # numpy.ma replaces what NumPy's functions return, and fails without
    assert "It." not in late.Fact.said.__doc__
    assert fact.said() == "Say it." * 2
    assert late.Fact.said.__code__.co_filename == "/there/compiled_late.py"
    with pytest.raises(AssertionError, match="too little"):
        fact.said(1)


def test_without_node_modules_stay_sources_only_where_that_is_said(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setenv("PATH", str(tmp_path))
    with pytest.raises(FwdpassError, match=r"Node is not installed, .* --sources leaves them as they are"):
        runtime.compiled(tmp_path)


@pytest.mark.skipif(not shutil.which("node"), reason="no Node here")
def test_what_node_cannot_compile_is_said_in_a_sentence(tmp_path: Path) -> None:
    (tmp_path / "pyodide.mjs").write_text("export function loadPyodide() { throw new Error('no Python'); }", "utf-8")
    with pytest.raises(FwdpassError, match=r"the modules could not be compiled in Node: .*no Python"):
        runtime.compiled(tmp_path)


def test_what_a_reader_does_without_is_there_to_be_left_out() -> None:
    """A module that has another name now would be sent again, and nobody would know."""
    assert {name for name, _ in modules()} >= AT_HOME
    assert packages().keys().isdisjoint(AT_HOME)


def test_what_is_sent_imports_nothing_of_python_that_is_not() -> None:
    """Of Python's library, a list says what goes along; what is frozen or built into Python is always there."""
    listed = {*(Path(__file__).parents[2] / "requirements/node/live/modules.txt").read_text("utf-8").split()}
    lacking = set()
    for name, source in packages().items():
        for node in ast.parse(source).body:
            if isinstance(node, ast.Import):
                asked = [one.name for one in node.names]
            elif isinstance(node, ast.ImportFrom) and node.module and not node.level:
                asked = [node.module]
            else:
                continue
            lacking |= {(name, one) for one in asked if _is_file(one) and listed.isdisjoint(_files(one))}
    assert not {pair for pair in lacking if pair[0].startswith("fwdpass/")}


def _is_file(module: str) -> bool:
    """Whether a module is a file of Python's library; ``collections.abc`` is frozen under another name."""
    if module.partition(".")[0] not in sys.stdlib_module_names or module == "collections.abc":
        return False
    spec = importlib.util.find_spec(module)
    return spec is not None and (spec.origin or "").endswith(".py")


def _files(module: str) -> set[str]:
    """The files that a module may be: in some release, it has become a package."""
    return {f"{module.replace('.', '/')}{end}" for end in (".py", "/__init__.py")}


def test_packages_are_sent_compiled_only_where_they_are_of_the_very_same_sources(tmp_path: Path) -> None:
    """Or a site would run a package that is no longer there."""
    made = tmp_path / runtime.PACKAGES
    sent = tmp_path / "site" / runtime.PACKAGES
    sent.parent.mkdir()
    sources = packages()
    other = {**sources, "fwdpass/nn.py": sources["fwdpass/nn.py"] + b"#"}
    for said in (signature(sources), signature(other), b"", None):
        made.write_bytes(b"")
        if said is not None:
            with ZipFile(made, "w") as archive:
                archive.comment = said
        _write_packages(tmp_path, sent)
        with ZipFile(sent) as archive:
            found = {name: archive.read(name) for name in archive.namelist()}
        assert found == ({} if said == signature(sources) else sources)
    moved = {"a.py": b"1b.py 1\n2"}, {"a.py": b"1", "b.py": b"2"}
    assert len({*map(signature, moved)}) == len(moved)


def test_what_a_trace_says_of_functions_is_kept_when_they_are_compiled() -> None:
    """Of a module as NumPy writes it: its docstrings begin with what is done, or with a signature before that."""
    for name in ("_core/fromnumeric", "_core/multiarray", "lib/_function_base_impl", "linalg/_linalg"):
        source = (Path(np.__file__).parent / f"{name}.py").read_bytes()
        compiled = marshal.loads(bytecode(source, "there.py")[16:])  # noqa: S302 - made above
        whole = compile(source, "there.py", "exec", dont_inherit=True)
        kept = [summary(said) for said in _docstrings(compiled)]
        assert kept == [summary(said) for said in _docstrings(whole)]
        assert sum(map(bool, kept)) > 20


def _docstrings(code: CodeType) -> Iterator[str]:
    """Give what begins each function within a module, where it is a text: its docstring."""
    for inner in code.co_consts:
        if isinstance(inner, CodeType) and not inner.co_name.startswith("_"):
            if inner.co_flags & inspect.CO_OPTIMIZED and inner.co_consts and isinstance(inner.co_consts[0], str):
                yield inner.co_consts[0]
            yield from _docstrings(inner)
