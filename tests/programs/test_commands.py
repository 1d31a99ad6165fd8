"""How commands speak, write and end: in any encoding, whole files or none, and never with a traceback."""

from __future__ import annotations

import argparse
import io
import os
import subprocess
import sys
import threading
from pathlib import Path
from typing import Any

import pytest

from fwdpass.commands import check_output, complain, count, ended, path, say, write_whole
from fwdpass.errors import FwdpassError
from tests.traces import read as read_trace

ONE = "a = 0.5\nprint(a)\n"


def raising(error: BaseException) -> Any:
    def run() -> int:
        raise error

    return run


@pytest.mark.parametrize(
    ("error", "status", "said"),
    [
        (FwdpassError("that is none"), 7, "fwdpass: that is none\n"),
        (PermissionError(13, "Permission denied", "x.onnx"), 7, "fwdpass: x.onnx: Permission denied\n"),
        (OSError("gone"), 7, "fwdpass: gone\n"),
        (BrokenPipeError(32, "Broken pipe"), 7, ""),
        (KeyboardInterrupt(), 130, "fwdpass: interrupted\n"),
    ],
)
def test_a_command_ends_with_a_sentence_and_a_status(
    error: BaseException, status: int, said: str, capsys: pytest.CaptureFixture[str]
) -> None:
    assert ended(raising(error), wrong=7) == status
    assert capsys.readouterr() == ("", said)


def test_a_mistake_of_ours_is_not_hidden() -> None:
    with pytest.raises(ZeroDivisionError):
        ended(raising(ZeroDivisionError()))
    assert ended(lambda: 3) == 3


@pytest.mark.parametrize("encoding", ["ascii", "cp1252", "utf-8"])
def test_any_terminal_is_spoken_to(encoding: str, monkeypatch: pytest.MonkeyPatch) -> None:
    terminal = io.TextIOWrapper(io.BytesIO(), encoding)
    for name in ("stdout", "stderr"):
        monkeypatch.setattr(sys, name, terminal)
    say("4 → 3\n")
    complain("no → there")
    terminal.flush()
    arrow = "→" if encoding == "utf-8" else r"\u2192"
    assert terminal.buffer.getvalue().decode(encoding) == f"4 {arrow} 3\nfwdpass: no {arrow} there\n"


def test_where_nobody_listens_nothing_is_said(monkeypatch: pytest.MonkeyPatch) -> None:
    for name in ("stdout", "stderr"):
        monkeypatch.setattr(sys, name, None)
    say("a")
    complain("b")
    assert ended(lambda: 0) == 0
    assert ended(raising(FwdpassError("c"))) == 1
    assert ended(raising(BrokenPipeError())) == 1


# Files ----------------------------------------------------------------------------------------------------------------


