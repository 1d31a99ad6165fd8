"""What is drawn by this package is light or dark as the page around it is, in themes that are not the book's."""

from __future__ import annotations

from collections.abc import Mapping
from pathlib import Path

import pytest
from axe_playwright_python.sync_playwright import Axe
from playwright.sync_api import Page

from tests.browser.conftest import Eyes
from tests.forked import build

pytestmark = [pytest.mark.book, pytest.mark.browser]

CONF = """
extensions = ["myst_nb", "fwdpass.sphinxext"]
myst_enable_extensions = ["dollarmath"]
html_math_renderer = "mathml"
"""
PAGE = """---
file_format: mystnb
kernelspec:
  name: python3
---
# Sums

```{code-cell}
import fwdpass as fp
from fwdpass.lesson import W1, W2, b1, b2, x
z1 = x @ W1 + b1
fp.product(x, W1, "x", "h")
```

The largest is {n}`z1.max()`, of

$$ z = \\n{z1} $$ (sums)

```{code-cell}
fp.mismatch("W1 @ x", "x @ W1")
```

```{code-cell}
fp.network(x, W1, b1, W2, b2)
```

```{code-cell}
fp.states(x, W1, b1)
```

```{code-cell}
:number-source-lines:

h = fp.relu(z1)
fp.contributions(h, W2, "h", "y_hat")
```

```{script} fwdpass.lesson
```

```{quiz} z1[1]
Which sum is asked for?

- {n}`z1[0]` :: Too early.
- [x] {n}`z1[1]` :: So it is.
- {n}`z1[2]` :: Too late.
```
"""
READ_THE_DOCS = """
.rst-content .admonition-title { color: #fff; background: #6ab0de; }
.rst-content code { white-space: nowrap; max-width: 100%; }
.rst-content section ul li { list-style: disc; margin-left: 24px; }
"""
"""What the theme of Read the Docs says of titles, code and lists."""
FURO = "small { font-size: 80%; opacity: 75% }"
"""What Furo says of small letters."""
THEMES = {"alabaster": "light", "pydata_sphinx_theme": "dark", "sphinx_book_theme": "dark"}
"""Themes, and what they are where the system is dark."""
FLAT = "* { background-image: none !important }"
"""What stands on a gradient has a contrast that axe-core does not know, and says nothing of."""
INK = "() => getComputedStyle(document.querySelector('.fp-certificate p')).color"
OURS = [
    [".fp-certificate"],
    [".fp-product"],
    [".eqno"],
    [".quick-check"],
    [".fp-mismatch"],
    [".fp-network"],
    [".fp-states"],
    [".fp-contributions"],
    [".fp-script .linenos"],
    [".cell_input .linenos"],
]


@pytest.fixture(scope="module")
def themed(tmp_path_factory: pytest.TempPathFactory) -> Mapping[str, Path]:
    """Build the page with each theme."""
    found = {}
    for theme in THEMES:
        folder = tmp_path_factory.mktemp(theme)
        (folder / "conf.py").write_text(f"{CONF}html_theme = {theme!r}\n", "utf-8")
        (folder / "index.md").write_text(PAGE, "utf-8")
        built = build(folder, folder / "built")
        assert (built.status, built.messages) == (0, "")
        found[theme] = built.html / "index.html"
    return found


def unreadable(page: Page) -> list[str]:
    """Give what has too little contrast, of what is ours."""
    page.add_style_tag(content=FLAT)
    there = [one for one in OURS if page.query_selector(one[0])]
    asked = {"runOnly": ["color-contrast"]}
    said = Axe().run(page, context={"include": there}, options=asked).response
    return [str(node["target"]) for violation in said["violations"] for node in violation["nodes"]]


@pytest.mark.parametrize("theme", THEMES)
def test_in_the_dark_everything_of_ours_can_be_read(themed: Mapping[str, Path], eyes: Eyes, theme: str) -> None:
    inks = {}
    for mode in ("light", "dark"):
        with eyes.open(themed[theme].as_uri(), mode=mode) as page:
            inks[mode] = page.evaluate(INK)
            assert unreadable(page) == [], mode
    assert (inks["dark"] == inks["light"]) is (THEMES[theme] == "light")


def test_a_button_that_sets_the_theme_at_the_body_is_heard(themed: Mapping[str, Path], eyes: Eyes) -> None:
    """As Furo's does."""
    with eyes.open(themed["alabaster"].as_uri()) as page:
        inks = [
            page.evaluate(f"mode => {{ document.body.dataset.theme = mode; return ({INK})(); }}", mode)
            for mode in ("light", "dark", "light")
        ]
    assert inks[0] == inks[2] != inks[1]


def test_what_read_the_docs_says_of_everything_leaves_ours_readable(themed: Mapping[str, Path], eyes: Eyes) -> None:
    with eyes.open(themed["alabaster"].as_uri(), width=390) as page:
        page.add_style_tag(content=READ_THE_DOCS)
        page.evaluate("document.body.classList.add('rst-content')")
        assert page.evaluate("getComputedStyle(document.querySelector('section code')).whiteSpace") == "nowrap"
        assert unreadable(page) == []
        assert page.evaluate("document.documentElement.scrollWidth") <= 390
        assert page.evaluate("getComputedStyle(document.querySelector('.fp-mismatch li')).listStyleType") == "none"


@pytest.mark.parametrize("mode", ["light", "dark"])
def test_what_furo_fades_can_be_read(themed: Mapping[str, Path], eyes: Eyes, mode: str) -> None:
    with eyes.open(themed["pydata_sphinx_theme"].as_uri(), mode=mode) as page:
        page.add_style_tag(content=FURO)
        page.evaluate("document.querySelectorAll('details').forEach((one) => { one.open = true; })")
        assert page.evaluate("getComputedStyle(document.querySelector('.fp-contributions small')).opacity") == "1"
        assert unreadable(page) == []
