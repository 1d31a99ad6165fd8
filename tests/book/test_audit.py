"""No number gets past the audit: every way to smuggle one in that we could think of, and a page of innocent ones."""

from __future__ import annotations

import re
from pathlib import Path

import pytest

from fwdpass.testing import Built
from tests.book.conftest import BuildPages, build_book

pytestmark = pytest.mark.book

MARK = '<span class="{}">0.77</span>'
CODE = "```{{code-cell}} python3\n{}\n```\n"

ATTACKS = {
    "prose": "The loss is 0.77.",
    "raw": "<p>The loss is 0.77.</p>",
    "raw_inline": "The loss is <b>0.77</b>.",
    "data": 'The loss is <data value="x">0.77</data>.',
    "forged_number": "{n}`mse` and " + MARK.format("fp-n fp-n1"),
    "forged_twice": 'Loss {n}`mse`, <span class="fp-n fp-n1">0.8963</span>.',
    "forged_unknown": "Loss " + MARK.format("fp-n fp-n99"),
    "forged_unnumbered": "Loss " + MARK.format("fp-n"),
    "forged_counted": "Loss " + MARK.format("fp-counted"),
    "forged_typed": "Loss " + MARK.format("fp-typed"),
    "forged_output": '<div class="cell_output"><div class="output text_html">0.77</div></div>',
    "forged_certificate": '<div class="fp-certificate">0.77</div>',
    "forged_exceptions": '<div class="fp-exceptions">0.77</div>',
    "forged_section": "Loss " + MARK.format("section-number"),
    "forged_equation": "Loss " + MARK.format("eqno"),
    "forged_caption": "Loss " + MARK.format("caption-number"),
    "forged_line": "Loss " + MARK.format("linenos"),
    "forged_label": "Loss " + MARK.format("label"),
    "forged_sig": '<dl><dt class="sig sig-object">0.77</dt></dl>',
    "forged_headerlink": 'Loss <a class="headerlink" href="#x">0.77</a>',
    "forged_reference": 'See <a class="reference internal" href="#x">0.77</a>',
    "forged_footnote": 'See <a class="footnote-reference brackets" href="#x">77</a>',
    "forged_executed_text": "Loss <span class='fp-n fp-n1'>0.7<b>7</b></span> {n}`mse`",
    "entities": "Loss &#48;.&#55;&#55;.",
    "entity_fraction": "A loss of &frac12;.",
    "split_digits": "Loss 0.<b>7</b>7.",
    "split_word": "<p>th<i>ree</i> neurons</p>",
    "zero_width": "th\u200bree neurons",
    "zero_width_digits": "Loss 7\u200b7.",
    "full_width": "Loss ０.７７.",
    "arabic": "Loss ٧٧.",
    "devanagari": "Loss ७७.",
    "mathematical_bold": "Loss 𝟕𝟕.",
    "circled": "Neuron ③.",
    "superscript": "x² neurons",
    "roman_sign": "Layer Ⅲ",
    "roman": "Layer III",
    "chinese": "三 neurons",
    "fraction": "⅔ of the neurons",
    "word": "three neurons",
    "capital": "Three neurons",
    "ordinal": "the third neuron",
    "tens": "twenty neurons",
    "hyphen": "a three-layer network",
    "dozen": "a dozen neurons",
    "percent": "seventy percent",
    "twice": "twice the loss",
    "look_alike": "tw\N{CYRILLIC SMALL LETTER O} neurons",
    "glued": "about77 neurons",
    "glued_decimal": "x0.77 neurons",
    "aria": '<p aria-label="loss 0.77">Loss.</p>',
    "title": '<p title="loss 0.77">Loss.</p>',
    "placeholder": '<input placeholder="0.77" />',
    "own_data": '<p data-loss="0.77">Loss.</p>',
    "alt": "![loss 0.77](dot.svg)",
    "alt_beside_a_hole": r"![loss \n{mse} or 0.77](dot.svg)",
    "svg_text": "<svg><text>0.77</text></svg>",
    "svg_title": "<svg><title>three</title></svg>",
    "mathml": "<math><mn>0.77</mn></math>",
    "formula": "$L = 0.77$",
    "formula_text": r"$\text{three}$",
    "formula_letters": "$three$",
    "formula_block": "$$\nL = 0.77\n$$",
    "formula_environment": "\\begin{align}\nL &= 0.77\n\\end{align}",
    "formula_directive": "```{math}\nL = 0.77\n```",
    "formula_beside_a_hole": r"$L = \n{x[0]}7$",
    "formula_exponent": r"$\n{mse}^2$",
    "style_element": '<style>p::after { content: "0.77" }</style>',
    "style_escape": "<style>p::after { content: '\\30 .\\37 7' }</style>",
    "inline_script": "<script>document.write(0.77)</script>",
    "json_script": '<script type="application/json">{"loss": 0.77}</script>',
    "backticks": "The loss is `0.77`.",
    "backticks_word": "It has `three` neurons.",
    "fence": "```text\nloss 0.77\n```",
    "console": "```console\n$ python script.py\n0.77\n```",
    "doctest": "```pycon\n>>> mse\n0.77\n```",
    "heading": "## A loss of 0.77",
    "heading_word": "## Three neurons",
    "explicit_link": "(here)=\n## Here\n\nSee {ref}`figure 7 <here>`.",
    "link": "See [the 77 weights](https://example.org).",
    "footnote": "A note[^n].\n\n[^n]: The loss is 0.77.",
    "definition": "Loss 77\n: A term.",
    "table": "| a |\n|---|\n| 0.77 |",
    "admonition_title": ":::{admonition} A loss of 0.77\nText.\n:::",
    "admonition": ":::{note}\nThe loss is 0.77.\n:::",
    "card": "::::{grid} 1\n:::{grid-item-card} Loss 0.77\nText.\n:::\n::::",
    "dropdown": ":::{dropdown} three neurons\nText.\n:::",
    "caption": "```{figure} dot.svg\nA loss of 0.77.\n```",
    "list_table": "```{list-table}\n* - 0.77\n```",
    "quote": "> The loss is 0.77.",
    "claim": "{claim}`the loss is 0.77 :: mse > 0`",
    "forged_listing": "```{code-block} text\n:class: fp-script\n\n0.77\n```",
    "forged_class_of_markdown": "{n}`mse` and [0.77]{.fp-n .fp-n1}",
    "forged_link_to_a_section": "# Page\n\n{n}`mse` and <a class='reference internal' href='#page'>2 neurons</a>",
    "forged_lines_of_code": '<pre><span class="linenos">77</span>neurons</pre>',
    "lines_from_a_number": "```{code-block} text\n:lineno-start: 77\n\nneurons\n```",
    "forged_back_link": 'Loss <a role="doc-backlink" href="#x">77</a>',
    "forged_picture": '<img src="0.77" alt="0.77" />',
    "formula_typed_and_computed": r"$0.8963$ and $\n{mse}$",
    "formula_computed_and_typed": r"$\n{mse}$ and $0.8963$",
    "alt_typed_and_computed": "![loss 0.8963](dot.svg) ![loss \\n{mse}](dot.svg)",
    "twin_of_an_output": CODE.format("mse") + "\nThe loss is `0.8963`.",
    "twin_of_an_output_in_a_fence": CODE.format("mse") + "\n```text\n0.8963\n```",
    "twin_of_an_output_in_html": CODE.format("mse")
    + '\n<div class="output text_plain"><pre>0.8963</pre></div>\n<div class="output"><pre>0.8963</pre></div>',
    "twin_of_a_listing": CODE.format("a = 77") + '\n<div class="highlight"><pre>a = 77</pre></div>',
    "fence_word": "```text\nthree neurons\n```",
    "data_address": '<img alt="" src="data:image/svg+xml,%3Csvg%3E%3Ctext%3E0.77%3C/text%3E%3C/svg%3E" />',
    "data_address_encoded": '<iframe title="a" src="data:text/html;base64,PHA+MC43NzwvcD4="></iframe>',
    "frame": '<iframe title="a" srcdoc="0.77"></iframe>',
    "handler": '<button onclick="alert(0.77)">Loss</button>',
    "style_of_an_attribute": '<style>p::after { content: attr(class) }</style><p class="0.77">Loss</p>',
    "style_counter": "<style>p::after { counter-increment: n 77; content: counter(n) }</style>",
    "style_list": "<ul style=\"list-style-type: '77'\"><li>Loss</li></ul>",
    "style_property": '<style>p { --loss: "0.77" }</style>',
    "counter_style": "<style>@counter-style own { symbols: '7' '8' }</style>",
    "formula_element_title": '<math><mi title="loss 0.77">L</mi></math>',
    "code_element_title": '<code><b title="loss 0.77">L</b></code>',
    "formula_tag": "$$\nL \\tag{77}\n$$",
    "formula_above": r"$L \overset{77}{=} M$",
    "formula_below_many": r"$L_{0.77}$",
    "small_capitals": "ᴛʜʀᴇᴇ neurons",
    "accents": "thrée neurons",
    "combining": "thre\u0301e neurons",
    "keycap": "3\ufe0f\u20e3 neurons",
    "keycap_ten": "\U0001f51f neurons",
    "die": "⚂ neurons",
    "roman_five": "Layer Ⅴ",
    "soft_hyphen": "th\u00adree neurons",
    "plural": "They come in threes.",
    "list_item": '<ol><li value="77">Loss</li></ol>',
    "input": '<label>Loss <input value="0.77" /></label>',
    "template": "<template>0.77</template>",
    "noscript": "<noscript>0.77</noscript>",
    "summary": "<details><summary>three neurons</summary></details>",
    "table_summary": '<table summary="about three of them"><tbody><tr><td>a</td></tr></tbody></table>',
    "version_of_two_parts": "```{versionadded} 0.77\nText.\n```",
    "tab": "::::{tab-set}\n:::{tab-item} three neurons\nText.\n:::\n::::",
    "rubric": "```{rubric} three neurons\n```",
    "sidebar": "```{sidebar} three neurons\nText.\n```",
    "glossary": "```{glossary}\nthree neurons\n: A term.\n```",
    "substitution": "---\nfile_format: mystnb\nkernelspec:\n  name: python3\n"
    "myst:\n  enable_extensions: [substitution]\n  substitutions:\n    loss: '0.77'\n---\n\n# Page\n\n{{ loss }}\n",
    "page_title": "---\nfile_format: mystnb\nkernelspec:\n  name: python3\n---\n\n# Three neurons\n",
    "footnote_label": "A note[^7].\n\n[^7]: Text.",
    "numref": "```{figure} dot.svg\n:name: dot\n\nA dot.\n```\n\n{numref}`Figure 77 <dot>`",
    "contents_link": "```{toctree}\nThree neurons <https://example.org>\n```",
    "contents_caption": "```{toctree}\n:caption: Three neurons\n\nElsewhere <https://example.org>\n```",
    "download": "{download}`the 77 weights <dot.svg>`",
    "topic": "```{topic} three neurons\nText.\n```",
    "raw_directive": "```{raw} html\n<p>0.77</p>\n```",
    "csv": "```{csv-table}\na, 0.77\n```",
    "keyboard": "{kbd}`77`",
    "subscript": "Loss {sub}`77`",
    "shown_cell_and_sentence": CODE.format("0.77") + "\nThe loss is 0.77.",
}
"""Each stands on a page of its own, and each is a typed number."""

