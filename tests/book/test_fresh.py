"""Nothing is stale: what a number depends on reads its page again, in a warm build as in a cold one."""

from __future__ import annotations

import os
import pickle
import re
import shutil
from dataclasses import dataclass
from pathlib import Path

import pytest

import fwdpass
from fwdpass.sphinxext import records
from fwdpass.sphinxext.fingerprint import env_version
from fwdpass.testing import Built, build
from tests.book.conftest import CONF, HEADER, BuildPages, only

pytestmark = pytest.mark.book

DOCS = Path(__file__).parent.parent.parent / "docs"


def test_what_an_older_release_has_kept_is_not_looked_at(build_pages: BuildPages) -> None:
    """An upgrade below a warm build: the older release kept less of a page, and Sphinx begins anew."""
    first = build_pages(page="Loss {n}`mse`.")
    kept = first.doctrees / "environment.pickle"
    env = pickle.loads(kept.read_bytes())  # noqa: S301 - this test has just made it
    assert env.version["fwdpass.sphinxext"] == env_version()
    env.version["fwdpass.sphinxext"] -= 1
    for record in records.records(env).values():
        del record.versions
    kept.write_bytes(pickle.dumps(env))
    again = build_pages(page="Loss {n}`mse`.")
    assert (again.status, again.messages) == (0, first.messages)
    assert again.pages()["page.html"] == first.pages()["page.html"]


@dataclass(frozen=True)
class Workshop:
    """A copy of the package and of the book, where anything may be edited."""

    root: Path

    def edit(self, path: str, old: str, new: str) -> None:
        file = self.root / path
        text = file.read_text("utf-8")
        assert old in text, f"{old!r} is not in {path}"
        file.write_text(text.replace(old, new, 1), "utf-8")

    def build(self, into: str = "built", *options: str) -> Built:
        path = os.pathsep.join([str(self.root / "src"), os.environ.get("PYTHONPATH", "")])
        # without the readings of other pictures, which take most of a build's time and change with the page
        without = ("-D", "fwdpass_live.array=")
        built = build(self.root / "docs", self.root / into, *without, *options, env={"PYTHONPATH": path})
        assert built.status == 0, built.messages
        return built


@pytest.fixture(scope="module")
def workshop(tmp_path_factory: pytest.TempPathFactory) -> Workshop:
    root = tmp_path_factory.mktemp("workshop")
    ignore = shutil.ignore_patterns("_build", "__pycache__")
    shutil.copytree(Path(fwdpass.__file__).parent, root / "src" / "fwdpass", ignore=ignore)
    shutil.copytree(DOCS, root / "docs", ignore=ignore)
    shutil.copy(DOCS.parent / "CHANGELOG.md", root)
    return Workshop(root)


def files(built: Built) -> dict[str, bytes]:
    return {str(path.relative_to(built.html)): path.read_bytes() for path in built.html.rglob("*") if path.is_file()}


def test_editing_the_lesson_and_a_page_moves_what_follows_in_a_warm_build_as_in_a_cold_one(workshop: Workshop) -> None:
    """All files, after a build that reads every page again, one that has nothing to do, and one that writes a page."""
    before = workshop.build().pages()
    workshop.edit("src/fwdpass/lesson.py", "[ 0.2, -0.5,  0.1]", "[ 0.6, -0.5,  0.1]")
    workshop.edit("src/fwdpass/lesson.py", "b2 = np.array([0.0,", "b2 = np.array([0.7,")
    warm = workshop.build()
    after = files(warm)
    chapter = "matrix-multiplication.html"
    assert warm.pages()[chapter] != before[chapter]
    # 0.6 + 0.1 − 0.4 + 0.1: the first hidden neuron, alive now, in the script's own output, too
    assert "z1 0.4 -0.1 0.5" in warm.said(chapter)
    assert "[ 0.6, -0.5, 0.1]" in warm.said(chapter)
    script = (warm.html / "_downloads" / "forward_pass.py").read_text("utf-8")
    assert "[ 0.6, -0.5,  0.1]" in script

    assert files(workshop.build()) == after
    workshop.edit("docs/glossary.md", "the slightest push", "the gentlest push")
    moved = files(workshop.build())
    assert {name for name in moved if moved[name] != after[name]} >= {"glossary.html", "searchindex.js"}
    assert {name for name in moved if name.endswith(".html") and moved[name] != after[name]} == {"glossary.html"}
    assert moved == files(workshop.build("cold"))


def test_changing_a_function_of_the_package_moves_the_pages(workshop: Workshop) -> None:
    before = workshop.build("neurons", *only("neurons")).pages()
    workshop.edit("src/fwdpass/figures/matrix.py", 'f"{self.called}, {size}"', 'f"{self.called} has {size}"')
    after = workshop.build("neurons", *only("neurons")).pages()
    workshop.edit("src/fwdpass/figures/matrix.py", 'f"{self.called} has {size}"', 'f"{self.called}, {size}"')
    assert ">z1, three numbers<" in before["neurons.html"]
    said = re.compile(r"\b(\w+), (\w+ numbers)(?=[<\"])")
    assert after["neurons.html"] == said.sub(r"\1 has \2", before["neurons.html"])


def test_a_function_that_makes_a_sentence_false_ends_the_build(workshop: Workshop) -> None:
    workshop.edit("src/fwdpass/nn.py", "return maximum(0, z)", "return 2 * maximum(0, z)")
    with pytest.raises(AssertionError, match="xor_is_right: the claim is false"):
        workshop.build("chapter", *only("matrix-multiplication"))
    workshop.edit("src/fwdpass/nn.py", "return 2 * maximum(0, z)", "return maximum(0, z)")


def test_another_numpy_reads_every_page_again(build_pages: BuildPages) -> None:
    conf = "import numpy\nnumpy.__version__ = {version!r}\n"
    page = "Built with {n}`np.__version__`."
    first = build_pages(page=page, conf=conf.format(version="2.100.0"))
    assert "Built with 2.100.0." in first.said("page.html")
    second = build_pages(page=page, conf=conf.format(version="2.101.0"))
    assert "Built with 2.101.0." in second.said("page.html")


def test_a_module_beside_the_pages_and_a_file_that_is_named_read_them_again(tmp_path: Path) -> None:
    source = tmp_path / "source"
    source.mkdir()
    conf = CONF + 'fwdpass_depends = ["../*.txt"]\n'
    (source / "conf.py").write_text(conf, "utf-8")
    cell = "```{code-cell} python3\nimport mine\ndata = open('../data.txt').read()\n```\n"
    page = f"{HEADER}{cell}\n{{n}}`mine.value` and {{n}}`data`\n"
    (source / "index.md").write_text(page, "utf-8")
    for value in ("0.25", "0.5"):
        (source / "mine.py").write_text(f"value = {value}\n# {value}\n", "utf-8")
        (tmp_path / "data.txt").write_text(value, "utf-8")
        shutil.rmtree(source / "__pycache__", ignore_errors=True)
        built = build(source, tmp_path / "built")
        assert built.status == 0, built.messages
        assert f"{value} and {value}" in built.said("index.html")


def test_nothing_is_read_again_when_nothing_changed(build_pages: BuildPages) -> None:
    page = build_pages(page="{n}`mse`").html / "page.html"
    before = page.stat().st_mtime_ns
    assert build_pages(page="{n}`mse`").status == 0
    assert page.stat().st_mtime_ns == before