def test_a_file_is_written_whole_or_not_at_all(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    out, write = tmp_path / "out", Path.write_text
    write_whole(out, "first\n")

    def full(where: Path, text: str, *how: Any) -> Any:
        write(where, text[:3], *how)
        raise OSError(28, "No space left on device", str(where))

    monkeypatch.setattr(Path, "write_text", full)
    with pytest.raises(FwdpassError, match=r"cannot write '.*out': No space left on device"):
        write_whole(out, "second\n")
    assert out.read_bytes() == b"first\n"
    assert list(tmp_path.iterdir()) == [out]


def test_what_no_encoding_has_is_written_as_python_writes_it(tmp_path: Path) -> None:
    write_whole(tmp_path / "out", "a\ud800 → b\n")
    assert (tmp_path / "out").read_bytes() == "a\\ud800 → b\n".encode()


def test_a_link_stays_a_link(tmp_path: Path) -> None:
    (tmp_path / "link").symlink_to("target")
    write_whole(tmp_path / "link", "a\n")
    assert (tmp_path / "link").is_symlink()
    assert (tmp_path / "target").read_text("utf-8") == "a\n"


@pytest.mark.skipif(not hasattr(os, "mkfifo"), reason="no pipes with names on this system")
def test_a_pipe_stays_a_pipe(tmp_path: Path) -> None:
    """So does a device: whoever may replace it would lose it."""
    pipe, heard = tmp_path / "pipe", []
    os.mkfifo(pipe)
    reader = threading.Thread(target=lambda: heard.append(pipe.read_text("utf-8")), daemon=True)
    reader.start()
    check_output(pipe)
    write_whole(pipe, "a\n")
    reader.join(10)
    assert (heard, pipe.is_fifo(), list(tmp_path.iterdir())) == (["a\n"], True, [pipe])


def test_a_place_that_cannot_be_written_to_is_refused_before(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    check_output(tmp_path / "out")
    with pytest.raises(FwdpassError, match="that is a folder, and what is written is a file"):
        check_output(tmp_path)
    with pytest.raises(FwdpassError, match=r"there is no folder '.*gone'"):
        check_output(tmp_path / "gone" / "out")
    with pytest.raises(FwdpassError, match="cannot write '-': name a file"):
        check_output(Path("-"))
    monkeypatch.setattr(os, "access", lambda place, _: place != tmp_path)
    with pytest.raises(FwdpassError, match="out': permission denied"):
        check_output(tmp_path / "out")


def test_what_is_no_path_and_no_number_is_refused() -> None:
    assert (path("a"), count("2"), count("0", least=0)) == (Path("a"), 2, 0)
    with pytest.raises(argparse.ArgumentTypeError, match="the name is empty"):
        path("")
    for given in ("0", "-3", "x", "1.5", ""):
        with pytest.raises(argparse.ArgumentTypeError, match=f"a whole number of 1 at least, and got '{given}'"):
            count(given)


# As a shell runs them -------------------------------------------------------------------------------------------------


@pytest.fixture
def script(tmp_path: Path) -> Path:
    (tmp_path / "script.py").write_text(ONE, "utf-8")
    return tmp_path / "script.py"


def command(*arguments: object, **how: Any) -> subprocess.CompletedProcess[bytes]:
    """Run a command with its output buffered, as it is unless somebody says otherwise."""
    given = [sys.executable, "-m", "fwdpass", *map(str, arguments)]
    env = {name: value for name, value in os.environ.items() if name != "PYTHONUNBUFFERED"} | how.pop("env", {})
    return subprocess.run(given, stderr=subprocess.PIPE, check=False, env=env, **how)


@pytest.mark.parametrize(
    ("asked", "ending"),
    [
        ("trace script.py", (2, b"0.5\n")),
        ("trace script.py --format html", (2, b"0.5\n")),
        ("trace --help", (2, b"")),
        ("--help", (1, b"")),
        ("--version", (1, b"")),
    ],
)
def test_a_reader_who_has_enough_hears_no_complaint(script: Path, asked: str, ending: tuple[int, bytes]) -> None:
    read, write = os.pipe()
    os.close(read)
    done = command(*asked.split(), stdout=write, cwd=script.parent)
    os.close(write)
    assert (done.returncode, done.stderr) == ending


def test_a_script_whose_reader_has_gone_runs_to_its_end_and_has_its_trace(script: Path) -> None:
    script.write_text("x = 0.5\nprint(x)\ny = x + x\n", "utf-8")
    read, write = os.pipe()
    os.close(read)
    done = command("trace", "script.py", "-o", "out.json", "--format", "json", stdout=write, cwd=script.parent)
    os.close(write)
    assert (done.returncode, done.stderr) == (2, b"")
    trace = read_trace((script.parent / "out.json").read_text("utf-8"))
    assert trace.ended.how == "finished"
    assert [visit.statement for visit in trace.visits] == [0, 1, 2]


@pytest.mark.skipif(os.name == "nt", reason="a shell's >&- is POSIX")
def test_closed_streams_are_no_mistake(script: Path) -> None:
    run = f'"{sys.executable}" -m fwdpass'
    for closed, spoken in ((">&-", "2>&1"), ("2>&-", "")):
        done = subprocess.run(
            ["sh", "-c", f'{run} trace "{script}" {spoken} {closed}; {run} trace gone.py {spoken} {closed}; echo $?'],
            capture_output=True, encoding="utf-8", cwd=script.parent, check=True,
        )  # fmt: skip
        assert done.stdout.endswith("2\n")
        assert "Traceback" not in done.stdout + done.stderr


def test_a_terminal_that_knows_no_arrows_is_spoken_to(script: Path) -> None:
    plain = {"PYTHONIOENCODING": "ascii"}
    done = command("trace", script, stdout=subprocess.PIPE, env=plain)
    assert (done.returncode, done.stdout.count(rb"a \u2192 0.5"), done.stderr) == (0, 1, b"0.5\n")
    for name in ("audit", "explain", "trace"):
        assert command(name, "--help", stdout=subprocess.PIPE, env=plain).returncode == 0