REFUSED = {
    "constant": "{n}`0.77`",
    "laundered": "{n}`mse * 0 + 0.77`",
    "hole": r"$\n{0.77}$",
    "string": "{n}`'0.77' if x[0] else ''`",
    "number_word": "{n}`'three' if x[0] else ''`",
    "f_string": "{n}`f'{mse:.2f}'`",
    "hidden_print": CODE.format(":tags: [remove-input]\nprint(0.77)"),
    "hidden_text": CODE.format(":tags: [remove-input]\nprint('0.77')"),
    "hidden_word": CODE.format(":tags: [remove-cell]\nshown = 'three'") + "\n{n}`shown`",
    "hidden_whole": CODE.format(":tags: [remove-cell]\nshown = 3") + "\n{n}`shown`",
    "hidden_laundered": CODE.format(":tags: [remove-cell]\nshown = mse * 0 + 77 / 100") + "\n{n}`shown`",
    "hidden_characters": CODE.format(":tags: [remove-cell]\nshown = chr(48) + chr(46) + chr(55)") + "\n{n}`shown`",
    "hidden_reading": CODE.format(":tags: [remove-cell]\nshown = int('77')") + "\n{n}`shown`",
    "hidden_shape": CODE.format(":tags: [remove-cell]\nshown = len(range(7))") + "\n{n}`shown`",
    "skipped": CODE.format(":tags: [skip-execution]\nmse"),
    "without_a_reason": "{typed}`1986`",
    "laundered_length": CODE.format(":tags: [remove-cell]\nshown = len('neurons')") + "\n{n}`shown`",
    "laundered_truth": CODE.format(":tags: [remove-cell]\nshown = True + True") + "\n{n}`shown`",
    "laundered_ranks": CODE.format(":tags: [remove-cell]\nshown = ord('h') - ord('a')") + "\n{n}`shown`",
}
"""What the page itself is refused for, before anything is written."""

