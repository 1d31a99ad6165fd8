"""The audit runs wherever pages are HTML files of their own, and says so where it does not."""

from __future__ import annotations

import json
import re
import shutil
import subprocess
import sys
import xml.etree.ElementTree as ET
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from pathlib import Path
from threading import Thread
from zipfile import ZipFile

import pytest

from fwdpass.audit import audit_site
from tests.book.conftest import FIRST, build_book

pytestmark = pytest.mark.book

CONF = "numfig = True\n"
INDEX = "# Index\n\n```{toctree}\n:numbered:\npage\ndeep/other\n```\n"
PAGE = """
(total)=
(sum)=
## A sum

$$ z = \\n{z1[0]} $$ (equation)

See {ref}`here <sum>`, {numref}`sum`, {numref}`total`, {eq}`equation`, {n}`mse` and {doc}`index`.
"""


def pages(text: str = "") -> dict[str, str]:
    return {"index": INDEX, "page": PAGE + text}


@pytest.mark.parametrize("builder", ["html", "dirhtml"])
def test_executed_numbers_are_known_and_a_typed_one_is_found(tmp_path: Path, builder: str) -> None:
    (tmp_path / "source" / "deep").mkdir(parents=True)
    other = "# Other\n\nAs in {numref}`sum` and {eq}`equation`.\n"
    (tmp_path / "source" / "deep" / "other.md").write_text(other, "utf-8")
    built = build_book(tmp_path, "-b", builder, conf=CONF, **pages())
    assert (built.status, built.messages) == (0, "")
    assert audit_site(built.html).faults == ()
    (tmp_path / "source" / "deep" / "other.md").write_text(f"{other}\nThe loss is 0.77.\n", "utf-8")
    refused = build_book(tmp_path, "-b", builder, conf=CONF, **pages("\nAnd 0.78."))
    assert refused.status == 1
    assert "deep/other.md:5: WARNING: '0.77' is a typed number" in refused.messages
    lines = (tmp_path / "source" / "page.md").read_text("utf-8").splitlines()
    assert f"page.md:{lines.index('And 0.78.') + 1}: WARNING: '0.78' is a typed number" in refused.messages


OTHERS = ["epub", "latex", "text", "man", "texinfo", "xml", "singlehtml"]
FOR_OTHERS = r"""
(sum)=
## A sum

$$ z = \n{z1[0]} + \n{mse} $$ (equation)

See {numref}`sum`, {eq}`equation`, $W_1[\n{z1.argmax()}]$, {n}`mse` and `W1[0]`; Python 3.12 is needed.

```{code-cell} python3
import fwdpass as fp
fp.matrix(W1, "x", "h"), print("0.5")
```
"""


INNOCENT_INDEX = "# Index\n\n```{toctree}\n:numbered:\npage\ntyped\n```\n"
TYPED = "Loss 0.77.\n\n```{raw} latex\n\\vspace{2em}\\hspace*{-1.5cm} a loss of 0.76\n```\n"
ONLY = "\n```{only} BUILDER\nOr a loss of BUILDER, 0.78.\n```\n"


