"""What a command that serves a book says where it cannot, and what a page that is open is told."""

from __future__ import annotations

import socket
import subprocess
import sys
from collections.abc import Generator
from pathlib import Path
from typing import Any

import pytest

from fwdpass.__main__ import main
from fwdpass.serve.desk import Desk, Holder
from fwdpass.serve.site import HOST, Notice, Site, scripted

PAGE = '<html><head><meta charset="utf-8"><script>first()</script></head><body>{}</body></html>'


@pytest.fixture
def site(tmp_path: Path) -> Site:
    (tmp_path / "index.html").write_text(PAGE.format("one"), "utf-8")
    site = Site(tmp_path, lambda _: None)
    site.build({"index": "index.html"})
    return site


def told(site: Site, built: int = 0, at: int = 0, epoch: str = "") -> Generator[tuple[str, dict[str, Any]], None, None]:
    return site.events("index", epoch or site.epoch, built, at)


# The command ---------------------------------------------------------------------------------------------------------


def test_a_folder_without_a_book_is_refused(tmp_path: Path, capsys: pytest.CaptureFixture[str]) -> None:
    assert main(["serve", str(tmp_path / "none")]) == 1
    said = capsys.readouterr().err
    assert said.startswith("fwdpass: no book in ")
    assert "there is no conf.py" in said


def test_a_port_that_is_taken_is_refused(tmp_path: Path, capsys: pytest.CaptureFixture[str]) -> None:
    (tmp_path / "conf.py").touch()
    with socket.create_server((HOST, 0)) as other:
        port = other.getsockname()[1]
        assert main(["serve", str(tmp_path), "--port", str(port)]) == 1
    said = capsys.readouterr().err
    assert said.startswith(f"fwdpass: cannot serve at port {port}: ")
    assert "name another with --port, or 0 for one that is free" in said


def test_what_is_not_installed_is_named(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]
) -> None:
    (tmp_path / "conf.py").touch()
    monkeypatch.setattr("fwdpass.serve.command.find_spec", lambda name: None if name == "watchfiles" else sys)
    assert main(["serve", str(tmp_path)]) == 1
    assert capsys.readouterr().err == "fwdpass: fwdpass serve needs watchfiles: pip install 'fwdpass[book,serve]'\n"


# What an open page is told -------------------------------------------------------------------------------------------


def test_a_page_has_our_script_before_any_other(site: Site) -> None:
    html = site.html_of("index")
    assert html.index("serve.js") < html.index("first()")
    assert f'data-page="index" data-epoch="{site.epoch}" data-built="0" data-at="0"' in html
    assert scripted("<head></head>", page='"').count("&quot;") == 1


def test_a_page_is_told_what_it_lacks_and_no_more(site: Site) -> None:
    site.patch("index", {"n1": "a"})
    site.patch("index", {"n1": "b"})
    events = told(site)
    assert [next(events), next(events)] == [("0.1", {"patch": {"n1": "a"}}), ("0.2", {"patch": {"n1": "b"}})]
    assert next(events) == ("0.2", {"notice": {"doing": "", "faults": [], "old": False, "ready": False}})
    late = told(site, at=1)
    assert next(late) == ("0.2", {"patch": {"n1": "b"}})


def test_a_page_that_was_written_again_is_taken_anew(site: Site) -> None:
    (site.folder / "index.html").write_text(PAGE.format("two"), "utf-8")
    site.rewrite(["index"])
    assert [*told(site)] == [("", {"swap": True})]
    assert next(told(site, built=1))[1] == {"notice": {"doing": "", "faults": [], "old": False, "ready": False}}


def test_a_page_that_is_as_its_patches_made_it_stays(site: Site) -> None:
    site.patch("index", {"n1": "a"})
    (site.folder / "index.html").write_text(PAGE.format("patched"), "utf-8")
    site.rewrite(["index"], same=["index"])
    assert 'data-at="1"' in site.html_of("index")
    assert "patched" in site.html_of("index")
    assert next(told(site, at=1))[1].keys() == {"notice"}
    site.rewrite(["index"])  # and what has not changed since is not news
    assert next(told(site, at=1))[1].keys() == {"notice"}


def test_another_book_is_loaded(site: Site) -> None:
    before = site.epoch
    site.build({"index": "index.html"})
    assert [*told(site, epoch=before)] == [("", {"reload": True})]


