"""A traced script does what it does without the tracer: on every script of tests/corpus."""

from __future__ import annotations

import os
import subprocess
import sys
from pathlib import Path

import pytest

from fwdpass.trace.form import dump
from fwdpass.trace.view import TraceView
from tests.plainly import Outcome, plainly, with_tracer
from tests.traces import read

CORPUS = Path(__file__).parents[1] / "corpus"
SCRIPTS = sorted(CORPUS.glob("*.py"))
NOT_OURS = {"__warningregistry__"}
"""Python counts changes of its filters in it, also those of the test."""


@pytest.fixture(params=SCRIPTS, ids=lambda path: path.stem)
def script(request: pytest.FixtureRequest) -> Path:
    """Each script in turn."""
    found: Path = request.param
    return found


def without(outcome: Outcome) -> dict[str, object]:
    return {name: value for name, value in outcome.names.items() if name not in NOT_OURS}


def test_the_corpus_is_large_enough() -> None:
    assert len(SCRIPTS) >= 60


def test_a_traced_run_agrees_with_a_plain_one(script: Path) -> None:
    plain = plainly(script)
    mine, _ = with_tracer(script)
    assert mine.stdout == plain.stdout
    assert mine.stderr == plain.stderr
    assert mine.ended == plain.ended
    assert mine.lines == plain.lines
    assert repr(without(mine)) == repr(without(plain))


def test_a_run_that_differs_is_noticed(tmp_path: Path) -> None:
    script = tmp_path / "script.py"
    script.write_text(
        "import sys\nx = 'fwdpass.trace.run' in str(sys._getframe(1).f_code.co_filename).replace('/', '.')\n"
    )
    assert without(plainly(script)) != without(with_tracer(script)[0])


def test_two_traces_are_the_same_to_the_byte_and_come_back_from_their_json(script: Path) -> None:
    trace = with_tracer(script)[1]
    written = dump(trace)
    if script.stem != "threads":  # whose turn it is, the system decides
        assert dump(with_tracer(script)[1]) == written
    assert " at 0x" not in written
    assert dump(read(written)) == written
    assert repr(TraceView(read(written))) == repr(TraceView(trace))


ENVIRONMENT = {**os.environ, "PYTHONHASHSEED": "0"}


@pytest.mark.parametrize(
    "name",
    ["exits_with_a_message", "main_module", "raises", "reads_input", "writes_bytes"],
)
def test_the_command_gives_what_python_gives(name: str, tmp_path: Path) -> None:
    script = CORPUS / f"{name}.py"

    def ran(*command: str) -> tuple[bytes, bytes, int]:
        done = subprocess.run([sys.executable, *command], input=b"", capture_output=True, check=False, env=ENVIRONMENT)
        return done.stdout, done.stderr, done.returncode

    assert ran("-m", "fwdpass", "trace", str(script), "-o", str(tmp_path / "out")) == ran(str(script))


def test_the_hash_seed_is_not_in_a_trace() -> None:
    code = (
        "import sys; from pathlib import Path; from fwdpass.trace import Script, traced; from fwdpass.trace.form import"
        " dump; sys.stdout.write(dump(traced(Script.read(Path(sys.argv[1])))))"
    )
    traces = {
        subprocess.run(
            [sys.executable, "-c", code, str(CORPUS / "containers.py")],
            capture_output=True, check=True, env={**os.environ, "PYTHONHASHSEED": str(seed)},
        ).stdout
        for seed in (0, 1)
    }  # fmt: skip
    assert len(traces) == 1