INNOCENT = r"""
(innocent)=
## Innocent

Names: W1, b_2, h_0, float64, int32, UTF-8, `W1[1, 0]`, `x @ W1 + b1`, `mse:.2f`, $W_1[0][j]$, $\mathbf{h}_2$, $x_{12}$.
Versions such as Sphinx 9.0.4, Python 3.12 and NumPy 2, one of them, once, a single name, first of all, non-zero.
GPT-4, ReLU6, BSD-3-Clause, `np.zeros(3)`, `axis=0`, `x.reshape(2, 2)`, `1e-3`, <https://example.org/2024/7>.
On 29 November 2026, at 10:30. $x^2$, $\frac12$, $10^{-3}$, $\max(0, z)$, $h_{i,0}$, $W^{(1)}$, $x W_1 + b_1$, $z > 0$.
See {ref}`innocent`, {numref}`innocent`, {eq}`sum`, {numref}`dot`, {numref}`code`, {ref}`a picture <dot>`, {doc}`index`,
a note[^n], another[^m], and the note again[^n]; a list is numbered:

1. this
2. and that

A list goes on:

7. here
8. and there

$$
z = \n{mse} + \n{x}
$$ (sum)

```{figure} dot.svg
:name: dot
:width: 50%
:alt: A loss of \n{mse}.

The loss is {n}`mse`.
```

```{code-cell} python3
import fwdpass as fp
print("0.5 and three")
fp.matrix(W1, "x", "h")
```

```{code-cell} python3
:tags: [remove-input]
z1, mse
```

```{code-cell} python3
:tags: [raises-exception]
x @ W1.T
```

```{code-cell} python3
class Drawn:
    def __repr__(self):
        return "drawn"

    def _repr_svg_(self):
        return "<svg><text>77</text></svg>"

    def _repr_latex_(self):
        return "$77$"


display(Drawn())


class Formula:
    def __repr__(self):
        return "formula"

    def _repr_latex_(self):
        return "$77$"


Formula()
```

| table | {n}`x.size:count row` |
|-------|------|
| {n}`mse` | $\n{mse}$ |

:::{admonition} Of {n}`x.size:count pixel`
Reading time: {sub-ref}`wordcount-minutes` min.
:::

::::{grid} 1
:::{grid-item-card} {n}`x.size:Count pixel`
Text.
:::
::::

:::{dropdown} {n}`x.size:Count pixel`
Text.
:::

```{script} fwdpass.lesson
:filename: forward_pass.py
```

```{code-block} python
:linenos:
:caption: Code
:name: code

x @ W1
x[0]
```

::::{tab-set}
:::{tab-item} {n}`x.size:Count pixel`
Text.
:::
:::{tab-item} Other
Text.
:::
::::

```{versionadded} 1.2.3
It came with $\hat{\mathbf y}_1 = \n{y_hat[1]}$, and again: $\hat{\mathbf y}_1 = \n{y_hat[1]}$.
```

[^n]: A note with {n}`mse`.
[^m]: Another.
"""

