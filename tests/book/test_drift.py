"""How a book may come to say what nobody computed: each fault that was seen in other stacks, and what ours does.

| fault | test |
|---|---|
| package changed, cached or incremental build | test_fresh.py, and test_no_mode_brings_back_an_old_number |
| number glued from another page | test_a_number_of_another_page_cannot_be_pasted |
| stored outputs of a notebook | test_faults.py: stored_outputs |
| overrides of a page or a cell | test_faults.py: page_cannot_choose, skipped_cell |
| cell raises | test_faults.py: cell_raises, and test_an_error_cannot_be_allowed_for_all_pages |
| kernel dies | test_a_cell_that_ends_the_process_publishes_nothing |
| cell runs too long | test_faults.py: cell_never_ends |
| kernelspec missing, or shadowed | test_no_kernel_is_asked_for |
| cell writes to standard error | test_faults.py: cell_warns, cell_writes_an_error |
| NumPy's version, its way to write a number | test_fresh.py: another_numpy; test_numerals.py |
| BLAS kernel, hash seed, locale C, folder, two jobs, second build | test_everywhere.py |
| locale that is not installed | test_an_unknown_locale_publishes_nothing |
| two builds at once | test_two_builds_at_once_are_the_same |
| no network | test_no_network_is_needed |
| role in a formula or an alternative text | test_places.py, and test_a_role_that_nobody_reads_is_found |
| read-only source | test_a_build_writes_nothing_beside_its_source |
| what a kernel says on every page | test_a_build_says_nothing |
| Windows | the continuous integration |
"""

from __future__ import annotations

import shutil
from concurrent.futures import ThreadPoolExecutor
from pathlib import Path

import pytest

from fwdpass.testing import Built, build
from tests.book.conftest import CONF, HEADER, BuildPages

pytestmark = pytest.mark.book

PAGE = "The loss is {n}`mse`.\n\n```{code-cell} python3\nmse\n```\n"
OFFLINE = """
import socket
def _refuse(*_): raise OSError("no network")
socket.socket.connect = socket.create_connection = socket.getaddrinfo = _refuse
"""


def write(folder: Path, conf: str = "", page: str = PAGE) -> Path:
    folder.mkdir(parents=True, exist_ok=True)
    (folder / "conf.py").write_text(conf + CONF, "utf-8")
    (folder / "index.md").write_text(HEADER + page, "utf-8")
    return folder


def files(folder: Path) -> dict[str, bytes]:
    found = (path for path in sorted(folder.rglob("*")) if path.is_file())
    return {path.relative_to(folder).as_posix(): path.read_bytes() for path in found}


@pytest.fixture(scope="module")
def plain(tmp_path_factory: pytest.TempPathFactory) -> tuple[Path, dict[str, bytes], Built]:
    """A book of one page, what its folder has before the build, and the build."""
    source = write(tmp_path_factory.mktemp("plain") / "source")
    before = files(source)
    return source, before, build(source, source.parent / "built")


def test_a_build_says_nothing(plain: tuple[Path, dict[str, bytes], Built]) -> None:
    assert plain[2].status == 0
    assert plain[2].messages == ""


def test_a_build_writes_nothing_beside_its_source(plain: tuple[Path, dict[str, bytes], Built]) -> None:
    source, before, _ = plain
    assert files(source) == before


def test_two_builds_at_once_are_the_same(plain: tuple[Path, dict[str, bytes], Built], tmp_path: Path) -> None:
    with ThreadPoolExecutor(2) as together:
        both = list(together.map(lambda name: build(plain[0], tmp_path / name), ("here", "there")))
    assert [built.status for built in both] == [0, 0]
    assert files(both[0].html) == files(both[1].html) == files(plain[2].html)


def test_no_kernel_is_asked_for(plain: tuple[Path, dict[str, bytes], Built], tmp_path: Path) -> None:
    """Neither a kernel that is not there nor one that stands in another's place changes a byte."""
    source = tmp_path / "source"
    shutil.copytree(plain[0], source)
    page = source / "index.md"
    page.write_text(page.read_text("utf-8").replace("name: python3", "name: nowhere"), "utf-8")
    spec = tmp_path / "jupyter" / "kernels" / "nowhere"
    spec.mkdir(parents=True)
    (spec / "kernel.json").write_text('{"argv": ["false"], "display_name": "x", "language": "python"}', "utf-8")
    built = build(source, tmp_path / "built", env={"JUPYTER_PATH": str(tmp_path / "jupyter")})
    assert built.status == 0, built.messages
    assert (built.html / "index.html").read_bytes() == (plain[2].html / "index.html").read_bytes()


def test_no_network_is_needed(tmp_path: Path) -> None:
    built = build(write(tmp_path / "source", conf=OFFLINE), tmp_path / "built")
    assert built.status == 0, built.messages


def test_an_unknown_locale_publishes_nothing(plain: tuple[Path, dict[str, bytes], Built], tmp_path: Path) -> None:
    built = build(plain[0], tmp_path, env={"LC_ALL": "xx_XX.UTF-8"})
    if built.status == 0:  # a C library without locales, such as musl, knows them all
        assert files(built.html) == files(plain[2].html)
    else:
        assert "locale" in built.messages
        assert not built.html.exists()


@pytest.mark.parametrize("mode", ["off", "auto", "cache", "inline"])
def test_no_mode_brings_back_an_old_number(tmp_path: Path, mode: str) -> None:
    conf = f"import sys\nsys.path.insert(0, {str(tmp_path / 'source')!r})\nnb_execution_mode = {mode!r}\n"
    source = write(tmp_path / "source", conf, "```{code-cell} python3\nimport mine\n```\n\nIt is {n}`mine.value`.\n")
    for value in ("0.25", "0.5"):
        (source / "mine.py").write_text(f"value = {value}\n# {value}\n", "utf-8")
        shutil.rmtree(source / "__pycache__", ignore_errors=True)
        built = build(source, tmp_path / "built")
        assert built.status == 0, built.messages
        assert f"It is {value}." in built.said("index.html")


def test_a_number_of_another_page_cannot_be_pasted(build_pages: BuildPages) -> None:
    built = build_pages(page="{n}`mse`", other="{glue:text}`page.md::mse` and {glue}`mse`\n")
    assert built.status == 1
    assert "other.md" in built.messages


def test_an_error_cannot_be_allowed_for_all_pages(build_pages: BuildPages) -> None:
    conf = "nb_execution_allow_errors = True\nnb_execution_raise_on_error = False\n"
    built = build_pages(conf=conf, page="```{code-cell} python3\n1 / 0\n```\n")
    assert built.status == 1
    assert "ZeroDivisionError" in built.messages
    assert not list(built.html.rglob("*.html"))


def test_a_cell_that_ends_the_process_publishes_nothing(build_pages: BuildPages) -> None:
    built = build_pages(page="```{code-cell} python3\nimport os\nos.abort()\n```\n")
    assert built.status != 0
    assert not list(built.html.rglob("*.html"))


def test_a_cell_that_leaves_with_success_is_a_fault(build_pages: BuildPages) -> None:
    built = build_pages(page="```{code-cell} python3\nimport os\nos._exit(0)\n```\n")
    assert built.status == 1
    assert "page.md" in built.messages
    assert "would have ended the build" in built.messages
    assert not list(built.html.rglob("*.html"))


def test_a_role_that_nobody_reads_is_found(build_pages: BuildPages) -> None:
    built = build_pages(page="$a = {n}`mse`$ and ![{n}`mse`](page.svg)\n")
    assert built.status == 1
