"""What it costs to build the book: CPU seconds, beside the same pages with nothing executed.

    nox -s bench                    everything, in about five minutes
    nox -s bench -- --quick         fewer rounds and pages, to see where things stand
    nox -s bench -- --check         exit status 1 where a target is missed
    nox -s bench -- --json -        the same for machines (- is standard output)

Four books are built by turns, each from nothing, by the same Sphinx with the same theme and the same pages:

- *nothing executed*: cells are static Python listings, and every number is a fixed digit;
- *executed*: the book as it is, by `fwdpass.sphinxext`, each page read twice, but the finished site not audited;
- *and audited*: the same, with the audit;
- *stock myst-nb*: cells run in Jupyter kernels (`nb_execution_mode = "inline"`); numbers in sentences and formulas are
  fixed digits, since stock roles cannot place them.

The book that is published also follows a reader who touches its picture: each page is read for each of the others, and
that takes several times as long as all the rest. It is built once, for a figure of its own, without a target.

What conf.py does for a whole build, such as keeping imported modules out of the garbage collector's rounds, it does for
all.

All load NumPy and this package, which the reference page documents. A build's cost is the user and system time
of its process and of every process that it waited for: unlike wall time, it hardly depends on what else the computer
does. A ratio is taken within a round, from builds that ran one after the other, and the median of the rounds counts.

For the cost of a page, the book is built again with more and more copies of a typical one: of the pages with
many cells, numbers and formulas, that of middle length. `--page` takes another.
"""

from __future__ import annotations

import argparse
import json
import os
import platform
import re
import shutil
import subprocess
import sys
import tempfile
from collections.abc import Callable, Iterable, Sequence
from dataclasses import asdict, dataclass
from importlib import metadata
from pathlib import Path
from statistics import linear_regression, median
from textwrap import indent

import fwdpass
from fwdpass import lesson
from fwdpass.page.expression import HOLE

DOCS = Path(__file__).resolve().parents[1] / "docs"
EXECUTED = sorted(
    (page for page in DOCS.glob("*.md") if "{code-cell}" in page.read_text(encoding="utf-8")),
    key=lambda page: page.stat().st_size,
)
LONGEST = EXECUTED[-1].name
KINDS = ("nothing executed", "executed", "and audited", "stock myst-nb")
PLAIN, OURS, AUDITED, STOCK = KINDS
PUBLISHED = "and read for every picture"

RATIO = 1.25
"""Target: what an executed book may cost, in books with nothing executed."""
AUDIT = 1.15
"""Target: what an audited book may cost, in books that are only executed."""
SECONDS = 0.15
"""Target: what executing a further page may cost, in CPU seconds."""

# Without our extension, what it would do while nothing is executed: formulas as MathML. The rest stays as it is.
WITHOUT_US = """

extensions.remove("fwdpass.sphinxext")
nb_execution_mode = {mode!r}
nb_execution_raise_on_error = True
_of_the_book = setup


def setup(app):
    from fwdpass.sphinxext.maths import setup_maths

    _of_the_book(app)
    setup_maths(app)
"""
COPIES = """---
orphan: true
---
# Copies

```{toctree}
:glob:
copy-*
```
"""

CELL = re.compile(r"^(`{3,}) ?\{code-cell\}.*\n((?::.*\n)*)((?:.*\n)*?)\1$", re.MULTILINE)
SCRIPT = re.compile(r"^(`{3,}) ?\{script\}.*\n(?::.*\n)*\1$", re.MULTILINE)
NUMBER = re.compile(r"\{n\}`[^`]+`")
SAID = re.compile(r"\{(?:claim|when|cases)\}(`+)(.+?)\s*::.*?(?<!`)\1(?!`)", re.DOTALL)
"""A sentence with a predicate, or alternatives, of which the first is kept."""
TYPED = re.compile(r"\{typed\}`([^`|]+?)\s*\|[^`]*`")
OPENS = re.compile(r"^(:{3,}|`{3,}) ?\{(claim|when|cases|case|otherwise|quiz|trace|line|typed-numbers)\}")
"""A directive of ours around Markdown: without us, what is in it stands by itself."""
CODE = re.compile(r"^`{3,}")
LABEL = re.compile(r"^(?:\$\$ |)\(([\w-]+)\)(?:=|)$", re.MULTILINE)


