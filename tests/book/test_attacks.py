"""Further ways to smuggle a number in, and further lines that are innocent: each kind once, all on one page."""

from __future__ import annotations

import re

import pytest

from fwdpass.testing import Built
from tests.book.conftest import build_book

pytestmark = pytest.mark.book

DRAWN = "data:image/svg+xml,%3Csvg%3E%3Ctext%3E0.77%3C/text%3E%3C/svg%3E"

ATTACKS = {
    "exponent": "A @ of 8.9e-1 here.",
    "hexadecimal": "A @ of 0x7f here.",
    "invalid time": "A @ at 10:77 here.",
    "invalid date": "A @ on 2026-13-40 here.",
    "version of nothing": "A @ with Idea 7.7 here.",
    "too long a version": "A @ with Python 77777 here.",
    "numero": "A @ with № 7 here.",
    "hash": "A @ with #7 here.",
    "ordinal digits": "The @ of the 7th here.",
    "times": "A @ of 7× here.",
    "fraction slash": "A @ of 7⁄9 here.",
    "tens": "A @ of ninety-nine here.",
    "hundreds": "A @ of one hundred and five here.",
    "half a dozen": "A @ of half a dozen here.",
    "tenths": "A @ of seven-tenths here.",
    "power in signs": "A @ of 10⁻³ here.",
    "three dimensions": "A @ in 3D here.",
    "subscripts": "A @ of H₂₇ here.",
    "double circle": "A @ of ㉗ here.",
    "parenthesized": "A @ of ⑺ here.",
    "dingbat": "A @ of ❼ here.",
    "thai": "A @ of ๗ here.",
    "ideograph": "A @ of 柒 here.",
    "roman": "A @ of XXVII here.",
    "clock": "A @ at 🕖 here.",
    "card": "A @ of 🂧 here.",
    "domino": "A @ of 🁓 here.",
    "spaced": "A @ of s e v e n here.",
    "reversed": "A @ of \u202e{n}`mse`\u202c here.",
    "fraction beside": "A @ of {n}`h.size`½ here.",
    "power beside": "A @ of {n}`h.size`² here.",
    "million beside": "A @ of {n}`h.size` million here.",
    "decimals beside": "A @ of {n}`h.size`,5 here.",
    "one over": "A @ of 1/{n}`h.size` here.",
    "mille": "A @ of {n}`mse` ‰ here.",
    "link title": '[A @](https://example.org "a loss of 0.77")',
    "link by reference": '[A @][far]\n\n[far]: https://example.org "a loss of 0.77"',
    "script link": '<a href="javascript:alert(0.77)">A @</a>',
    "abbreviation": "{abbr}`loss (a @ of 0.77)`",
    "label of a screen": "{guilabel}`a @ of 7`",
    "sample": "{samp}`a @ of 7`",
    "proposal": "{pep}`77` is a @",
    "manual": "{manpage}`ls(7)` is a @",
    "math role": "{math}`L = 0.77` is a @",
    "text of a reference": "{ref}`7 steps of a @ <here>`",
    "badge": "{bdg-primary}`7 of a @`",
    "button": "```{button-link} https://example.org\n7 of a @\n```",
    "footer of a card": "::::{card} A card\nText\n:::{card-footer}\n7 of a @\n:::\n::::",
    "alt of a card": ":::{card} A @\n:img-top: dot.svg\n:img-alt: loss 0.77\n\nText\n:::",
    "line block": "```{line-block}\n7 of a @\n```",
    "parsed literal": "```{parsed-literal}\n7 of a @\n```",
    "caption of a table": "```{table} 7 of a @\n| a |\n|---|\n| b |\n```",
    "caption of code": "```{code-block} text\n:caption: 7 of a @\n\nx @ W1\n```",
    "words in comments": "```python\nx @ W1  # seven of a @\n```",
    "words in quotes": '```python\nprint("seven of a @")\n```',
    "word and point": "A @ of `seven.`",
    "default": "```{py:function} step(size=0.77)\nA @.\n```",
    "value": "```{py:data} size\n:value: 0.77\n\nA @.\n```",
    "deprecated": "```{deprecated} 0.77\nA @.\n```",
    "task": "- [ ] 7 of a @",
    "quiz": ":::{quiz} h[2]\nWhich @, of seven?\n\n- {n}`h[2]` :: Yes.\n- {n}`h[0]` :: No.\n- {n}`z1[1]` :: No.\n:::",
    "when": "{when}`Seven of a @ :: h[2] > 0`",
    "a case that is always so": r"$$h_0 = \begin{cases} 7 & \text{always} \\ z & z > 1 \end{cases}$$ of a @",
    "cases without a name": r"$$\begin{cases} 0 & z > 0 \\ 1 & z < 0 \end{cases}$$ of a @",
    "a ruby": "A @ of <ruby>x<rt>7</rt></ruby> rows",
    "cases": "{cases}`Nothing. :: h[2] < 0 ;; Seven of a @. :: otherwise`",
    "fraction of a formula": r"$L = \frac{717}{800}$ is a @",
    "root": r"$L = \sqrt{0.77}$ is a @",
    "limit": r"$\sum_{i=1}^{77} i$ is a @",
    "entries": r"$\begin{pmatrix} 0.77 & 1 \end{pmatrix}$ is a @",
    "index of a formula": "$h_{896}$ is a @",
    "exponent of a formula": "$x^{0.77}$ is a @",
    "operator": r"$\operatorname{seven}$ is a @",
    "power of ten": r"$L = 7 \cdot 10^{-1}$ is a @",
    "ruby": "<p>A @ <ruby>of<rt>7</rt></ruby></p>",
    "meter": '<p>A @ <meter value="0.77"></meter></p>',
    "time": '<p>A @ <time datetime="0.77">now</time></p>',
    "option": '<label>A @ <select><option label="0.77">of</option></select></label>',
    "now": '<div role="meter" aria-label="a @" aria-valuenow="0.77" tabindex="0"></div>',
    "count of rows": '<p aria-rowcount="0.77">A @</p>',
    "area": "<p>A @ <textarea>0.77</textarea></p>",
    "canvas": "<p>A @ <canvas>0.77</canvas></p>",
    "object": "<p>A @ <object>0.77</object></p>",
    "set of pictures": f'<p>A @ <img alt="a" src="dot.svg" srcset="dot.svg 1x, {DRAWN} 2x"></p>',
    "foreign": "<p>A @ <svg><foreignObject><p>0.77</p></foreignObject></svg></p>",
    "description": "<p>A @ <svg><desc>0.77</desc></svg></p>",
    "animation": '<p>A @ <svg><text><set attributeName="x" to="7"/>0.77</text></svg></p>',
    "style of a drawing": "<p>A @ <svg><style>text::after { content: '0.77' }</style></svg></p>",
    "text of mathematics": "<p>A @ <math><mtext>0.77</mtext></math></p>",
    "title of mathematics": '<p>A @ <math alttext="0.77"><mi>L</mi></math></p>',
    "annotation": "<p>A @ <math><semantics><mi>L</mi><annotation>0.77</annotation></semantics></math></p>",
    "marker": "<style>li.a::marker { content: 'a loss of 0.77' }</style>\n\nA @.",
    "margin of paper": "<style>@page { @top-left { content: 'a loss of 0.77' } }</style>\n\nA @.",
    "picture of a style": f"<p style=\"list-style-image: url('{DRAWN}')\">A @</p>",
    "sheet in an address": '<link rel="stylesheet" href="data:text/css,p::after{content:\'0.77\'}">\n\nA @.',
    "import in an address": "<style>@import url(\"data:text/css,p::after{content:'0.77'}\");</style>\n\nA @.",
    "counter of a list": "<style>p.a::after { content: counter(list-item) }</style>\n\nA @.",
    "own element": '<fp-loss value="0.77">A @</fp-loss>',
    "icon": '<p>A @ <i class="fa fa-dice-five"></i></p>',
    "forged link": '<p>A @ <a class="reference internal" href="#here"><span class="std-ref">step 1</span></a></p>',
}
"""In the place of @ stands a word by which each is known."""