def test_what_is_old_is_said_where_it_is(site: Site) -> None:
    site.say(Notice("", ("a fault",), frozenset(["other"])))
    assert next(told(site))[1] == {"notice": {"doing": "", "faults": ["a fault"], "old": False, "ready": False}}
    site.say(Notice("", ("a fault",), frozenset(["index"])))
    assert next(told(site))[1] == {"notice": {"doing": "", "faults": ["a fault"], "old": True, "ready": False}}


def test_a_page_counts_as_open_as_long_as_it_listens(site: Site) -> None:
    events = told(site)
    next(events)
    assert site.open == {"index"}
    events.close()
    assert site.open == set()


# Which files concern the book ----------------------------------------------------------------------------------------


@pytest.mark.parametrize(
    ("name", "matters"),
    [("page.md", True), ("conf.py", True), ("a/b.css", True), (".page.md.swp", False), ("page.md~", False),
     ("4913", False), ("#page.md#", False), ("_build/x.html", False), ("__pycache__/m.pyc", False)],
)  # fmt: skip
def test_what_editors_make_for_themselves_is_passed_over(tmp_path: Path, name: str, matters: bool) -> None:
    assert Desk(tmp_path, tmp_path / "_build" / "serve")._matters(tmp_path / name) is matters


class Deciding(Desk):
    """A desk that only says what it would do."""

    def __init__(self, folder: Path, *, whole: bool = False) -> None:
        super().__init__(folder, folder / "_build" / "serve", whole=whole)
        with subprocess.Popen([sys.executable, "-c", ""]) as nothing:
            self._holder = Holder(nothing, 0.0, building=False)
        self._holder.facts = {
            "pages": {str(folder / "page.md"): "page", str(folder / "other.md"): "other"},
            "modules": {str(folder / "weights.py"): ["page", "other"]},
            "needed": [str(folder / "table.csv")],
            "suffixes": [".md", ".ipynb"],
        }
        self._there = {path for path in folder.iterdir() if path.is_file()}
        self.done: list[tuple[str, ...]] = []

    def _build(self, why: str) -> None:
        self.done.append(("build", why))

    def _order(self, order: dict[str, Any], *, quiet: bool = True) -> None:
        self.done.append((order["do"], *order["pages"]))


@pytest.mark.parametrize(
    ("changed", "done", "stale"),
    [
        (["page.md"], ("read", "page"), []),
        (["page.md", "other.md"], ("read", "other", "page"), []),
        (["weights.py"], ("patch",), ["other", "page"]),
        (["weights.py", "page.md"], ("read", "page"), ["other"]),
        (["table.csv"], ("read",), []),
        (["conf.py"], ("build", "conf.py has changed"), []),
        (["conf.py", "page.md"], ("build", "conf.py has changed"), []),
        (["new.md"], ("build", "new.md has changed"), []),
        (["gone.css"], ("build", "gone.css is gone"), []),
        (["notes.txt"], None, []),
    ],
)
def test_a_change_asks_for_no_more_than_it_needs(
    tmp_path: Path, changed: list[str], done: tuple[str, ...] | None, stale: list[str]
) -> None:
    for name in ("page.md", "other.md", "weights.py", "table.csv", "conf.py", "gone.css"):
        (tmp_path / name).touch()
    desk = Deciding(tmp_path)
    for name in ("new.md", "notes.txt"):
        (tmp_path / name).touch()
    (tmp_path / "gone.css").unlink()
    desk._changed = {tmp_path / name for name in changed}
    desk._follow()
    assert desk.done == ([] if done is None else [done])
    assert sorted(desk._stale) == stale
    assert desk._changed == set()


def test_where_nothing_can_be_tried_apart_each_change_builds_the_book(tmp_path: Path) -> None:
    (tmp_path / "page.md").touch()
    desk = Deciding(tmp_path, whole=True)
    desk._changed = {tmp_path / "page.md"}
    desk._follow()
    assert desk.done == [("build", "page.md has changed")]


def test_a_system_that_cannot_fork_builds_the_book_each_time(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.delattr("os.fork")
    (tmp_path / "page.md").touch()
    desk = Deciding(tmp_path)
    desk._changed = {tmp_path / "page.md"}
    desk._follow()
    assert desk.done == [("build", "page.md has changed")]
