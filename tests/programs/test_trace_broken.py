"""Scripts that go wrong end in a sentence, and leave a trace of what there was until then."""

from __future__ import annotations

import os
import signal
import subprocess
import sys
import time
from pathlib import Path

import pytest

import fwdpass as fp
from fwdpass.errors import TraceError
from fwdpass.trace import Limits, Script, traced
from fwdpass.trace.form import dump
from tests.traces import read


@pytest.mark.parametrize(
    ("source", "how", "status", "sentence"),
    [
        ("x = 1\nif\n", "refused", 1, "It is no Python: invalid syntax, at line 2."),
        ("x = '\0'\n", "refused", 1, "It is no Python: source code string cannot contain null bytes."),
        ("x = 1\nreturn x\n", "refused", 1, "It is no Python: 'return' outside function, at line 2."),
        ("x = 1\nimport nowhere_at_all\n", "raised", 1,
         "It stopped at line 2: ModuleNotFoundError: No module named 'nowhere_at_all'"),
        ("x = 1\nraise SystemExit(3)\n", "exited", 3, "It exited with status 3 at line 2."),
        ("x = 1\nraise SystemExit('bye')\n", "exited", 1, "It exited with status 1 at line 2."),
        ("raise SystemExit\n", "exited", 0, "It exited with status 0 at line 1."),
        ("x = 1\nraise KeyboardInterrupt\n", "interrupted", 130, "It was interrupted at line 2."),
        ("x = 1\n", "finished", 0, "It ran to its end."),
    ],
)  # fmt: skip
def test_how_a_script_ended(source: str, how: str, status: int, sentence: str) -> None:
    trace = traced(Script(source, "<script>"))
    assert (trace.ended.how, trace.ended.status, trace.ended.sentence) == (how, status, sentence)
    assert bool(trace.visits) == (how != "refused")


def test_ten_thousand_lines() -> None:
    trace = traced(Script("x = 1\n" + "x = x + 1\n" * 10_000 + "y = 2\n", "<script>"))
    assert trace.ended.how == "finished"
    assert len(trace.statements) == 10_002
    assert len(trace.visits) <= Limits().visits


def test_a_chain_of_a_thousand_elifs_and_deep_brackets() -> None:
    chain = "n = 999\nif n == 0:\n    pass\n" + "".join(f"elif n == {i}:\n    x = {i}\n" for i in range(1, 1000))
    deep = "y = " + "(" * 80 + "n" + " + 1)" * 80 + "\n"
    trace = traced(Script(chain + deep, "<script>"))
    assert trace.ended.how == "finished", trace.ended.sentence


def test_a_script_without_room_for_the_recorder_runs_without_it() -> None:
    head = "from contextlib import nullcontext\n"
    loops = "".join(f"{' ' * depth}for n in range(2):\n" for depth in range(8))
    blocks = "".join(f"{' ' * depth}with nullcontext():\n" for depth in range(8, 19))
    trace = traced(Script(f"{head}{loops}{blocks}{' ' * 19}m = n\n", "<script>"))
    assert trace.ended.sentence == "It ran to its end. Nothing was recorded: it is nested too deeply."


def test_a_hundred_megabytes_of_output_are_passed_on_and_not_kept() -> None:
    class Counting:
        count = 0

        def write(self, text: str) -> int:
            self.count += len(text)
            return len(text)

        def flush(self) -> None:
            pass

        def isatty(self) -> bool:
            return False

    onward = Counting()
    trace = traced(Script("for i in range(100):\n    print('x' * 999_999)\n", "<script>"), onward=onward)  # type: ignore[arg-type]
    assert trace.written == onward.count == 100_000_000
    assert len(dump(trace)) < 50_000


def test_output_that_the_script_closes() -> None:
    trace = traced(Script("import sys\nsys.stdout.close()\nx = 1\ny = x + 1\n", "<script>"))
    assert trace.ended.how == "finished"


def test_a_missing_script_is_refused_in_a_sentence(tmp_path: Path) -> None:
    with pytest.raises(TraceError, match=r"there is no script '.*nowhere\.py'"):
        fp.trace(tmp_path / "nowhere.py")
    with pytest.raises(TraceError, match="is a folder, and has no"):
        fp.trace(tmp_path)
    (tmp_path / "latin.py").write_bytes(b"x = '\xe4'\n")
    with pytest.raises(TraceError, match="cannot read the script"):
        fp.trace(tmp_path / "latin.py")


def test_a_script_in_another_encoding(tmp_path: Path) -> None:
    (tmp_path / "latin.py").write_bytes(b"# -*- coding: latin-1 -*-\nx = '\xe4'\n")
    trace = fp.trace(tmp_path / "latin.py").trace
    assert "ä" in repr(trace.values)


def test_an_endless_script_is_interrupted_and_keeps_its_trace(tmp_path: Path) -> None:
    script, out, started = tmp_path / "endless.py", tmp_path / "out.json", tmp_path / "started"
    script.write_text(
        f"import pathlib\nn = 0\npathlib.Path({str(started)!r}).touch()\nwhile True:\n    n += 1\n", encoding="utf-8"
    )
    process = subprocess.Popen(
        [sys.executable, "-m", "fwdpass", "trace", str(script), "--format", "json", "-o", str(out)],
        stderr=subprocess.PIPE, env=os.environ,
    )  # fmt: skip
    while not started.exists():
        assert process.poll() is None
        time.sleep(0.01)
    process.send_signal(signal.SIGINT)
    _, said = process.communicate(timeout=60)
    assert process.returncode == 130
    assert b"It was interrupted at line" in said
    trace = read(out.read_text("utf-8"))
    assert trace.ended.how == "interrupted"
    assert trace.visits