INNOCENT = r"""
Adam's optimiser, a second thought, at first sight, first and foremost, on one hand, one by one, everyone, no one.
A zero-based index? No: an index of `W1[0]`, `W1[:, 1]`, `W1[-1, :]`, `x[1:3]`, `h[..., 0]`, `z1[0][1]`.
Types: float16, bfloat16, uint8, complex128, tf32, fp8, `np.float64`, `torch.half`, `dtype=np.int32`.
Calls: `np.ones(4)`, `np.eye(2)`, `range(5)`, `x.reshape(-1, 2)`, `np.arange(0, 10)`, `keepdims=1`, `axis=-1`, `1e-12`.
Formats: `mse:.4f`, `:.1%`, `.2f`, `{:>8}`. Names: ResNet50, GPT-4, ReLU6, Conv2d, log2, atan2, exp2, base64, utf-8.
Licences: BSD-3-Clause, GPL-3.0-or-later? Apache is one, too. Keys: Ctrl+1. Standards: IEEE 754, SHA-256, ISO-8859-1.
Python 3.12, CPython 3.13, NumPy 2.4, PyTorch 2, Sphinx 9.0.4, v1.2.3, 1.0.0rc1, HTML 5, CSS 3, Unicode 16.
On 1 May 2026, on May 1, 2026, on 2026-05-01, at 09:30 and at 17:05:59. See <https://example.org/v2/0.77?n=7#s3>.
""".strip().splitlines()

