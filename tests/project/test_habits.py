"""The habits of this repository: what it says about itself is so."""

import ast
import re
import sys
import tomllib
from collections.abc import Iterator
from importlib import metadata, resources
from pathlib import Path

import pytest

ROOT = Path(__file__).resolve().parents[2]
LOCKS = sorted((ROOT / "requirements").glob("*.txt"))
WORKFLOWS = sorted((ROOT / ".github" / "workflows").glob("*.yml"))
PYPROJECT = tomllib.loads((ROOT / "pyproject.toml").read_text(encoding="utf-8"))


def read(name: str) -> str:
    """Text of a file of the repository."""
    return (ROOT / name).read_text(encoding="utf-8")


# Sessions ------------------------------------------------------------------------------------------------------------


def sessions(noxfile: str) -> dict[str, str]:
    """Nox sessions by name, each with its docstring ("" if it has none)."""
    functions = [node for node in ast.parse(noxfile).body if isinstance(node, ast.FunctionDef)]
    return {
        function.name: ast.get_docstring(function) or ""
        for function in functions
        if any("nox.session" in ast.unparse(decorator) for decorator in function.decorator_list)
    }


def test_every_session_says_what_it_does() -> None:
    found = sessions(read("noxfile.py"))
    assert {"docs", "tests", "serve", "lint", "types", "bench"} <= set(found)
    assert [name for name, manual in found.items() if not re.match(r"[A-Z].{20,}\.$", manual.partition("\n")[0])] == []


def test_a_session_without_a_manual_is_noticed() -> None:
    assert sessions("@nox.session(default=False)\ndef docs(session): ...\ndef helper(): ...") == {"docs": ""}


@pytest.mark.parametrize("session", ["docs", "tests"])
def test_the_readme_has_both_commands(session: str) -> None:
    assert f"pip install nox && nox -s {session}\n" in read("README.md")


def test_ci_runs_the_command_of_the_readme_last() -> None:
    assert read(".ci/run").rstrip().splitlines()[-1] == "nox -s tests"


# Locks ---------------------------------------------------------------------------------------------------------------


def requirements(lock: str) -> list[str]:
    """Requirements of a lock, each with its hashes, on one line."""
    lines = re.sub(r"\\\n\s*", "", lock).splitlines()
    return [line for line in lines if line and not line.startswith("#")]


def loose(lock: str) -> list[str]:
    """Requirements of a lock without an exact version or without a hash."""
    return [line for line in requirements(lock) if not re.match(r"[\w.-]+==\S+.*--hash=sha256:[0-9a-f]{64}", line)]


def places(lock: str) -> list[str]:
    """Mentions of a registry or of a folder: a lock names releases, and leaves open where they come from."""
    return re.findall(r"\S*(?:://|--index|--find-links|file:| @ )\S*|(?<!\S)/\S+", lock)


@pytest.mark.parametrize("lock", LOCKS, ids=lambda lock: lock.stem)
def test_a_lock_names_exact_releases_and_their_hashes(lock: Path) -> None:
    text = lock.read_text(encoding="utf-8")
    assert requirements(text)
    assert loose(text) == []
    assert places(text) == []


def test_a_loose_lock_is_noticed() -> None:
    assert loose("numpy>=2\nhtpy==26.5.1\n") == ["numpy>=2", "htpy==26.5.1"]
    assert places("--index-url https://example.org/simple\n--find-links /wheels\n") != []
    assert places("# via /home/me/pyproject.toml\n") == ["/home/me/pyproject.toml"]


def locked(name: str) -> dict[str, set[str]]:
    """Locked versions by package; more than one where Pythons or systems differ."""
    versions: dict[str, set[str]] = {}
    for line in requirements(read(f"requirements/{name}.txt")):
        package, _, version = line.partition(" ")[0].partition("==")
        versions.setdefault(package, set()).add(version)
    return versions


def test_all_locks_agree_with_the_lock_of_the_book() -> None:
    book = locked("docs")
    for lock in LOCKS:
        other = locked(lock.stem)
        assert {name: other[name] for name in book.keys() & other.keys()} == {
            name: book[name] for name in book.keys() & other.keys()
        }


@pytest.mark.parametrize("package", ["numpy", "sphinx", "myst-nb", "math-core"])
def test_every_python_builds_the_book_with_the_same_release(package: str) -> None:
    assert len(locked("docs")[package]) == 1


