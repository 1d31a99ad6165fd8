"""A name beside a value: where a page says that a name is worth something, it is."""

from __future__ import annotations

import pytest

from tests.book.conftest import FIRST, BuildPages

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
]
NETWORK = "```{code-cell} python3\nimport fwdpass as fp\nz1, h, y_hat = fp.forward(x, W1, b1, W2, b2)\n```\n\n"
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