DOT = '<svg xmlns="http://www.w3.org/2000/svg" width="9" height="9"><circle r="4"/></svg>'


def book(folder: Path, conf: str = "", **pages: str) -> Built:
    (folder / "source").mkdir(parents=True)
    (folder / "source" / "dot.svg").write_text(DOT, "utf-8")
    return build_book(folder, conf=conf, **pages)


def accused(built: Built) -> set[str]:
    """The pages that a fault names."""
    return set(re.findall(r"/(\w+)\.md(?::\d+)?: WARNING: .*\[fwdpass\.\w+\]", built.messages))


@pytest.fixture(scope="module")
def attacked(tmp_path_factory: pytest.TempPathFactory) -> Built:
    return book(tmp_path_factory.mktemp("attacks"), **{f"attack_{name}": text for name, text in ATTACKS.items()})


@pytest.mark.parametrize("name", ATTACKS)
def test_a_typed_number_is_found(attacked: Built, name: str) -> None:
    assert f"attack_{name}" in accused(attacked), [m for m in attacked.messages.splitlines() if name in m]


def test_the_build_fails_and_says_where(attacked: Built) -> None:
    assert attacked.status != 0
    assert re.search(r"/attack_prose\.md:14: WARNING: '0\.77' is a typed number, in the text", attacked.messages)