def test_every_session_has_its_lock() -> None:
    used = set(re.findall(r'LOCKS / "(\w+)\.txt"|install\(session, "(\w+)"', read("noxfile.py")))
    assert {name for pair in used for name in pair if name} == {lock.stem for lock in LOCKS}


# Names ---------------------------------------------------------------------------------------------------------------

SHARED = {"Finding", "Limits", "Output", "Script", "Shown", "Stated", "Typed"}
"""Names of classes that two rooms use, each for a thing of its own. There were twice as many: let there be no more."""


def shared(modules: dict[str, str]) -> set[str]:
    """Names that classes of several modules have; what starts with an underscore is a module's own business."""
    found = [
        node.name
        for source in modules.values()
        for node in ast.parse(source).body
        if isinstance(node, ast.ClassDef) and not node.name.startswith("_")
    ]
    return {name for name in found if found.count(name) > 1}


def test_a_name_has_one_meaning() -> None:
    modules = {str(path): path.read_text("utf-8") for path in (ROOT / "src" / "fwdpass").rglob("*.py")}
    assert shared(modules) == SHARED


def test_a_name_with_two_meanings_is_noticed() -> None:
    assert shared({"a": "class Place: ...\nclass _Own: ...", "b": "class Place: ...\nclass _Own: ..."}) == {"Place"}


# Repeats -------------------------------------------------------------------------------------------------------------

LINES, CHARACTERS = 3, 90
"""What two statements in a row or more have at least where they are too much to be written twice."""


def repeats(sources: dict[str, str]) -> list[list[str]]:
    """Places at which the same statements stand in a row."""
    places: dict[str, list[str]] = {}
    for name, source in sources.items():
        lines = [line.strip() for line in source.split("\n")]
        for node in ast.walk(ast.parse(source)):
            for block in (getattr(node, field, None) for field in ("body", "orelse", "finalbody")):
                for first, run in runs(block, lines) if isinstance(block, list) else ():
                    places.setdefault(run, []).append(f"{name}:{first}")
    return [found for found in places.values() if len(found) > 1]


def runs(block: list[ast.stmt], lines: list[str]) -> Iterator[tuple[int, str]]:
    """Two and three statements in a row, each time with their first line; everybody imports the same."""
    written = [one for one in block if not isinstance(one, ast.Import | ast.ImportFrom)]
    for count in (2, 3):
        for start, first in enumerate(written[: 1 - count]):
            last = written[start + count - 1]
            run = [line for line in lines[first.lineno - 1 : last.end_lineno] if line and line[0] != "#"]
            if len(run) >= LINES and len(said := "\n".join(run)) >= CHARACTERS:
                yield first.lineno, said


def test_nothing_is_written_twice() -> None:
    assert repeats({str(path): path.read_text("utf-8") for path in sorted((ROOT / "src").rglob("*.py"))}) == []


def test_what_is_written_twice_is_noticed() -> None:
    refusing = "    if the_client_of_the_page is None:\n        raise ValueError('nothing runs on this page')\n"
    once = f"def f(a):\n    the_client_of_the_page = client_of(a)\n{refusing}    return 1\n"
    assert repeats({"a.py": once, "b.py": "import a\n" + once.replace("1", "2")}) == [["a.py:2", "b.py:3"]]
    assert repeats({"a.py": once, "b.py": once.replace("nothing runs", "no cell runs")}) == []


# Browser tests -------------------------------------------------------------------------------------------------------


def sleeps(source: str) -> list[str]:
    """Calls that wait for a time, and not for something to happen: too short on one day, and too long on all others."""
    calls = [node for node in ast.walk(ast.parse(source)) if isinstance(node, ast.Call)]
    names = [getattr(call.func, "attr", getattr(call.func, "id", "")) for call in calls]
    return [name for name in names if name in ("sleep", "wait_for_timeout")]


@pytest.mark.parametrize("file", sorted((ROOT / "tests" / "browser").rglob("*.py")), ids=lambda file: file.stem)
def test_browser_tests_wait_for_what_happens(file: Path) -> None:
    assert sleeps(file.read_text("utf-8")) == []


def test_a_fixed_sleep_is_noticed() -> None:
    assert sleeps("import time\ntime.sleep(0.2)\npage.wait_for_timeout(50)\npage.wait_for_function('x')") == [
        "sleep", "wait_for_timeout",
    ]  # fmt: skip


# Workflows -----------------------------------------------------------------------------------------------------------


