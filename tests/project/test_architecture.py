"""The page on how this is made: its rooms are the package's, its table tells where to add what, its answers are so."""

from __future__ import annotations

import ast
import os
import re
import shutil
import subprocess
import sys
from dataclasses import dataclass, field
from pathlib import Path

import pytest

import fwdpass
import rooms

ROOT = Path(__file__).resolve().parents[2]
PAGE = (ROOT / "docs" / "architecture.md").read_text("utf-8")


def table(head: str) -> list[list[str]]:
    """The rows of the table of the page whose leftmost head is this."""
    rows = PAGE.partition(f"| {head} |")[2].partition("\n\n")[0].splitlines()[2:]
    return [[cell.strip() for cell in row.strip("| ").split(" | ")] for row in rows]


# The rooms -----------------------------------------------------------------------------------------------------------


def test_the_page_names_every_room_and_no_other() -> None:
    named = [name for row in table("room") for name in re.findall(r"`(\w+)`", row[0])]
    assert sorted(named) == sorted(rooms.rooms())


def followed(path: Path) -> set[str]:
    """What a module imports of the package, by its syntax tree."""
    found = set()
    for node in ast.walk(ast.parse(path.read_text("utf-8"))):
        match node:
            case ast.ImportFrom(module="fwdpass", names=names, level=0):
                found |= {alias.name for alias in names}
            case ast.ImportFrom(module=str(module), level=0) if module.startswith("fwdpass."):
                found.add(module.split(".")[1])
            case ast.Import(names):
                found |= {
                    room for alias in names for room in alias.name.split(".")[1:2] if alias.name[:8] == "fwdpass."
                }
    return found


def test_the_drawing_has_the_imports_of_the_code() -> None:
    folder, known = ROOT / "src" / "fwdpass", rooms.rooms()
    for name, imported in known.items():
        files = sorted((folder / name).rglob("*.py")) or [folder / f"{name}.py"]
        assert set().union(*map(followed, files)) & set(known) - {name} == imported, name


def test_every_import_is_an_arrow_or_follows_from_arrows() -> None:
    known = rooms.rooms()
    arrows = rooms.arrows(known)
    reached: dict[str, set[str]] = {}
    for name in known:  # in their order, what a room imports comes before it
        near = {b for a, b in arrows if a == name}
        reached[name] = near.union(*(reached[one] for one in near))
        assert known[name] <= reached[name]


def test_a_circle_is_refused() -> None:
    with pytest.raises(ValueError, match="imports itself, by way of a, b: rooms have no circle"):
        rooms.rows({"a": frozenset("b"), "b": frozenset("a")})


def test_the_answers_are_so() -> None:
    source = ROOT / "src" / "fwdpass"
    assert '_Row("softplus"' in (source / "networks" / "activations.py").read_text("utf-8")
    assert "def claim(" in (source / "page" / "reading.py").read_text("utf-8")
    assert rooms.rooms()["numerals"] == {"errors"}
    assert fwdpass.numerals.text(-0.0) == "0"
    for file, home in {
        "page/shell.py": "class Shell", "page/foot.py": "def foot(", "sphinxext/foot.py": "def add_foot(",
        "page/record.py": "def patch(", "page/pictures.py": "def pictures(", "sphinxext/client.py": "class PageClient",
        "sphinxext/renderer.py": "class PageRenderer", "sphinxext/roles.py": "class MathWithHoles",
        "trace/form.py": "def dump(", "trace/record.py": "class Trace",
    }.items():  # fmt: skip
        assert home in (source / file).read_text("utf-8"), file
        assert file in PAGE


def test_each_file_that_the_page_names_is_there() -> None:
    named = re.findall(r"`(?:src/fwdpass/)?([a-z]+/[a-z_/]+\.(?:py|js|css))`", PAGE)
    assert named
    places = ROOT, ROOT / "src" / "fwdpass"
    assert [file for file in named if not any((place / file).is_file() for place in places)] == []


# To add X, touch Y ---------------------------------------------------------------------------------------------------


@dataclass(frozen=True)
class Toy:
    """Something added: lines put into files, files of its own, and a script that uses it."""

    lines: dict[str, tuple[str, str]] = field(default_factory=dict)
    """File → (the line before which it goes, what is added)."""
    files: dict[str, str] = field(default_factory=dict)
    use: str = ""