@pytest.fixture(scope="module")
def refused(tmp_path_factory: pytest.TempPathFactory) -> Built:
    return book(tmp_path_factory.mktemp("refused"), **{f"refused_{name}": text for name, text in REFUSED.items()})


@pytest.mark.parametrize("name", REFUSED)
def test_a_typed_number_is_refused(refused: Built, name: str) -> None:
    assert f"refused_{name}" in accused(refused)


@pytest.mark.parametrize("theme", ["basic", "sphinx_book_theme"])
def test_innocent_numbers_raise_no_alarm(tmp_path: Path, theme: str) -> None:
    conf = f"html_theme = {theme!r}\nnumfig = True\nrelease = '1.2'\n"
    index = "# Index\n\n```{toctree}\n:numbered:\n:caption: Pages\n\ninnocent\n```\n"
    built = book(tmp_path, conf=conf, index=index, innocent=INNOCENT)
    assert built.status == 0, built.messages


@pytest.mark.parametrize(
    ("conf", "file"),
    [
        ("html_css_files = ['own.css']", ("own.css", 'p::after { content: "0.77" }')),
        ("html_title = 'Loss 0.77'", None),
        ("html_favicon = 'loss.svg'", ("loss.svg", "<svg><text>0.77</text></svg>")),
    ],
)
def test_a_number_beside_the_pages_is_found(tmp_path: Path, conf: str, file: tuple[str, str] | None) -> None:
    static = tmp_path / "source" / "_static"
    static.mkdir(parents=True)
    if file:
        (static / file[0]).write_text(file[1], "utf-8")
    conf = conf.replace("'loss.svg'", "'_static/loss.svg'")
    built = build_book(tmp_path, conf=f"html_static_path = ['_static']\n{conf}\n", page="Text.")
    assert built.status != 0
    assert "0.77" in built.messages


@pytest.mark.parametrize(
    "header",
    [
        "myst:\n  html_meta:\n    description: The loss is 0.77.\n",
        'myst:\n  html_meta:\n    "property=og:title": Three\n',
    ],
)
def test_a_number_in_a_description_is_found(tmp_path: Path, header: str) -> None:
    page = f"---\nfile_format: mystnb\nkernelspec:\n  name: python3\n{header}---\n\n# Page\n\nText.\n"
    assert "page" in accused(build_book(tmp_path, page=page))


def test_a_forged_search_index_is_found(build_pages: BuildPages) -> None:
    from fwdpass.audit import audit_site

    built = build_pages(page="Loss {n}`mse`.")
    index = built.html / "searchindex.js"
    index.write_text(index.read_text("utf-8").replace('"terms":{', '"terms":{"9.7753":1,'), "utf-8")
    assert [fault.finding.text for fault in audit_site(built.html).faults] == ["9.7753"]


def test_a_page_that_says_something_else_than_the_ledger_is_found(build_pages: BuildPages) -> None:
    from fwdpass.audit import audit_site

    built = build_pages(page="Loss {n}`mse`, $\\n{mse}$.")
    page = built.html / "page.html"
    page.write_text(page.read_text("utf-8").replace("0.8963", "0.8962"), "utf-8")
    assert len(audit_site(built.html).faults) >= 2
