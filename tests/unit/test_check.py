"""How strictly a page is held: what conf.py and front matter say, and what the page itself uses."""

from __future__ import annotations

import json
from types import SimpleNamespace
from typing import Any

import pytest

from fwdpass.errors import ExpressionError
from fwdpass.page import Level
from fwdpass.sphinxext.check import Check, Held, held


def conf(check: Any = "", level: Any = "executed") -> Any:
    return SimpleNamespace(fwdpass_check=check, fwdpass_level=level)


PLAIN = '---\nkernelspec:\n  name: python3\n---\n# A\n\n```{code-cell}\nprint(f"\\n{1}")\n```\n\nTwo sentences.\n'
USES = (
    "The sum is {n}`total`.",
    "$a = \\n{total}$",
    "![a \\n{total}](a.svg)",
    "- ```{quiz} x\n  ```",
    ":::{when} x > y\n:::",
    "```{code-cell}\nfrom fwdpass.lesson import x\n```",
    "```{math}\n\\n{x}\n```",
    "```{tip}\nA tip.\n```\n\nIt is {n}`x`.\n\n```{tip}\nAnother.\n```",
    "````{note}\n```python\nprint(1)\n```\nIt is {n}`x`.\n````",
)
LEAVES_ALONE = (
    "Some `{n}` in code, ``{n}`x` ``, and `\\n{x}`.",
    "```\n{n}`x`\n```",
    "````md\n```{quiz} x\n```\n{n}`x`\n````",
    "```{tip}\nA tip.\n```\n\n```{code-cell}\nprint(f'Sums:\\n{x}')\n```\n\n```{tip}\nAnother.\n```",
    "::::{exercise}\n:::{tip}\nA tip.\n:::\n```{code-block} python\nprint(f'\\n{x}')\n```\n::::",
    "~~~python\nimport fwdpasses\nprint(f'\\n{x}')\n~~~",
)


def notebook(*cells: tuple[str, str], **metadata: Any) -> str:
    made = [{"cell_type": kind, "source": said.splitlines(keepends=True)} for kind, said in cells]
    return json.dumps({"cells": made, "metadata": metadata})


@pytest.mark.parametrize("text", USES)
def test_a_page_that_uses_the_package_is_held_to_it(text: str) -> None:
    assert held(conf(), "page", f"{PLAIN}\n{text}\n").check is Check.ERROR


@pytest.mark.parametrize("text", LEAVES_ALONE)
def test_a_page_that_uses_nothing_of_it_is_left_to_myst_nb(text: str) -> None:
    assert held(conf(), "page", f"{PLAIN}\n{text}\n").check is Check.UNASKED


def test_of_a_notebook_words_and_code_are_asked_apart() -> None:
    code = "code", 'print(f"\\n{1}")'
    assert held(conf(), "a", notebook(code, ("markdown", "Plain."))).check is Check.UNASKED
    assert held(conf(), "a", notebook(code, ("markdown", "It is {n}`x`."))).check is Check.ERROR
    assert held(conf(), "a", notebook(code, ("code", "import fwdpass as fp"))).check is Check.ERROR
    assert held(conf(), "a", notebook(code, fwdpass_check="warn")).check is Check.WARN
    assert held(conf(), "a", "{not JSON").check is Check.UNASKED


def test_front_matter_goes_before_patterns_and_the_first_pattern_that_fits_holds() -> None:
    patterns = {"old/*": "off", "*": "warn"}
    assert held(conf(patterns), "old/a", PLAIN).check is Check.OFF
    assert held(conf(list(patterns.items())), "new/a", PLAIN).check is Check.WARN
    assert held(conf({"new/*": "warn"}), "old/a", PLAIN).check is Check.UNASKED
    page = PLAIN.replace("kernelspec", "fwdpass_check: {}\nfwdpass_level: exact\nkernelspec")
    assert held(conf(patterns), "old/a", page.replace("{}", "error", 1)) == Held(Check.ERROR, Level.EXACT)
    assert held(conf("error"), "a", page.replace("{}", "off", 1)) == Held(Check.OFF, Level.EXACT)  # YAML's off is false
    assert held(conf(level={"a": "stable"}), "a", PLAIN).least is Level.STABLE
    assert held(conf(level={"b": "stable"}), "a", PLAIN).least is Level.EXECUTED


def test_an_unknown_word_is_named() -> None:
    with pytest.raises(ExpressionError, match="'sure' is no fwdpass_check: there are off, warn and error"):
        held(conf("sure"), "page", PLAIN)