@pytest.fixture(scope="module")
def several(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """Give a book that several builders are to build, whose pages are read once."""
    folder = tmp_path_factory.mktemp("builders")
    only = "".join(ONLY.replace("BUILDER", builder) for builder in OTHERS)
    built = build_book(folder, "-b", "dummy", conf=CONF, index=INNOCENT_INDEX, page=FOR_OTHERS, typed=TYPED + only)
    assert (built.status, built.messages) == (0, "")
    return folder


def built_with(folder: Path, builder: str) -> tuple[int, str]:
    """Build with another builder, and hear what it says besides warnings."""
    options = ("-Dversion=1", "-Dcopyright=us", "-Dlanguage=en", "-Dsuppress_warnings=epub.unknown_project_files")
    command = [sys.executable, "-m", "sphinx", "-W", "-N", "-b", builder, "-d", str(folder / "built" / "doctrees")]
    done = subprocess.run(
        [*command, *options, str(folder / "source"), str(folder / builder)],
        capture_output=True, encoding="utf-8", check=False,
    )  # fmt: skip
    return done.returncode, done.stdout + done.stderr


@pytest.mark.parametrize("builder", OTHERS)
def test_what_other_builders_write_is_audited_as_html_is(several: Path, builder: str) -> None:
    status, said = built_with(several, builder)
    assert status == 1
    assert f"audited as the builder html writes them; what {builder} adds by itself" in said
    found = {number: int(line) for line, number in re.findall(r"typed\.md:(\d+): WARNING: '([\d.]+)' is a typed", said)}
    raw = {"0.76": FIRST + 3} if builder == "latex" else {}
    lines = (several / "source" / "typed.md").read_text("utf-8").splitlines()
    only = lines.index(f"```{{only}} {builder}") + 2
    assert found == {"0.77": FIRST, "0.78": only, **raw}
    assert said.count("WARNING") == len(found), "nothing is wrong with the other page"


@pytest.mark.parametrize("builder", ["dummy", "gettext"])
def test_where_there_are_no_pages_it_says_so(several: Path, builder: str) -> None:
    if builder == "gettext":  # it keeps pages in another form
        shutil.rmtree(several / "built" / "doctrees")
    status, said = built_with(several, builder)
    assert status == 0, said
    assert f"the builder {builder} writes no pages, so no number was audited" in said


class _Answers(BaseHTTPRequestHandler):
    """Has one page, and no other."""

    def do_HEAD(self) -> None:
        self.send_response(200 if self.path == "/there" else 404)
        self.end_headers()

    do_GET = do_HEAD

    def log_message(self, *_: object) -> None:
        """Say nothing."""


def test_links_are_checked_on_pages_with_executed_numbers(tmp_path: Path) -> None:
    with ThreadingHTTPServer(("127.0.0.1", 0), _Answers) as server:
        Thread(target=server.serve_forever, daemon=True).start()
        host = f"http://127.0.0.1:{server.server_port}"
        page = f"{PAGE}\nThe loss, [{{n}}`mse`]({host}/there), and {{download}}`the file <data.csv>`.\n"
        (tmp_path / "source").mkdir()
        (tmp_path / "source" / "data.csv").write_text("a,b\n", "utf-8")
        conf, index = f"{CONF}linkcheck_retries = 1\n", "# Index\n\n```{toctree}\n:numbered:\npage\n```\n"
        sound = build_book(tmp_path, "-b", "linkcheck", conf=conf, index=index, page=page)
        assert (sound.status, sound.messages) == (0, "")
        page += f"\n[Gone]({host}/gone) and {{n}}`mse`.\n"
        gone = build_book(tmp_path, "-b", "linkcheck", conf=conf, index=index, page=page)
        server.shutdown()
    lines = (tmp_path / "source" / "page.md").read_text("utf-8").splitlines()
    assert gone.status == 1
    assert re.search(rf"page\.md:{len(lines)}:.*broken.*/gone", gone.messages)
    output = (gone.html / "output.json").read_text("utf-8")
    assert [json.loads(line)["status"] for line in output.splitlines() if "/there" in line] == ["working"]


@pytest.mark.parametrize("above", ["_static", "_downloads"])
def test_the_folder_that_a_site_is_in_changes_nothing(tmp_path: Path, above: str) -> None:
    built = build_book(tmp_path / above, page="{n}`mse`", conf="fwdpass_audit = False\n")
    assert audit_site(built.html).faults == ()
    bad = tmp_path / above / "bad"
    shutil.copytree(built.html, bad)
    page = bad / "page.html"
    page.write_text(page.read_text("utf-8").replace("</h1>", "</h1><p>Loss 0.77.</p>"), "utf-8")
    assert [fault.finding.text for fault in audit_site(bad).faults] == ["0.77"]


# What readers of other builders see -----------------------------------------------------------------------------------

READ = r"""
Of {n}`x.size:count pixel`, the largest sum is {n}`z1.max()`, the least {n}`z1.min()`; $z = \n{z1[1]}$.

```{code-cell} python3
import fwdpass as fp
fp.product(x, W1, "x", "h")
```

```{code-cell} python3
from IPython.display import Math
Math(r"x = \frac{1}{2}")
```

:::{quiz} z1[1]
Which sum is asked for?

- {n}`z1[0]` :: Too early.
- [x] {n}`z1[1]` :: So it is.
- {n}`z1[2]` :: Too late.
:::

```{script} fwdpass.lesson
:filename: lesson.py
```
"""


@pytest.fixture(scope="module")
def read(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """Give a book without faults, whose pages are read once."""
    folder = tmp_path_factory.mktemp("read")
    built = build_book(folder, "-b", "dummy", page=READ)
    assert (built.status, built.messages) == (0, "")
    return folder


@pytest.mark.parametrize(("builder", "page"), [("text", "page.txt"), ("man", "projectnamenotset.1")])
def test_plain_text_has_the_numbers_and_the_answers(read: Path, builder: str, page: str) -> None:
    status, said = built_with(read, builder)
    assert status == 0, said
    pages = [path.read_text("utf-8") for path in sorted((read / builder).iterdir()) if path.is_file()]
    shown = " ".join(" ".join(pages).replace("\\(mi", "−").replace("\\-", "-").split())
    for sentence in ("Of four pixels, the largest sum is 0.5, the least −0.1", "Which sum is asked for?", "So it is."):
        assert sentence in shown
    assert "h0: 1 × 0.2 + 0 × (-0.3)" in shown, "a figure is drawn as text"
    assert "frac{1}{2}" in shown, "what has no text but its name is LaTeX"


def test_on_paper_a_question_is_not_parted_from_its_options(read: Path) -> None:
    status, said = built_with(read, "latex")
    assert status == 0, said
    (tex,) = (
        path.read_text("utf-8") for path in (read / "latex").glob("*.tex") if "Which sum" in path.read_text("utf-8")
    )
    before = tex.partition("Which sum is asked for?")[0]
    room = re.search(r"\\needspace\{([0-9.]+)\\baselineskip\}\s+\\begin\{sphinxadmonition\}[^$]*?$", before, re.DOTALL)
    assert room is not None
    options = tex.count(r"\item", tex.index("Which sum is asked for?"), tex.index("Answers to the quick checks"))
    assert float(room[1]) >= 1 + options


def test_an_epub_is_xml_in_which_formulas_and_pictures_are_shown(read: Path) -> None:
    status, said = built_with(read, "epub")
    assert status == 0, said
    pages = {path.name: ET.parse(path).getroot() for path in (read / "epub").glob("*.xhtml")}  # noqa: S314 - our own
    shown = " ".join("".join(pages["page.xhtml"].itertext()).split())
    assert "Of four pixels, the largest sum is 0.5, the least −0.1" in shown
    assert "Answers to the quick checks" in shown
    tags = {element.tag.rpartition("}")[2] for element in pages["page.xhtml"].iter()}
    assert not {tag for tag in tags if "-" in tag} | tags & {"script", "input", "button"}
    languages = {element.tag.partition("}")[0].rpartition("/")[2] for element in pages["page.xhtml"].iter()}
    assert languages == {"xhtml", "MathML"}
    (packed,) = (read / "epub").glob("*.epub")
    with ZipFile(packed) as archive:
        listed = archive.read("content.opf").decode()
        sheet = archive.read("_static/fwdpass.css").decode()
    assert re.search(r'<item [^>]*href="page.xhtml"[^>]* properties="mathml" />', listed)
    assert ":is(" not in sheet
    assert ":is(" in (read / "epub" / "_static" / "fwdpass.css").read_text("utf-8"), "what others compare with is kept"