def typical() -> str:
    """Of the pages with many cells, numbers and formulas, the one whose length is nearest to the middle one."""
    middle = EXECUTED[len(EXECUTED) // 2].stat().st_size
    full = [
        page
        for page in EXECUTED
        if min(len(what.findall(page.read_text(encoding="utf-8"))) for what in (CELL, NUMBER, HOLE)) >= MANY
    ]
    return min(full, key=lambda page: abs(page.stat().st_size - middle)).name


MANY = 10
TYPICAL = typical()

# The books ------------------------------------------------------------------------------------------------------------


def static(page: str, *, cells: bool) -> str:
    """Fix the page's numbers; where ``cells`` says so, keep its cells to be executed, otherwise only list them."""

    def listing(cell: re.Match[str]) -> str:
        hidden = "remove-cell" in cell[2] or "remove-input" in cell[2]
        return "" if hidden else f"{cell[1]}python\n{cell[3]}{cell[1]}"

    page = TYPED.sub(r"\1", SAID.sub(r"\2", unwrapped(page)))
    page = SCRIPT.sub(lambda script: f"{script[1]}python\n{source()}{script[1]}", page)
    page = HOLE.sub("7", NUMBER.sub("7", page))
    return page if cells else CELL.sub(listing, page)


def unwrapped(page: str) -> str:
    """Leave directives of ours out, and keep what is in them; a traced script becomes a listing."""
    kept: list[str] = []
    fences: list[str] = []
    code, options = "", False
    for line in page.splitlines(keepends=True):
        if not code and fences and line.strip() == fences[-1]:
            fences.pop()
        elif not code and (opens := OPENS.match(line)):
            fences.append(opens[1])
            options = True
            if opens[2] == "trace":
                kept.append(f"````python\n{source()}````\n")
        elif code or CODE.match(line):
            code = "" if line.strip() == code else code or line[: len(line) - len(line.lstrip("`"))]
            kept.append(line)
        elif options and line.startswith(":") and not line.startswith(":::"):
            continue
        else:
            options = False
            kept.append(line)
    return "".join(kept)


def source() -> str:
    """The script that the book shows."""
    return Path(lesson.__file__).read_text(encoding="utf-8")


def copy_of(page: str, number: int) -> str:
    """The page once more, with labels of its own."""
    for label in LABEL.findall(page):
        own = f"{label}-{number}"
        page = re.sub(rf"^(\$\$ |)\({label}\)(=|)$", rf"\1({own})\2", page, flags=re.MULTILINE)
        page = re.sub(rf"(\{{(?:eq|ref|numref)\}}`(?:[^`<]*<)?){label}(>?`)", rf"\g<1>{own}\2", page)
        page = page.replace(f"](#{label})", f"](#{own})")
    return page


def write_book(kind: str, folder: Path, page: str = TYPICAL, copies: int = 0) -> Path:
    """Put the sources of a book of one kind into a folder, with so many copies of a page."""
    shutil.copytree(DOCS, folder, ignore=shutil.ignore_patterns("_build", "jupyter_execute"))
    # The changelog is included from the folder above.
    for beside in DOCS.parent.glob("*.md"):
        shutil.copy(beside, folder.parent)
    if copies:
        (folder / "copies.md").write_text(COPIES, encoding="utf-8")
    written = (DOCS / page).read_text(encoding="utf-8")
    for number in range(copies):
        (folder / f"copy-{number}.md").write_text(copy_of(written, number), encoding="utf-8")
    if kind in (OURS, AUDITED, PUBLISHED):
        return folder
    for path in folder.glob("**/*.md"):
        path.write_text(static(path.read_text(encoding="utf-8"), cells=kind == STOCK), encoding="utf-8")
    with (folder / "conf.py").open("a", encoding="utf-8") as conf:
        conf.write(WITHOUT_US.format(mode="inline" if kind == STOCK else "off"))
    return folder


# Measuring ------------------------------------------------------------------------------------------------------------


def cpu_seconds(command: Sequence[str], env: dict[str, str]) -> float:
    """Run a command; give the CPU time of its process and of all that it waited for. A failure ends the benchmark."""
    with tempfile.TemporaryFile("w+", encoding="utf-8") as said:
        process = subprocess.Popen(command, stdout=said, stderr=subprocess.STDOUT, env=env)
        _, status, used = os.wait4(process.pid, 0)
        process.returncode = os.waitstatus_to_exitcode(status)
        if process.returncode:
            said.seek(0)
            sys.exit(f"{' '.join(command)} ended with status {process.returncode}:\n{said.read()}")
    return used.ru_utime + used.ru_stime


def steady() -> dict[str, str]:
    """The environment of every build: compiled modules are kept, one thread, the package that we have imported."""
    env = {name: value for name, value in os.environ.items() if name != "PYTHONDONTWRITEBYTECODE"}
    return env | {
        "LC_ALL": "C.UTF-8",
        "OPENBLAS_NUM_THREADS": "1",
        "PYTHONHASHSEED": "0",
        "PYTHONPATH": str(Path(fwdpass.__file__).parents[1]),
        "PYTHONWARNINGS": "ignore",
    }


class Workshop:
    """Builds books in a folder, and knows what each build cost."""

    def __init__(self, folder: Path, page: str, say: Callable[[str], None]) -> None:
        self._folder = folder
        self.page = page
        self._say = say
        self._env = steady()

    def build(self, kind: str, copies: int = 0) -> float:
        """Build a book from nothing; give its CPU seconds."""
        book = self._folder / f"{(*KINDS, PUBLISHED).index(kind)}-{copies}"
        docs = book / "docs"
        if not docs.exists():
            book.mkdir(parents=True)
            write_book(kind, docs, self.page, copies)
        out = book / "out"
        shutil.rmtree(out, ignore_errors=True)
        sphinx = [sys.executable, "-m", "sphinx", "-q", "-b", "html"]
        if kind in (OURS, AUDITED, PUBLISHED):
            sphinx += ["-D", f"fwdpass_audit={int(kind != OURS)}"]
        if kind in (OURS, AUDITED):
            sphinx += ["-D", "fwdpass_live.array="]
        cost = cpu_seconds([*sphinx, "-d", str(out / "doctrees"), str(docs), str(out / "html")], self._env)
        self._expect(kind, out / "html" / Path(self.page).with_suffix(".html"))
        self._say(f"  {kind}, {len(list(docs.glob('*.md')))} pages: {cost:.2f} s")
        return cost

    @staticmethod
    def _expect(kind: str, page: Path) -> None:
        """See that the book is what it is called: executed cells have outputs, and figures if they are ours."""
        html = page.read_text(encoding="utf-8")
        outputs, numbers = "cell_output" in html, 'class="fp-n ' in html
        if (outputs, numbers) != {
            PLAIN: (False, False),
            OURS: (True, True),
            AUDITED: (True, True),
            PUBLISHED: (True, True),
            STOCK: (True, False),
        }[kind]:
            sys.exit(f"the book of the kind '{kind}' is not of that kind: outputs {outputs}, numbers {numbers}")


@dataclass(frozen=True)
class Result:
    """What was measured, in CPU seconds: a list has a figure for each round."""

    page: str
    """Which page was copied."""
    book: dict[str, list[float]]
    """Kind → the book from nothing."""
    pages: dict[str, dict[int, float]]
    """Kind → number of further pages → the book with them."""
    published: float
    """The book that is published, in which each page is read for every picture."""

    def ratio(self, kind: str) -> float:
        """What a book of this kind costs, in books with nothing executed."""
        return median(cost / plain for cost, plain in zip(self.book[kind], self.book[PLAIN], strict=True))

    @property
    def auditing(self) -> float:
        """What an audited book costs, in books that are only executed."""
        return median(cost / ours for cost, ours in zip(self.book[AUDITED], self.book[OURS], strict=True))

    def a_page(self, kind: str) -> float:
        """What a further page costs: the slope of the line through the measured books."""
        return linear_regression(*zip(*self.pages[kind].items(), strict=True)).slope

    def executing_a_page(self, kind: str) -> float:
        """What a further page costs more than one with nothing executed: all of them, or only the last ones."""
        more = [
            (count, cost - self.pages[PLAIN][count])
            for count, cost in self.pages[kind].items()
            if count in self.pages[PLAIN]
        ]
        (last_but_one, less), (last, most) = more[-2:]
        return max(linear_regression(*zip(*more, strict=True)).slope, (most - less) / (last - last_but_one))

    @property
    def met(self) -> dict[str, bool]:
        """Which targets are met."""
        return {
            "book": self.ratio(OURS) <= RATIO,
            "audit": self.auditing <= AUDIT,
            "page": self.executing_a_page(OURS) <= SECONDS,
        }


def measure(workshop: Workshop, rounds: int, counts: Sequence[int], stock_counts: Sequence[int]) -> Result:
    """Build everything by turns, after a round that only warms caches up."""
    for kind in KINDS:
        workshop.build(kind)
    book: dict[str, list[float]] = {kind: [] for kind in KINDS}
    for _ in range(rounds):
        for kind in KINDS:
            book[kind].append(workshop.build(kind))
    pages: dict[str, dict[int, float]] = {kind: {0: median(book[kind])} for kind in (PLAIN, OURS, STOCK)}
    for count in counts:
        for kind in (PLAIN, OURS, STOCK):
            if kind != STOCK or count in stock_counts:
                pages[kind][count] = workshop.build(kind, count)
    return Result(workshop.page, book, pages, workshop.build(PUBLISHED))


# Telling --------------------------------------------------------------------------------------------------------------


def table(rows: Iterable[Sequence[str]]) -> str:
    """Lay rows out in columns, the first to the left."""
    rows = list(rows)
    widths = [max(map(len, column)) for column in zip(*rows, strict=True)]
    lines = (
        "   ".join(
            [row[0].ljust(widths[0]), *(cell.rjust(width) for cell, width in zip(row[1:], widths[1:], strict=True))]
        )
        for row in rows
    )
    return indent("\n".join(line.rstrip() for line in lines), "  ")


def verdict(*, met: bool) -> str:
    return "met" if met else "MISSED"


def report(result: Result) -> str:
    """What a person reads."""
    book = [("", "CPU s", "ratio", "rounds")]
    for kind in KINDS:
        rounds = " ".join(f"{cost:.2f}" for cost in result.book[kind])
        book.append((kind, f"{median(result.book[kind]):.2f}", f"{result.ratio(kind):.2f}", rounds))
    counts = list(result.pages[PLAIN])
    pages = [("further pages", *map(str, counts), "a page", "executing it")]
    for kind in result.pages:
        costs = (f"{result.pages[kind][count]:.2f}" if count in result.pages[kind] else "–" for count in counts)
        more = "" if kind == PLAIN else f"{result.executing_a_page(kind):+.3f}"
        pages.append((kind, *costs, f"{result.a_page(kind):.3f}", more))
    met = result.met
    return "\n".join([
        "The book, built from nothing (medians of the rounds)",
        table(book),
        f"  target: executed costs at most {RATIO:.2f} times as much as nothing executed: {verdict(met=met['book'])}",
        f"  target: the audit adds at most {AUDIT - 1:.0%} ({result.auditing - 1:.1%}): {verdict(met=met['audit'])}",
        f"  {PUBLISHED}: {result.published:.2f} s, measured once",
        "",
        f"The book with copies of {result.page} (CPU s)",
        table(pages),
        f"  target: executing a further page costs at most {SECONDS:.2f} s: {verdict(met=met['page'])}",
    ])  # fmt: skip


def machine() -> dict[str, str]:
    """On what it was measured."""
    packages = ("sphinx", "myst-nb", "sphinx-book-theme", "numpy")
    return {
        "python": platform.python_version(),
        "machine": f"{platform.system()} {platform.machine()}",
        **{package: metadata.version(package) for package in packages},
    }


def as_json(result: Result) -> str:
    """What a machine reads."""
    figures = {
        "ratio": {kind: round(result.ratio(kind), 4) for kind in KINDS},
        "a_page": {kind: round(result.a_page(kind), 4) for kind in result.pages},
        "auditing": round(result.auditing, 4),
        "executing_a_page": {kind: round(result.executing_a_page(kind), 4) for kind in (OURS, STOCK)},
        "targets": {"ratio": RATIO, "auditing": AUDIT, "executing_a_page": SECONDS},
        "met": result.met,
    }
    return json.dumps({"machine": machine(), "measured": asdict(result), **figures}, indent=2)


def main() -> int:
    """Measure and tell."""
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("--quick", action="store_true", help="three rounds, and at most 10 further pages")
    parser.add_argument("--check", action="store_true", help="exit with status 1 where a target is missed")
    parser.add_argument("--json", metavar="FILE", help="write the figures there, too; - is standard output")
    parser.add_argument("--rounds", type=int, metavar="N", help="how often the book is built in each way")
    parser.add_argument(
        "--page",
        metavar="NAME.md",
        default=TYPICAL,
        help=f"which page to copy (default: {TYPICAL}; the longest is {LONGEST})",
    )
    parser.add_argument("--pages", type=int, nargs="+", metavar="N", help="how many further pages to add")
    wanted = parser.parse_args()
    rounds = wanted.rounds or (3 if wanted.quick else 5)
    counts = sorted(set(wanted.pages or ([1, 10] if wanted.quick else [1, 10, 50])))
    if counts[0] < 1 or rounds < 1:
        parser.error("rounds and pages are counted from one")
    if not (DOCS / wanted.page).exists():
        parser.error(f"{DOCS} has no page {wanted.page}")

    def say(line: str) -> None:
        print(line, file=sys.stderr, flush=True)

    with tempfile.TemporaryDirectory(prefix="fwdpass-bench-") as folder:
        # A kernel a page takes a minute for fifty: in a quick run, one page says enough.
        workshop = Workshop(Path(folder), wanted.page, say)
        result = measure(workshop, rounds, counts, counts[:1] if wanted.quick else counts)
    to_stdout = wanted.json == "-"
    print("\n" + report(result), file=sys.stderr if to_stdout else sys.stdout)
    if to_stdout:
        print(as_json(result))
    elif wanted.json:
        Path(wanted.json).write_text(as_json(result) + "\n", encoding="utf-8")
    return int(wanted.check and not all(result.met.values()))


if __name__ == "__main__":
    sys.exit(main())