def unpinned(workflow: str) -> list[str]:
    """Actions that a workflow uses by a name that can move, or without saying which version the commit is."""
    uses = re.findall(r"uses: (.+)", workflow)
    return [use for use in uses if not re.fullmatch(r"\./\S+|[\w/.-]+@[0-9a-f]{40} # v\d+(\.\d+){2}", use)]


@pytest.mark.parametrize("workflow", WORKFLOWS, ids=lambda workflow: workflow.stem)
def test_actions_are_pinned_to_commits(workflow: Path) -> None:
    text = workflow.read_text(encoding="utf-8")
    assert "uses: " in text
    assert unpinned(text) == []


def test_an_action_that_can_move_is_noticed() -> None:
    assert unpinned("- uses: actions/checkout@v4\n") == ["actions/checkout@v4"]
    assert unpinned(f"- uses: actions/checkout@{'0' * 40}\n") != []


def test_one_action_has_one_commit_everywhere() -> None:
    text = "".join(workflow.read_text(encoding="utf-8") for workflow in WORKFLOWS)
    actions = dict.fromkeys(re.findall(r"uses: (\S+@.+)", text))
    assert len({action.partition("@")[0] for action in actions}) == len(actions)


def test_every_session_that_proves_something_runs_somewhere() -> None:
    """Whatever fails without being run fails a reader."""
    run = set(re.findall(r"nox -s ([a-z -]+)", "".join(workflow.read_text("utf-8") for workflow in WORKFLOWS)))
    running = {name.partition("-")[0] for names in run for name in names.split()} - {""}
    by_hand = {"serve", "bench", "lighthouse", "lock"}  # for a person, or for a computer that is not busy
    assert set(sessions(read("noxfile.py"))) - by_hand == running


def test_a_release_is_tested_and_needs_no_password() -> None:
    release = read(".github/workflows/release.yml")
    assert 'tags: ["v*"]' in release
    assert "needs: ci\n" in release.partition("\n  build:\n")[2].partition("\n  publish:\n")[0]
    publish = release.partition("\n  publish:\n")[2]
    assert "id-token: write" in publish
    assert not re.search("password:|secrets", release)


def test_the_published_book_is_the_one_that_runs_pytorch_and_nobody_else_has_to() -> None:
    workflow = read(".github/workflows/ci.yml").partition("\n  book:\n")[2].partition("\n  mutation:\n")[0]
    assert "FWDPASS_TORCH:" in workflow
    assert "name: book-${{ matrix.cpu }}" in workflow
    assert "name: book-Haswell" in read(".github/workflows/pages.yml")
    assert 'if os.environ.get("FWDPASS_TORCH"):\n        session.install("--torch-backend=cpu", TORCH)' in read(
        "noxfile.py"
    )
    assert "torch" not in read("requirements/docs.txt")


def test_the_book_is_published_only_after_everything_passed() -> None:
    publish = read(".github/workflows/pages.yml").partition("\n  publish:\n")[2]
    assert "needs: [ci, handout]\n" in publish
    assert "nox -s handout\n" in read(".github/workflows/pages.yml").partition("\n  publish:\n")[0]
    assert "path: book/handouts\n" in publish


def test_ci_tests_every_python_that_the_package_claims() -> None:
    claimed = re.findall(r"Python :: (3\.\d+)", "\n".join(PYPROJECT["project"]["classifiers"]))
    assert PYPROJECT["project"]["requires-python"] == f">={claimed[0]}"
    assert f"python: {claimed}".replace("'", '"') in read(".github/workflows/ci.yml")
    assert f"PYTHONS = {claimed}".replace("'", '"') in read("noxfile.py")


# Versions ------------------------------------------------------------------------------------------------------------


def test_every_file_that_names_the_version_names_the_same() -> None:
    version = PYPROJECT["project"]["version"]
    newest = re.search(r"^## (\S+)", read("CHANGELOG.md"), re.MULTILINE)
    cited = re.search(r"^version: (\S+)", read("CITATION.cff"), re.MULTILINE)
    assert newest is not None
    assert cited is not None
    assert (newest[1], cited[1], metadata.version("fwdpass")) == (version, version, version)


