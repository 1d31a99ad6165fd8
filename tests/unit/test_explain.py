"""The page about a network: everything in it, nothing asked of anybody, and a sentence where something is wrong."""

from __future__ import annotations

import os
import re
from pathlib import Path
from typing import Any

import numpy as np
import pytest

import fwdpass as fp
from fwdpass.__main__ import main
from fwdpass.errors import NetworkError
from fwdpass.networks.explain import explain
from fwdpass.networks.explain.page import document
from fwdpass.networks.formats import Opened
from fwdpass.testing import article_text
from tests.networks import every, network, rows

LESSON = fp.Network((fp.lesson.W1, fp.lesson.b1, "relu"), (fp.lesson.W2, fp.lesson.b2))


@pytest.fixture
def lesson(tmp_path: Path) -> tuple[Path, Path, Path]:
    """The lesson's network in a file, its input in another, and where the page goes."""
    fp.save(LESSON, tmp_path / "lesson.onnx")
    (tmp_path / "x.csv").write_text("1,0,1,1\n")
    return tmp_path / "lesson.onnx", tmp_path / "x.csv", tmp_path / "out.html"


def said(page: str) -> str:
    """The words of a page, without its style sheet."""
    return article_text(re.sub(r"(?s)<style>.*?</style>", "", page))


def test_the_command_writes_a_page_with_everything_on_it(
    lesson: tuple[Path, Path, Path], capsys: pytest.CaptureFixture[str]
) -> None:
    model, x, out = lesson
    assert main(["explain", str(model), "--input", str(x), "-o", str(out)]) == 0
    assert capsys.readouterr().out.endswith(f"The page is {out}\n")
    words = said(out.read_text("utf-8"))
    for wanted in (
        "lesson.onnx An ONNX model: four inputs, two layers, four outputs, thirty-one parameters.",
        "(4, 3) (3,) 15 relu",
        "the file's own program, run by ONNX",
        "The sums here are those of exact arithmetic",
        "Of three neurons in layer 1 (layer 1): 1 alive, 1 boundary, 1 dead.",
        "boundary: exactly zero",
        "0.10 −0.10 −0.05 −0.25",
        "The largest is y 0.",
        "relu(x @ W1 + b1) (3,) → (3,) relu of three numbers, entry by entry",
    ):
        assert wanted in words


def test_without_an_input_there_is_the_network_alone(lesson: tuple[Path, Path, Path]) -> None:
    model, _, out = lesson
    assert main(["explain", str(model), "-o", str(out), "--title", "A & B"]) == 0
    page = out.read_text("utf-8")
    assert "<title>A &amp; B</title>" in page
    assert "This input" not in page


def test_a_page_asks_nobody_for_anything_and_has_no_scripts() -> None:
    page = explain(every(), rows(1, 6)[0])
    assert page.lower().count("<!doctype html>") == 1
    assert "<script" not in page
    assert "@font-face" not in page
    assert "@import" not in page
    assert all(where.startswith(("#", "data:")) for where in re.findall(r'(?:src|href)="([^"]*)"', page))
    assert all(where.startswith("data:") for where in re.findall(r"url\(\"?([^)]*)\)", page))


def test_a_large_network_has_a_small_page() -> None:
    page = explain(network(784, 256, 10), rows(1, 784)[0])
    assert len(page.encode()) <= 300_000
    words = said(page)
    assert "784 inputs, two layers, ten outputs, 203530 parameters" in words
    assert "A point stands for seven rows by two columns" in words
    assert "What the neurons look at" in words
    assert "256 neurons in all" in words


def test_a_deep_and_a_wide_network_stay_small() -> None:
    assert len(explain(network(3000, 1, 2000), rows(1, 3000)[0]).encode()) <= 300_000
    assert len(explain(network(*[20] * 12), rows(1, 20)[0]).encode()) <= 1_000_000


@pytest.mark.parametrize(
    ("predict", "sentence"),
    [
        (lambda y: y, "The same as the file's own program, run by it, to the last bit."),
        (lambda y: y + 1e-15, "Agrees with the file's own program, run by it: "),
        (lambda y: y + 1e-15, " apart at most, where rounding in float64 can make "),
        (
            lambda y: y + 1e-3,
            "Differs from the file's own program, run by it: 1.0 × 10⁻³ apart at most, where rounding",
        ),
        (lambda y: y[:1], "Differs from the file's own program, run by it: that gives one number."),
    ],
)
def test_agreement_is_said_as_it_is(predict: Any, sentence: str) -> None:
    net, x = network(3, 2, acts=["identity"]), np.zeros(3)
    y = net.forward(x)
    opened = Opened(net, "A file", "it", lambda _: predict(y))
    assert sentence in said(document(opened, x, title="t"))


