"""A name beside a value: where a page says that a name is worth something, it is."""

from __future__ import annotations

import re
import shutil
from pathlib import Path

import pytest

from fwdpass.testing import Built, build
from tests.book.conftest import FIRST, BuildPages
from tests.book.equalities import Place, Swapping, places, swapped

pytestmark = pytest.mark.book

SWAPPED = [
    (r"$W_1[0][1] = \n{W1[1, 0]}$", r"W_1[0][1] is −0.5, and W1[1, 0] stands beside it, which is −0.3"),
    (r"$b_1[0] = \n{b1[1]}$", "b_1[0] is 0.1, and b1[1] stands beside it"),
    (r"$$\mathbf{b}_1 = \n{b1 + b1}$$", r"\mathbf{b}_1 is"),
    (r"$h_0 = \max(0, z_0) = \n{h[2]}$", "h_0 is 0, and h[2] stands beside it"),
    (r"$\hat y_1 = \n{y_hat[0]}$", r"\hat y_1 is"),
    ("\n```{math}\nb_2[1] = \\n{b2[2]}\n```\n", "b_2[1] is"),
    (r"$$\begin{aligned} b_1[0] &= \n{b1[0]} \\ b_1[1] &= \n{b1[0]} \end{aligned}$$", "b_1[1] is"),
    ("The weight `W1[0, 1]` is {n}`W1[1, 0]`.", "`W1[0, 1]` is −0.5, and W1[1, 0] stands beside it"),
    ("Here $h_2$ is {n}`h[0]`.", "h_2 is 0.5, and h[0] stands beside it"),
    ("`b1[0]` = {n}`b1[1]:.2f`", "`b1[0]` is 0.1"),
    (r"$b_1[\n{dead}] = \n{b1[1]}$", r"b_1[\n{dead}] is 0.1, and b1[1] stands beside it"),
    (r"$x_\n{dead} = \n{x[0] + x[0] + x[2] + h[2]}$", r"x_\n{dead} is"),
    (r"$xW_1 + b_1 = \n{x @ W1} + \n{b1 + b1}$", "xW_1 + b_1 is"),
    (r"$\n{h[0]} + \n{h[2]} = \n{h[2] + h[2]}$", "h[0] + h[2] is 0.5, and h[2] + h[2] stands beside it, which is 1"),
    (r"$\mathbf h \, \underbrace{\mathbf W_2}_{\n{W2 + W2}}$", r"\mathbf W_2 is"),
    (r"$W^{(1)}_{0,1} = \n{W1[1, 0]}$", "W^{(1)}_{0,1} is −0.5"),
    (r"$\mathbf{b}_1 = \n{b1[1]}$", r"\mathbf{b}_1 is [0.1, −0.1, 0.0], and b1[1] stands beside it"),
    ("$$\nh_0 &= \\n{h[0]} \\\\\n&= \\n{h[2]}\n$$", "h_0 is 0, and h[2] stands beside it"),
    ("Here h[0] is {n}`h[2]`.", "h[0] is 0, and h[2] stands beside it"),
    ("The first of them, `h[0]`, which is {n}`h[2]`, is small.", "`h[0]` is 0"),
    ("| name | value |\n|-|-|\n| `h[0]` | {n}`h[2]` |", "h[0] is 0, and h[2] stands beside it"),
    ("Here `k` is {n}`n`.\n\n```{code-cell} python3\nk = n\n```", "`k` is 3, and n stands beside it"),
]