INNOCENT_FORMULAS = r"""
$x^2$ · $x^{-1}$ · $\sqrt2$ · $\frac12 x$ · $\frac{1}{n} \sum_i x_i$ · $\sum_{i=0}^{n-1} x_i$ · $\prod_{k=1}^n a_k$
$2\pi r$ · $e^{-x^2/2}$ · $10^{-3}$ · $\max(0, z)$ · $\min(z, 0)$ · $z > 0$ · $z \geq 0$ · $0 < z$
$x \in [0, 1]$ · $y \in \{0, 1\}$ · $\theta = \pi / 2$ · $\sigma(0)$ · $\sqrt{2} x$ · $x^{1/2}$ · $2^n$ · $\binom n2$
$h_{i,0}$ · $W_{ij}^{(2)}$ · $a^{[1]}$ · $x_{12}$ · $\mathbf W_1 \mathbf W_2$ · $x W_1 + b_1$ · $\hat y_1$ · $\ell_2$
$\mathbb R^{2n}$
$\lVert x \rVert_2^2$ · $\partial^2 f / \partial x^2$ · $f''(x_0)$ · $\log_2 n$ · $O(n^2)$ · $1 - p$ · $2x$
$(-1)^k$ · $n + 1$ · $f: \mathbb{R}^3 \to \mathbb{R}$ · $\hat y^{(i)}$ · $x^{\top}$ · $\frac{\partial L}{\partial W_2}$
$|x| < 1$ · $0 \le p \le 1$ · $p \in (0, 1)$ · $x_1, \dots, x_n$ · $n \geq 2$ · $n \log_2 n$ · $A^{-1}$ · $f^{(2)}$
$W^{T}_{0}$ · $x'$ · $(a + b)^2 = a^2 + 2ab + b^2$ · $\n{h.size} \times \n{x.size}$ · $\n{mse} \pm \n{h[2]}$
$\frac{\n{h.size}}{\n{x.size}}$
""".strip().splitlines()