def test_a_library_that_fails_is_news_and_not_the_end() -> None:
    def fail(_: Any) -> Any:
        raise RuntimeError("no such operator\nand more")

    opened = Opened(network(3, 2), "A file", "it", fail)
    assert "it could not run the file's own program: no such operator." in said(
        document(opened, np.zeros(3), title="t")
    )


def test_of_very_many_layers_the_first_are_worked_out() -> None:
    words = said(explain(network(*[1] * 41), [1.0]))
    assert "Layer 32" in words
    assert "Layer 33" not in words
    assert "… and eight more layers." in words


def test_a_network_of_rationals_is_explained_too() -> None:
    words = said(explain(LESSON.astype(object), fp.lesson.x))
    assert "Exact rationals." in words
    assert "worked out of the float64 numbers, in float64, they are " in words


@pytest.mark.parametrize(
    ("layers", "options", "assumed"),
    [
        (1, [], "It was assumed that this is all that there is: one layer; that weights are stored (in, out)"),
        (
            2,
            ["--activation", "relu"],
            "It was assumed that its 2 layers follow each other, W1, W2 (by the numbers in their names), each",
        ),
    ],
)
def test_what_weights_alone_do_not_say_is_said_to_be_assumed(
    layers: int, options: list[str], assumed: str, tmp_path: Path
) -> None:
    weights = {f"W{i}": np.ones((i + 1, i + 2)) for i in range(1, layers + 1)}
    biases = {f"b{i}": np.ones(i + 2) for i in range(1, layers + 1)}
    np.savez(tmp_path / "weights.npz", **weights, **biases)  # type: ignore[arg-type]
    out = tmp_path / "out.html"
    assert main(["explain", str(tmp_path / "weights.npz"), *options, "-o", str(out)]) == 0
    assert assumed in out.read_text("utf-8")


def test_an_activation_for_weights_alone(tmp_path: Path, capsys: pytest.CaptureFixture[str]) -> None:
    np.savez(tmp_path / "w.npz", W1=fp.lesson.W1, b1=fp.lesson.b1, W2=fp.lesson.W2, b2=fp.lesson.b2)
    out = tmp_path / "out.html"
    given = ["explain", str(tmp_path / "w.npz"), "-o", str(out)]
    assert main(given) == 1
    assert "say activations='relu'" in capsys.readouterr().err
    assert main([*given, "--activation", "relu"]) == 0
    assert main([*given, "--activation", "tanh,softmax"]) == 0
    assert "softmax" in out.read_text("utf-8")


def test_what_is_said_of_arguments_is_said_of_options(
    lesson: tuple[Path, Path, Path], capsys: pytest.CaptureFixture[str]
) -> None:
    model, _, out = lesson
    for option, given, name in (("--activation", "relu", "activations"), ("--order", "a,b", "order")):
        assert main(["explain", str(model), option, given, "-o", str(out)]) == 1
        said = capsys.readouterr().err
        assert said.endswith(f"would change nothing: leave it out (here, {name}= is {option})\n")


def test_an_order_for_layers_whose_names_say_none(tmp_path: Path, capsys: pytest.CaptureFixture[str]) -> None:
    arrays = {"late.kernel": np.eye(3), "early.kernel": np.eye(3)[::-1]}
    np.savez(tmp_path / "w.npz", **arrays)  # type: ignore[arg-type]
    given = ["explain", str(tmp_path / "w.npz"), "-o", str(tmp_path / "out.html"), "--activation", "relu"]
    assert main(given) == 1
    assert "whether early comes before late or after it: name all layers" in capsys.readouterr().err
    assert not (tmp_path / "out.html").exists()
    assert main([*given, "--order", "early,late"]) == 0
    assert "Layer 1 (early)" in said((tmp_path / "out.html").read_text("utf-8"))


