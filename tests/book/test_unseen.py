"""A cell that no reader sees takes its numbers from nothing that a reader cannot see either."""

from __future__ import annotations

import re
from pathlib import Path

import pytest

from fwdpass.testing import Built
from tests.book.conftest import build_book

pytestmark = pytest.mark.book

HIDDEN = "```{{code-cell}} python3\n:tags: [remove-cell]\n{}\n```\n\n"
QUIET = "```{{code-cell}} python3\n:tags: [remove-input]\n{}\n```\n\n"
SEEN = "```{{code-cell}} python3\n{}\n```\n\n"
SHOWN = "Loss {n}`shown`.\n"

FILES = {
    "loss.txt": "0.7731\n",
    "loss.csv": "a,b\n0.7732,0.7733\n",
    "loss.json": '{"loss": 0.7734}\n',
    "losses.py": "loss = 0.7735\n",
    "through.py": "from losses import loss\n\nbest = loss\n",
    "worded.py": 'said = "seven neurons"\n',
    "folded.py": "import pathlib\n\n\ndef read(name):\n    return float(pathlib.Path(name).read_text())\n",
    "listed.txt": "0.7741\n",
    "offered.txt": "0.7742\n",
    "part.txt": "0.7743 is a number.\n",
    "rows.csv": "a\n0.7744\n",
    "visible.py": "loss = 0.7745\n",
    "fetched.py": "loss = 0.7746\n",
    "plain.py": 'def shout(said):\n    return said.upper() + "!"\n',
}
SOURCES = {
    "text": HIDDEN.format("shown = float(open('loss.txt').read())"),
    "path": HIDDEN.format("from pathlib import Path\nshown = float(Path('loss.txt').read_text())"),
    "numpy": HIDDEN.format("import numpy as np\nshown = np.loadtxt('loss.txt')"),
    "table": HIDDEN.format("import csv\nwith open('loss.csv') as file:\n    shown = [*csv.DictReader(file)][0]['a']"),
    "json": HIDDEN.format("import json\nwith open('loss.json') as file:\n    shown = json.load(file)['loss']"),
    "printed": QUIET.format("print(open('loss.txt').read())"),
    "linecache": HIDDEN.format("import linecache\nshown = linecache.getlines('loss.txt')[0]"),
    "io": HIDDEN.format("import io\nshown = io.FileIO('loss.txt').read().decode()"),
    "os": HIDDEN.format("import os\nshown = os.read(os.open('loss.txt', os.O_RDONLY), h.size).decode()"),
    "fileinput": HIDDEN.format("import fileinput\nshown = next(fileinput.input('loss.txt'))"),
    "helper": HIDDEN.format("import folded\nshown = folded.read('loss.txt')"),
    "module": HIDDEN.format("from losses import loss as shown"),
    "attribute": HIDDEN.format("import losses\nshown = losses.loss"),
    "words": HIDDEN.format("from worded import said as shown"),
    "further": HIDDEN.format("import through\nshown = through.best"),
    "within": HIDDEN.format("def read():\n    import losses\n    return losses.loss\n\n\nshown = read()"),
    "a role": "```{code-cell} python3\nimport numpy as np\n```\n\nLoss {n}`np.loadtxt('loss.txt')`.\n",
    "program": HIDDEN.format(
        "import subprocess, sys\nshown = subprocess.check_output([sys.executable, '--version']).decode()"
    ),
}
SPLICED = {
    "sum": "shown = 'se' + 'ven'",
    "joined": "shown = ''.join(['se', 'ven'])",
    "reversed": "shown = 'neves'[::-1]",
    "replaced": "shown = 'sexen'.replace('x', 'v')",
    "formatted": "shown = '{}ven'.format('se')",
    "percent": "shown = 'se%s' % 'ven'",
    "f-string": "end = 'ven'\nshown = f'se{end}'",
    "names": "a = 'se'\nb = 'ven'\nshown = a + b",
    "added": "shown = 'se'\nshown += 'ven'",
    "loop": "shown = ''\nfor part in ['se', 'v', 'en']:\n    shown += part",
    "function": "def say():\n    return 'se' + 'ven'\n\n\nshown = say()",
    "lambda": "say = lambda end: 'se' + end\nshown = say('ven')",
    "bytes": "shown = bytes([*b'se', *b'ven']).decode()",
    "list": "shown = ['se', 'ven']\nshown = ''.join(shown)",
    "beside": "import sys\nshown = ('se' + 'ven', sys)[0]",
    "cut": "shown = 'se' + 'ven'[: h.size * 9]",
    "chosen": "shown = 'se' + ('ven' if h.any() or not h.any() else '')",
    "repeated": "shown = 'se' + 'ven' * (h.size // h.size)",
    "indexed": "shown = ['zer' + 'o', 'sev' + 'en'][-1]",
    "translated": "shown = 'tfwfo'.translate({ord(a): b for a, b in zip('tfwo', 'sevn')})",
    "executed": "exec('shown = ' + repr('x'))",
    "evaluated": "shown = eval('h' + '.size')",
    "imported": "shown = __import__('losses').loss",
    "found": "import importlib\nshown = importlib.import_module('losses').loss",
}
SPLICED_SHOWN = {
    "print": "print('se' + 'ven')",
    "last": "'se' + 'ven'",
    "print beside": "print('se' + 'ven'[: h.size * 9])",
}
INNOCENT = {
    "listing": "```{literalinclude} listed.txt\n```\n\n" + HIDDEN.format("shown = float(open('listed.txt').read())"),
    "download": "{download}`Here <offered.txt>`.\n\n" + HIDDEN.format("shown = float(open('offered.txt').read())"),
    "include": "```{literalinclude} part.txt\n```\n\n" + HIDDEN.format("shown = open('part.txt').read().split()[0]"),
    "rows": "```{literalinclude} rows.csv\n```\n\n" + HIDDEN.format("shown = open('rows.csv').read().split()[1]"),
    "script": "```{script} visible\n:filename: v.py\n```\n\n" + HIDDEN.format("from visible import loss as shown"),
    "named": SEEN.format("import fetched") + HIDDEN.format("shown = fetched.loss"),
    "read above": SEEN.format("loss = float(open('loss.txt').read())") + HIDDEN.format("shown = loss"),
    "helpers": HIDDEN.format("from plain import shout\nshown = shout(f'{h.size}')"),
    "written": HIDDEN.format(
        "from pathlib import Path\nPath('made.txt').write_text(str(h.size))\nshown = int(Path('made.txt').read_text())"
    ),
    "lesson": HIDDEN.format("from fwdpass.lesson import mse as shown"),
    "library": HIDDEN.format("import numpy as np\nshown = np.__version__"),
    "version": HIDDEN.format("import sys\nname = 'Python ' + sys.version.split()[0]\nshown = name"),
    "text": HIDDEN.format("from fwdpass.numerals import text\nshown = 'about ' + text(mse)"),
    "plain f-string": HIDDEN.format("shown = f'{h.size} and {x.size}'"),
    "list of texts": HIDDEN.format(
        "from fwdpass.numerals import text\nparts = []\nfor z in h:\n    parts.append(text(z))\nshown = ' '.join(parts)"
    ),
    "choice": HIDDEN.format("kind = 'dead' if h[0] == 0 else 'alive'\nshown = f'{kind}: {h.size}'"),
    "own names": HIDDEN.format("mse = abs(mse)\nshown = mse"),
    "words of names": HIDDEN.format("names = ['x', 'h'] + ['y' + '_hat']\nshown = len(names) * h.size"),
    "draw": HIDDEN.format(
        "import numpy as np\nrng = np.random.default_rng(h.size)\nshown = rng.integers(h.size + x.size)"
    ),
    "count of letters": HIDDEN.format("shown = {name: size for name, size in zip('xh', (x.size, h.size))}['h']"),
    "printed": QUIET.format("print('The loss is', mse)") + HIDDEN.format("shown = mse"),
    "page itself": HIDDEN.format("from pathlib import Path\nshown = Path('index.md').read_text().count('a')"),
    "folded": "```{code-cell} python3\n:tags: [hide-input]\nshown = 0.7747\n```\n\n",
}