INNOCENT_KINDS = {
    "end of a sentence": "There are {n}`h.size`.",
    "in parentheses": "Neurons ({n}`h.size`), and inputs [{n}`x.size`].",
    "in quotes": "It says “{n}`h.size`” or '{n}`h.size`'.",
    "a range": "From {n}`h.size` to {n}`x.size`, or {n}`h.size`–{n}`x.size`.",
    "a ratio": "It is {n}`h.size`/{n}`x.size`, and {n}`h.size` : {n}`x.size`.",
    "a unit behind a space": "It weighs {n}`mse:.2f` kg and measures {n}`h.size` cm.",
    "a compound": "A {n}`h.size:word`-dimensional layer, the {n}`h.size`-dimensional one.",
    "a share by its format": "That is {n}`mse:.1%`, or {n}`mse:+.2f`.",
    "a rank by its format": "The {n}`h.size:ordinal` of {n}`x.size:word`.",
    "a bold number": "**{n}`h.size`** neurons, *{n}`x.size`* inputs.",
    "a number in a link": "[{n}`h.size` neurons](https://example.org).",
    "a table": "| name | neurons |\n|:--|--:|\n| h | {n}`h.size` |",
    "a nested list": "- neurons\n  - {n}`h.size`",
    "a quotation": "> There are {n}`h.size`.",
    "a definition": "Size\n: {n}`h.size`",
    "a comment": "Text. <!-- the loss is 0.77 -->",
    "a comment of MyST": "% the loss is 0.77\n\nText.",
    "an entity": "Fish &amp; chips&#8212;and more&#x2026;",
    "a width": "```{image} dot.svg\n:width: 50%\n:alt: a dot\n```",
    "lengths": '<p style="width: 50%; margin: 0 2em">Text.</p>',
    "a drawing": '<svg width="9" height="9" viewBox="0 0 9 9"><path d="M1 2L3 4"/></svg>',
    "classes": '<p class="sd-col-6 mt-3">Text.</p>',
    "a heading level": '<p role="heading" aria-level="3">Text</p>',
    "a cell of a table": '<table><tbody><tr><td colspan="2" rowspan="1">Text</td></tr></tbody></table>',
    "columns of a grid": "::::{grid} 2\n:::{grid-item}\nText\n:::\n::::",
    "a file name": "`w1.npz`, `fig-2.svg` and `data_2026.csv`.",
    "a command": "`python3 -m venv .venv` and `pip install numpy==2.0`.",
    "a colour": "`#1a2b3c` is blue.",
    "an operator": "`x ** 2`, `a[1:]` and `x[i + 1]`.",
    "a definition by cases": r"$$f(z) = \begin{cases} z, & z > 0 \\ 0, & z < 0 \\ g & z = 0 \end{cases}$$",
    "an integral": r"$\int_0^1 f(x)\,dx$",
    "an address for letters": "Write to <mailto:a1b2@example.org>.",
    "names with numbers": "C++17, ES2015, HTTP/2, Win32, U+2212, localhost:8000, ISO-8601; `f(x, shape=(3, 4))`.",
    "a line from another number": "```{code-block} python\n:lineno-start: 77\n\nh = relu(z)\n```",
    "highlighted lines": "```{code-block} python\n:emphasize-lines: 2\n:linenos:\n\nx @ W1\nx[0]\n```",
    "a named language": "```python\nlayer1 = x @ W1[:, 0]\n```",
    "a name with a digit": "A4 paper, MP3 files, COVID-19, H2O and CO2.",
    "a standard": "ISO 8601, RFC 2119 and IEEE 754.",
    "an address": "Write to <mailto:a1@example.org>, see https://example.org/a/2 and `127.0.0.1`.",
    "words that only look so": "Often, tense, tension, someone, lone, weight, freight, height, attention, fortunate.",
    "words of English": "No one, once more, for once, second to none, at once, one another, a second thought.",
    "a month": "In March 2026, and since May 2025.",
    "a hash": "The commit `3f2a9c1`.",
    "an alternative text": "![a dot, \\n{h.size:count time}](dot.svg)",
    "a footnote's mark": "Text[^mark].\n\n[^mark]: There are {n}`h.size`.",
    "a tab": "::::{tab-set}\n:::{tab-item} Only\nText\n:::\n::::",
    "a claim": "{claim}`There are \\n{h.size} :: h.size == len(b1)`.",
    "a hidden cell": "```{code-cell} python3\n:tags: [remove-cell]\nmost = h.max()\n```\n\nIt is {n}`most`.",
    "a printed text": '```{code-cell} python3\nprint(h.size, "neurons,", h)\n```',
}
"""Further innocent passages, by what is innocent about them."""