RIGHT = [
    r"$W_1[0][1] = \n{W1[0, 1]}$",
    r"$h_0 = \max(0, z_0) = \n{h[0]}$",
    r"$z_1[0] = \n{x[0]} \cdot \n{W1[0, 0]} + \dots = \n{z1[0]}$",
    r"$x_0 w_0 = \n{h[2]}$ and $a = \n{h[2]}$",
    r"$\hat{\mathbf{y}} = \n{y_hat}$",
    r"$b_1[0] \approx \n{b1[0]:.2f}$",
    "`W1[0, 1]` is {n}`W1[0, 1]`, `len(h)` is {n}`h[2]`, and `h` is {n}`h.argmax():ordinal`",
    "With `h[0]` is not {n}`h[2]`.",
    r"$h' = \n{h + h}$",
    "The double of `h[2]` is {n}`h[2] + h[2]`, and the weight behind the entry $h_2$ is {n}`W2[2, 0]`.",
    r"$h(x) = \n{b1[0]}$, $\mathbf{W}_1^\top = \n{W1.T}$, and $b_1 + xW_1 = \n{x @ W1} + \n{b1}$",
    r"$h_2 = \n{h[2]}\,\mathrm{mV}$ and $h_2 = \n{h[2]} \pm \n{b1[0]}$",
    r"$\n{h[2]} + \n{h[2]} = \n{h[2] + h[2]}$, and $\frac{\n{b1[1]}}{\n{h[2]}} \approx \n{b1[1] / h[2]:.1f}$",
    r"$\n{b1[1]} < \n{h[0]} = h_0 < \n{h[2]}$, and $x = h = \dots = \n{b1[0]} \dots$",
    "| name | double |\n|-|-|\n| `h[2]` | {n}`h[2] + h[2]` |",
    "Here $h_\\n{dead}$ was {n}`h[dead]`, and `h[dead]` is now {n}`h[dead]:word`.",
]
NETWORK = """```{code-cell} python3
import fwdpass as fp
z1, h, y_hat = fp.forward(x, W1, b1, W2, b2)
dead, n, k = h.argmin(), len(x), len(b1)
```

"""
LINE = FIRST + NETWORK.count("\n")


def test_a_value_beside_another_name_ends_the_build_at_its_line(build_pages: BuildPages) -> None:
    pages = {f"page{at}": NETWORK + written for at, (written, _) in enumerate(SWAPPED)}
    built = build_pages(**pages)
    assert built.status != 0
    for at, (_, said) in enumerate(SWAPPED):
        told = [line for line in built.messages.splitlines() if f"page{at}.md:" in line]
        assert any(said in line for line in told), (pages[f"page{at}"], told)
    assert f"page0.md:{LINE}:" in built.messages


def test_a_value_beside_its_name_is_left_alone(build_pages: BuildPages) -> None:
    built = build_pages(page=NETWORK + "\n\n".join(RIGHT))
    assert built.status == 0, built.messages


DOCS = Path(__file__).parent.parent.parent / "docs"
UNKNOWN = {
    "authors": {"z"},
    "matrix-multiplication": {"z1", "y_hat", "h0", "p", "q", "r", "s", "y_hat[k]"},
    "neurons": {"MSE", "n"},
}
"""Names of formulas that are no names of a page's cells above them: nothing is compared with them."""


NEAR = 4
"""Lines that the parts of a formula are apart, at most."""


def test_each_name_of_the_book_that_has_a_value_is_swapped_and_each_swap_ends_the_build(
    book: Built, tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    """All the swaps in one build, each in its place; nothing is written, since every page of theirs is refused."""
    found: list[Place] = []
    for page, (program, ledger) in sorted(book.readings().items()):
        here = list(places(page, (DOCS / f"{page}.md").read_text("utf-8")))
        reading = Swapping(program, here, DOCS, ledger.told)
        try:
            reading.run(program, lambda error: None)
        finally:
            reading.close()
        found += here
    tried = [place for place in found if place.swaps]
    unknown = [place for place in found if not place.known]
    assert {page: {one.spelled for one in unknown if one.page == page} for page in {p.page for p in unknown}} == UNKNOWN
    assert all(place.read and place.swaps for place in found if place.known)
    assert {place.page for place in tried} >= {"authors", "index", "matrix-multiplication", "neurons"}
    source = Path(shutil.copytree(DOCS, tmp_path / "docs", ignore=shutil.ignore_patterns("_build", "__pycache__")))
    shutil.copy(DOCS.parent / "CHANGELOG.md", tmp_path)
    for page in {place.page for place in tried}:
        path = source / f"{page}.md"
        path.write_text(swapped(path.read_text("utf-8"), [place for place in tried if place.page == page]), "utf-8")
    built = build(source, tmp_path / "built", "-b", "dummy", "-D", "fwdpass_live.array=")
    told = re.findall(r"(\w[\w-]*)\.md:(\d+): WARNING: (.*)", built.messages)
    silent, n = [], 0
    for place in tried:
        for swap, said in place.swaps:
            n += 1
            near = [text for page, line, text in told if page == place.page and abs(int(line) - place.line) < NEAR]
            if not any(said in text and "beside it" in text for text in near):
                silent.append(f"{place.page}.md:{place.line}: {swap}")
    with capsys.disabled():
        print(f"\n{n} swaps in {len(tried)} places of the book's {len(found)}", end=" ")  # noqa: T201 - the count
    assert silent == []
    assert min(len(place.swaps) for place in tried) >= 3
    assert n > 50