@pytest.mark.parametrize(
    ("arguments", "answer"),
    [
        (["none.onnx", "-o", "out.html"], "there is no file none.onnx"),
        (["{model}", "--input", "none.csv", "-o", "out.html"], "there is no file none.csv"),
        (["{model}", "-o", "{gone}/out.html"], "cannot write '{gone}/out.html': there is no folder '{gone}'"),
        (["{folder}", "-o", "out.html"], "{folder} is a folder, and what is read is a file"),
        (["{model}", "--input", "{folder}", "-o", "out.html"], "{folder} is a folder, and what is read is a file"),
        (["{model}", "-o", "{folder}"], "cannot write '{folder}': that is a folder, and what is written is a file"),
        (["{model}", "-o", "{model}"], "{model} is there, and no page that fwdpass explain wrote"),
        (["{text}", "-o", "out.html"], "{text} is no ONNX file, or one that is cut short"),
        (["{x}", "-o", "out.html"], "{x}: a model is read from .npz, .safetensors, .saf"),
        (["{model}", "--input", "{nan}", "-o", "out.html"], "{nan}: the input has entries that are no finite"),
        (["{model}", "--input", "{short}", "-o", "out.html"], "{short} has shape (1, 3), and the network takes 4"),
        (["{model}", "--input", "{none}", "-o", "out.html"], "{none} has 0 rows, counted from 0, and there is no"),
        (["{model}", "--input", "{x}", "--row", "1", "-o", "out.html"], "{x} has 1 row, counted from 0, and there"),
        (["{model}", "--row", "0", "-o", "out.html"], "--row 0 picks a row of an input, and there is none: name its"),
        (["{model}", "-o", "-"], "cannot write '-': name a file"),
        (
            ["{model}", "--activation", "relu", "-o", "out.html"],
            "{model}, an ONNX model, says itself what its layers do to their sums, and activations='relu' would change",
        ),
        (["{model}", "--order", "b, a", "-o", "out.html"], "{model}, an ONNX model, says itself in which order its"),
    ],
)
def test_what_is_wrong_is_a_sentence_and_status_one(
    arguments: list[str],
    answer: str,
    lesson: tuple[Path, Path, Path],
    monkeypatch: pytest.MonkeyPatch,
    capsys: pytest.CaptureFixture[str],
) -> None:
    model, x, out = lesson
    names = {"model": model, "x": x, "folder": out.parent, "gone": out.parent / "gone"}
    for name, ending, content in (("nan", "csv", "1,nan,1,1"), ("short", "csv", "1,0,1"), ("text", "onnx", "hello")):
        names[name] = out.with_name(f"{name}.{ending}")
        names[name].write_text(content)
    names["none"] = out.with_name("none.npy")
    np.save(names["none"], np.ones((0, 4)))
    before = {path: path.read_bytes() for path in out.parent.iterdir()}
    monkeypatch.chdir(out.parent)
    assert main(["explain", *(a.format(**names) for a in arguments)]) == 1
    assert capsys.readouterr().err.startswith(f"fwdpass: {answer.format(**names)}")
    assert {path: path.read_bytes() for path in out.parent.iterdir()} == before


@pytest.mark.parametrize(
    ("name", "content", "why"),
    [
        (
            "x.csv",
            b"a,b,c,d\n1,0,1,1\n",
            "in line 1 stands 'a'; lines have numbers alone, no names, with commas or spa",
        ),
        ("x.csv", b"\n1;0;1;1\n", "in line 2 stands '1;0;1;1'; lines have numbers alone"),
        ("x.csv", b"1,0,,1,1\n", "in line 1 stands ''; lines have numbers alone"),
        ("x.csv", b"1,0,1,1\n\n1,0\n", "line 3 has 2 of them, and the first has 4"),
        ("x.csv", b"\xff\xfe1\x00", "it is no text in UTF-8"),
        ("x.json", b"[[1, 0], [1]]", "its rows are not of one length"),
        ("x.json", b"", "Expecting value"),
    ],
)
def test_what_is_no_table_is_said_with_its_line(
    name: str, content: bytes, why: str, lesson: tuple[Path, Path, Path], capsys: pytest.CaptureFixture[str]
) -> None:
    model, _, out = lesson
    x = out.with_name(name)
    x.write_bytes(content)
    assert main(["explain", str(model), "--input", str(x), "-o", str(out)]) == 1
    assert capsys.readouterr().err.startswith(f"fwdpass: {x} is no table of numbers: {why}")
    assert not out.exists()