TOYS = {
    "an activation": Toy(
        lines={
            "src/fwdpass/networks/activations.py": (
                '    _Row("relu",',
                '    _Row("square", "squares a sum", "", lambda _, z, __: z * z, exact=lambda z: z * z),\n',
            )
        },
        use="""
        import fwdpass as fp
        net = fp.Network([fp.Layer([[2.0], [0.5]], [1.0], "square")])
        assert net.forward([1.0, 2.0]).tolist() == [16.0]
        assert str(net.forward([1.0, 2.0], exact=True)[0]) == "16"
        """,
    ),
    "a format of files": Toy(
        lines={
            "src/fwdpass/networks/formats/files.py": (
                "    npz.FORMAT,",
                "    toy.FORMAT,\n",
            )
        },
        files={
            "src/fwdpass/networks/formats/toy.py": """
            import json
            from fwdpass.networks import Layer, Network
            from fwdpass.networks.formats.format import Format, Opened

            def read(path, asked):
                layers = [Layer(*one) for one in json.loads(path.read_text("utf-8"))]
                return Opened(Network(layers), FORMAT.title)

            def write(net, path):
                said = [[one.W.tolist(), one.b.tolist(), str(one.activation)] for one in net.layers]
                path.write_text(json.dumps(said), "utf-8")

            FORMAT = Format("a toy", (".toy",), read, write)
            """
        },
        use="""
        import tempfile, pathlib
        import fwdpass as fp
        from fwdpass.networks.formats.files import endings
        net = fp.Network([fp.Layer([[2.0], [0.5]], [1.0], "relu")])
        with tempfile.TemporaryDirectory() as folder:
            path = pathlib.Path(folder) / "net.toy"
            fp.save(net, path)
            assert fp.load(path).forward([1.0, 2.0]).tolist() == [4.0]
        assert ".toy" in endings()
        """,
    ),
    "a kind of figure": Toy(
        lines={
            "src/fwdpass/__init__.py": (
                '    "fwdpass.figures.pixels": ("pixels",),',
                '    "fwdpass.figures.toy": ("toy",),\n',
            )
        },
        files={
            "src/fwdpass/figures/toy.py": """
            from dataclasses import dataclass
            import htpy as h
            from fwdpass.figures.base import Figure

            @dataclass(frozen=True, repr=False)
            class Toy(Figure):
                said: str

                def plain(self, medium):
                    return self.said

                def latex(self):
                    return self.said

                def html(self):
                    return h.b[self.said]

            def toy(said):
                return Toy(said)
            """
        },
        use="""
        import fwdpass as fp
        figure = fp.toy("play")
        assert repr(figure) == "play" and "<b>play</b>" in figure._repr_html_()
        """,
    ),
    "a format of numbers": Toy(
        lines={
            "src/fwdpass/numerals/writing.py": (
                '    "fraction": ratio,',
                '    "square": lambda v, medium: ratio(v * v, medium),\n',
            )
        },
        use="""
        from fwdpass.errors import NumeralError
        from fwdpass.numerals.writing import is_format, text
        from fwdpass.page import parse_expression
        assert is_format("square") and text(0.5, "square") == "1/4"
        assert parse_expression("mse:square", 1).spec == "square"
        try:
            text(1, "circle")
        except NumeralError as error:
            assert "square" in str(error)
        """,
    ),
    "a directive": Toy(
        lines={
            "src/fwdpass/sphinxext/__init__.py": (
                '    app.add_directive("script"',
                "    from fwdpass.sphinxext import toy\n\n    toy.setup_toy(app)\n",
            )
        },
        files={
            "src/fwdpass/sphinxext/toy.py": """
            from docutils import nodes
            from sphinx.util.docutils import SphinxDirective

            class ToyDirective(SphinxDirective):
                def run(self):
                    return [nodes.paragraph("", "Played.")]

            def setup_toy(app):
                app.add_directive("toy", ToyDirective)
            """
        },
        use="""
        import pathlib, tempfile
        from sphinx.cmd.build import main
        with tempfile.TemporaryDirectory() as folder:
            book = pathlib.Path(folder)
            (book / "conf.py").write_text("extensions = ['myst_nb', 'fwdpass.sphinxext']")
            (book / "index.md").write_text("# Page\\n\\n```{toy}\\n```\\n")
            assert main(["-W", "-q", "-b", "html", folder, f"{folder}/_build"]) == 0
            assert "Played." in (book / "_build" / "index.html").read_text("utf-8")
        """,
    ),
    "an interactive element": Toy(
        files={
            "src/fwdpass/elements/toy.js": 'customElements.define("fp-toy", class extends HTMLElement {});\n',
            "src/fwdpass/elements/toy.css": "fp-toy { display: block; }\n",
        },
        use="""
        from fwdpass import elements
        assert "fp-toy" in elements.script() and "fp-toy" in elements.sheet()
        """,
    ),
}


@pytest.fixture(scope="module")
def package(tmp_path_factory: pytest.TempPathFactory) -> Path:
    folder = tmp_path_factory.mktemp("toys")
    ignore = shutil.ignore_patterns("__pycache__")
    shutil.copytree(Path(fwdpass.__file__).parent, folder / "src" / "fwdpass", ignore=ignore)
    return folder


def _dedented(code: str) -> str:
    lines = code.strip("\n").splitlines()
    margin = min((len(line) - len(line.lstrip()) for line in lines if line.strip()), default=0)
    return "\n".join(line[margin:] for line in lines) + "\n"


def test_the_page_tells_of_each_toy_what_it_touches_and_no_more() -> None:
    said = {row[0]: {one.replace("NAME", "toy") for one in re.findall("`([^`]+)`", row[1])} for row in table("to add")}
    assert said == {name: {*toy.lines, *toy.files} for name, toy in TOYS.items()}


@pytest.mark.parametrize("name", TOYS)
def test_what_is_added_where_the_page_says_works(package: Path, name: str) -> None:
    toy = TOYS[name]
    for file, (before, added) in toy.lines.items():
        text = (package / file).read_text("utf-8")
        assert text.count(before) == 1, f"{before!r} in {file}"
        if file.endswith("files.py"):
            added_import = text.replace("import keras, npz,", "import keras, npz, toy,")
            assert added_import != text
            text = added_import
        (package / file).write_text(text.replace(before, added + before), "utf-8")
    for file, code in toy.files.items():
        (package / file).write_text(_dedented(code), "utf-8")
    env = {**os.environ, "PYTHONPATH": str(package / "src"), "PYTHONDONTWRITEBYTECODE": "1"}
    done = subprocess.run(
        [sys.executable, "-c", _dedented(toy.use)], env=env, capture_output=True, text=True, check=False
    )
    assert done.returncode == 0, done.stderr