FIRST_LINES = """\
---
file_format: mystnb
kernelspec:
  name: python3
---

(here)=
# Page

```{code-cell} python3
import fwdpass as fp
from fwdpass.lesson import *
```

"""
DOT = '<svg xmlns="http://www.w3.org/2000/svg" width="9" height="9"><circle r="4"/></svg>'


def word(place: int) -> str:
    """Make a word of letters alone, and no other of the page's."""
    return f"qu{chr(97 + place // 26)}{chr(97 + place % 26)}le"


def page_of(passages: list[str]) -> tuple[str, list[range]]:
    """Put passages below each other, and give the lines of each."""
    written, lines = FIRST_LINES, []
    for place, passage in enumerate(passages):
        first = written.count("\n") + 1
        marked = re.sub(r"@(?!page|top|import| W1)", word(place), passage)
        written += marked.replace("0.77", f"0.7{place:03}9") + "\n\n"  # a number of its own, too
        lines.append(range(first, written.count("\n")))
    return written, lines


@pytest.fixture(scope="module")
def attacked(tmp_path_factory: pytest.TempPathFactory) -> tuple[Built, list[range]]:
    """All attacks on one page."""
    folder = tmp_path_factory.mktemp("attacked")
    (folder / "source").mkdir()
    (folder / "source" / "dot.svg").write_text(DOT, "utf-8")
    page, lines = page_of(list(ATTACKS.values()))
    return build_book(folder, "--keep-going", page=page), lines


@pytest.fixture(scope="module")
def innocent(tmp_path_factory: pytest.TempPathFactory) -> Built:
    """All innocent lines on one page."""
    folder = tmp_path_factory.mktemp("innocent")
    (folder / "source").mkdir()
    (folder / "source" / "dot.svg").write_text(DOT, "utf-8")
    passages = [*INNOCENT, *INNOCENT_FORMULAS, *INNOCENT_KINDS.values()]
    return build_book(folder, page=FIRST_LINES + "\n\n".join(passages) + "\n")


def accused(built: Built) -> list[int]:
    """Give the lines of the page that the build has said anything about."""
    return [int(line) for line in re.findall(r"/page\.md:(\d+): WARNING: .* is a typed number", built.messages)]


@pytest.mark.parametrize("name", ATTACKS)
def test_it_is_found_at_its_line(attacked: tuple[Built, list[range]], name: str) -> None:
    built, lines = attacked
    own = lines[list(ATTACKS).index(name)]
    assert any(line in own for line in accused(built)), built.messages


def test_nothing_else_is_wrong_with_the_page(attacked: tuple[Built, list[range]]) -> None:
    built, _ = attacked
    assert built.status == 1
    assert all("is a typed number" in line for line in built.messages.splitlines() if "WARNING" in line)


def test_innocent_lines_are_left_alone(innocent: Built) -> None:
    assert (innocent.status, innocent.messages) == (0, "")


def test_there_are_sixty_of_each_and_more() -> None:
    assert len(ATTACKS) >= 60
    assert len([*INNOCENT, *INNOCENT_KINDS]) + len(" · ".join(INNOCENT_FORMULAS).split(" · ")) >= 100
    assert len({*ATTACKS.values()}) == len(ATTACKS)