@pytest.mark.parametrize(
    ("content", "why"),
    [
        ("null", " holds what is no number, and an input is of numbers"),
        ('{"a": 1}', " holds what is no number, and an input is of numbers"),
        ('["1", "0", "1", "1"]', " holds text, and an input is of numbers"),
        (f"[{'9' * 400}, 0, 1, 1]", ": the input has entries that are no finite numbers"),
        (f"[{'9' * 5000}, 0, 1, 1]", ": the input has entries that are no finite numbers"),
    ],
)
def test_what_is_no_number_is_said(
    content: str, why: str, lesson: tuple[Path, Path, Path], capsys: pytest.CaptureFixture[str]
) -> None:
    model, x, out = lesson
    x = x.with_suffix(".json")
    x.write_text(content, "utf-8")
    assert main(["explain", str(model), "--input", str(x), "-o", str(out)]) == 1
    assert capsys.readouterr().err == f"fwdpass: {x}{why}\n"


@pytest.mark.parametrize("written", ["\ufeff1,0,1,1\n", "1, 0, 1, 1,\n", "1 0\t1 1", "0,0,0,0\n1,0,1,1\n"])
def test_a_table_as_programs_write_it(written: str, lesson: tuple[Path, Path, Path]) -> None:
    model, x, out = lesson
    x.write_text(written, "utf-8")
    assert main(["explain", str(model), "--input", str(x), "--row", "-1", "-o", str(out)]) == 0
    assert "0.10 −0.10 −0.05 −0.25" in said(out.read_text("utf-8"))


@pytest.mark.skipif(not hasattr(os, "mkfifo"), reason="no pipes with names on this system")
def test_a_pipe_is_not_read(lesson: tuple[Path, Path, Path], capsys: pytest.CaptureFixture[str]) -> None:
    model, x, out = lesson
    pipe = x.with_name("pipe.csv")
    os.mkfifo(pipe)
    assert main(["explain", str(model), "--input", str(pipe), "-o", str(out)]) == 1
    assert capsys.readouterr().err.startswith(f"fwdpass: {pipe} is a device or a pipe, and what is read is a file")


def test_a_page_takes_the_place_of_a_page_and_of_an_empty_file(lesson: tuple[Path, Path, Path]) -> None:
    model, _, out = lesson
    out.touch()
    for title in ("first", "second"):
        assert main(["explain", str(model), "-o", str(out), "--title", title]) == 0
        assert f"<title>{title}</title>" in out.read_text("utf-8")
    assert main(["explain", str(model), "-o", os.devnull]) == 0


def test_a_page_that_cannot_be_finished_leaves_the_one_before(
    lesson: tuple[Path, Path, Path], monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]
) -> None:
    model, _, out = lesson
    assert main(["explain", str(model), "-o", str(out)]) == 0
    before, write = out.read_bytes(), Path.write_text

    def full(path: Path, text: str, *how: Any, **more: Any) -> Any:
        write(path, text[:100], *how, **more)
        raise OSError(28, "No space left on device", str(path))

    monkeypatch.setattr(Path, "write_text", full)
    assert main(["explain", str(model), "-o", str(out), "--title", "new"]) == 1
    assert "No space left on device" in capsys.readouterr().err
    assert out.read_bytes() == before
    assert sorted(path.name for path in out.parent.iterdir()) == ["lesson.onnx", "out.html", "x.csv"]


def test_a_name_that_is_no_text_is_written_as_far_as_it_is(lesson: tuple[Path, Path, Path]) -> None:
    """The bytes of a file's name need not be UTF-8."""
    model, _, out = lesson
    assert main(["explain", str(model), "-o", str(out), "--title", "odd\udcff"]) == 0
    assert "<title>odd?</title>" in out.read_text("utf-8")


def test_an_input_that_is_too_large_for_the_networks_numbers_is_refused() -> None:
    net = fp.Network(([[2.0], [2.0]], [0.0], "sigmoid"))
    with pytest.raises(NetworkError, match=r"layer 1: this input makes sums that are too large for float64"):
        explain(net, [1e308, 1e308])


def test_a_library_that_overflows_is_news() -> None:
    opened = Opened(network(3, 2), "A file", "it", lambda _: np.array([np.inf, 0.0]))
    words = said(document(opened, np.zeros(3), title="t"))
    assert "Differs from the file's own program, run by it: that gives entries that are no finite numbers." in words


def test_the_command_explains_itself(capsys: pytest.CaptureFixture[str]) -> None:
    with pytest.raises(SystemExit) as ended:
        main(["explain", "--help"])
    assert ended.value.code == 0
    assert "nothing in it is executed" in " ".join(capsys.readouterr().out.split())


def test_two_pages_of_a_network_are_the_same_to_the_byte() -> None:
    net, x = every(), rows(1, 6)[0]
    assert explain(net, x) == explain(every(), x.copy())
