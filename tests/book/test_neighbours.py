"""The extensions among others: each does its own part, and a project that has neither is as it was."""

from __future__ import annotations

import subprocess
import sys
from pathlib import Path

import pytest

from tests.book.conftest import BuildPages

pytestmark = pytest.mark.book

CELL = (
    "---\nfile_format: mystnb\nkernelspec:\n  name: python3\n---\n# Page\n\n```{code-cell} python3\nprint(6 * 7)\n```\n"
)
BOTH = """
import gc, sys
from myst_nb import sphinx_ as mystnb
from sphinx.cmd.build import main

def ours():
    names = mystnb.Parser.parse, vars(mystnb)["create_client"], mystnb.SphinxNbRenderer
    return *names, gc.get_threshold(), gc.get_freeze_count()

before = ours()
for project in sys.argv[1:]:
    assert main(["-q", "-E", "-b", "html", project, f"{project}/_build"]) == 0
assert ours() == before
"""
PLAIN = 'extensions = ["myst_nb"]\nnb_execution_mode = "off"\nexclude_patterns = ["_build"]\n'
OURS = 'extensions = ["myst_nb", "fwdpass.sphinxext"]\nfwdpass_audit = False\nexclude_patterns = ["_build"]\n'


def project(folder: Path, conf: str, **pages: str) -> Path:
    folder.mkdir()
    (folder / "conf.py").write_text(conf, "utf-8")
    for name, text in pages.items():
        (folder / f"{name}.md").write_text(text, "utf-8")
    return folder


def said(folder: Path) -> str:
    return (folder / "_build" / "index.html").read_text("utf-8")


def in_one_process(*projects: Path) -> None:
    done = subprocess.run(
        [sys.executable, "-c", BOTH, *map(str, projects)], capture_output=True, text=True, check=False
    )
    assert done.returncode == 0, done.stderr


def test_a_project_without_the_extension_is_as_it_was_before_and_after_one_that_has_it(tmp_path: Path) -> None:
    before, ours, after = (
        project(tmp_path / name, conf, index=CELL) for name, conf in (("a", PLAIN), ("b", OURS), ("c", PLAIN))
    )
    in_one_process(before, ours, after)
    assert "<span></span>42\n" in said(ours)
    assert "42" not in said(before)
    assert said(before) == said(after)
    assert "fwdpass" not in said(after)


def test_the_extension_alone_says_nothing_about_the_site(build_pages: BuildPages) -> None:
    conf = 'html_baseurl = "https://example.org/"\nlanguage = "en"\nhtml_extra_path = []\n'
    built = build_pages(page="{n}`mse`", conf=conf)
    assert built.status == 0, built.messages
    page = built.pages()["page.html"]
    assert "0.8963" in page
    for word in ("og:", "en_GB", "noindex", "fwdpass-copy", "fwdpass-page.css", "site.css"):
        assert word not in page
    assert not (built.html / "robots.txt").exists()
    assert not (built.html / "sitemap.xml").exists()


def test_the_theme_alone_makes_a_plain_project_light(tmp_path: Path) -> None:
    conf = 'extensions = ["myst_parser", "fwdpass.theme"]\nhtml_theme = "basic"\nexclude_patterns = ["_build"]\n'
    light = project(tmp_path / "light", conf, index="# Page\n\n```python\nx = 1\n```\n\nWords 7.\n")
    command = [sys.executable, "-m", "sphinx", "-W", "-q", "-b", "html", str(light), str(light / "_build")]
    done = subprocess.run(command, capture_output=True, text=True, check=False)
    assert done.returncode == 0, done.stderr
    assert "_static/site.css" in said(light)
    assert "fwdpass-copy.js" in said(light)
    assert "fwdpass.css" not in said(light)
    assert sorted(path.name for path in (light / "_build" / "_static").glob("*.css")) == ["site.css"]


@pytest.mark.parametrize("extension", ["sphinxext", "theme"])
def test_it_leaves_the_garbage_collector_to_the_application(tmp_path: Path, extension: str) -> None:
    conf = f'extensions = ["myst_nb", "fwdpass.{extension}"]\nexclude_patterns = ["_build"]\n'
    in_one_process(project(tmp_path / "book", conf, index="# Page\n\nWords.\n"))