@pytest.mark.parametrize(
    ("hook", "lock", "package"),
    [
        ("ruff-pre-commit", "lint", "ruff"),
        ("codespell", "lint", "codespell"),
        ("mdformat", "lint", "mdformat"),
        ("sphinx-lint", "lint", "sphinx-lint"),
        ("zizmor-pre-commit", "lint", "zizmor"),
        ("mirrors-mypy", "types", "mypy"),
    ],
)
def test_pre_commit_and_the_locks_check_with_the_same_release(hook: str, lock: str, package: str) -> None:
    found = re.search(rf"/{hook}\n    rev: v?(\S+)", read(".pre-commit-config.yaml"))
    assert found is not None
    assert {found[1]} == locked(lock)[package]


def checked_files() -> list[Path]:
    """The Python files that mypy checks."""
    names = PYPROJECT["tool"]["mypy"]["files"]
    found = [path for name in names for path in sorted((ROOT / name).rglob("*.py")) or [ROOT / name]]
    return [path for path in found if "corpus" not in path.parts and "_build" not in path.parts]


def test_pre_commit_checks_types_in_an_environment_that_has_them() -> None:
    """In the hook's own environment there is nothing but mypy and what the hook names."""
    hook = read(".pre-commit-config.yaml").partition("- id: mypy\n")[2].partition("  - repo:")[0]
    there = named(re.findall(r"^ {10}- (\S+)$", hook, re.MULTILINE))
    assert {"htpy", "types_docutils"} <= there
    there |= {
        "babel",
        "docutils",
        "markdown_it_py",
        "markupsafe",
        "myst_parser",
        "nbclient",
        "nbformat",
        "sphinx",
    }  # of those
    there |= {name.removeprefix("types_") for name in there}
    ignored = {name.partition(".")[0] for one in PYPROJECT["tool"]["mypy"]["overrides"] for name in one["module"]}
    own = {path.stem for folder in ("docs", "benchmarks") for path in (ROOT / folder).glob("*.py")} | {
        "tests",
        "benchmarks",
        "docs",
        "training",
    }
    peers = {name.lower() for name in named(PYPROJECT["dependency-groups"]["peers"])}  # ignored where they are imported
    ignored = {SPELLED.get(name, name) for name in ignored}
    wanted = set().union(*(imported(path) for path in checked_files())) - own - ignored - peers
    assert wanted - there == set()


# The package ---------------------------------------------------------------------------------------------------------


@pytest.mark.parametrize("suffix", [".py", ".css", ".woff2", ".typed", ".mo"])
def test_the_installed_package_has_everything_that_the_sources_have(suffix: str) -> None:
    sources = ROOT / "src" / "fwdpass"
    files = [path.relative_to(sources) for path in sources.rglob(f"*{suffix}")]
    assert files
    installed = resources.files("fwdpass")
    assert [str(file) for file in files if not installed.joinpath(*file.parts).is_file()] == []


def named(requirements: list[str]) -> set[str]:
    """Names of packages, as Python imports them."""
    return {re.split(r"[^\w-]", name)[0].replace("-", "_") for name in requirements}


def test_at_run_time_numpy_and_htpy_are_all_it_needs() -> None:
    assert named(PYPROJECT["project"]["dependencies"]) == {"numpy", "htpy", "markupsafe"}  # which htpy brings anyway


SPELLED = {"markdown_it": "markdown_it_py", "yaml": "pyyaml"}
"""Packages that are imported under another name."""


def imported(path: Path) -> set[str]:
    """Packages of other people that a module imports, wherever in it."""
    found = set()
    for node in ast.walk(ast.parse(path.read_text(encoding="utf-8"))):
        match node:
            case ast.Import(names):
                found |= {alias.name.partition(".")[0] for alias in names}
            case ast.ImportFrom(module=str(module), level=0):
                found.add(module.partition(".")[0])
    return {SPELLED.get(name, name) for name in found - sys.stdlib_module_names - {"fwdpass"}}


def test_whatever_is_imported_is_declared() -> None:
    extras = PYPROJECT["project"]["optional-dependencies"]
    declared = named([*PYPROJECT["project"]["dependencies"], *(one for extra in extras.values() for one in extra)])
    found = set().union(*(imported(path) for path in (ROOT / "src").rglob("*.py")))
    assert {"numpy", "selectolax", "docutils", "markdown_it_py"} <= found
    assert found <= declared


def test_what_is_not_declared_is_noticed(tmp_path: Path) -> None:
    module = tmp_path / "module.py"
    module.write_text("import os\ndef f():\n    from somebody.elses import thing\n", "utf-8")
    assert imported(module) == {"somebody"}