def book(folder: Path, pages: dict[str, str]) -> Built:
    (folder / "source").mkdir()
    for name, text in FILES.items():
        (folder / "source" / name).write_text(text, "utf-8")
    named = {re.sub(r"\W", "_", name): f"{text}{SHOWN if 'shown' in text else ''}" for name, text in pages.items()}
    return build_book(folder, "--keep-going", conf='fwdpass_level = ""\n', **named)


def accused(built: Built) -> set[str]:
    return set(
        re.findall(
            r"/(\w+)\.md:\d+: WARNING: in (?:a cell whose code is not shown|np.loadtxt.*), .*\[fwdpass\.cell\]",
            built.messages,
        )
    )


ATTACKS = (
    {f"from {name}": text for name, text in SOURCES.items()}
    | {f"spliced {name}": HIDDEN.format(text) for name, text in SPLICED.items()}
    | {f"said {name}": QUIET.format(text) for name, text in SPLICED_SHOWN.items()}
)


@pytest.fixture(scope="module")
def attacked(tmp_path_factory: pytest.TempPathFactory) -> Built:
    return book(tmp_path_factory.mktemp("unseen"), ATTACKS)


@pytest.mark.parametrize("name", ATTACKS)
def test_it_is_refused(attacked: Built, name: str) -> None:
    page = re.sub(r"\W", "_", name)
    assert page in accused(attacked), [line for line in attacked.messages.splitlines() if f"/{page}.md" in line]


def test_it_is_refused_at_the_line_and_says_what_to_do(attacked: Built) -> None:
    assert attacked.status == 1
    first = re.search(
        r"from_json\.md:(\d+): .*, (\S+) is read, which no reader sees: offer it with download", attacked.messages
    )
    assert first is not None
    source = attacked.html.parents[1] / "source"
    assert "open('loss.json')" in (source / "from_json.md").read_text("utf-8").splitlines()[int(first[1]) - 1]
    assert first[2] == "loss.json"


def test_what_readers_see_is_no_finding(tmp_path: Path) -> None:
    built = book(tmp_path, INNOCENT)
    assert (built.status, accused(built)) == (0, set()), built.messages
