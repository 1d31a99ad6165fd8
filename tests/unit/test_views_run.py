"""A script's output is what a reader who runs it would see."""

from __future__ import annotations

import subprocess
import sys
from importlib.util import module_from_spec, spec_from_file_location
from pathlib import Path
from types import ModuleType

import numpy as np
import pytest

import fwdpass as fp
from fwdpass.errors import ScriptError
from fwdpass.numerals.exact import Arithmetic
from fwdpass.page import Lesson


def module(folder: Path, source: str) -> ModuleType:
    path = folder / "script.py"
    path.write_text(source, encoding="utf-8")
    spec = spec_from_file_location("script", path)
    assert spec is not None
    return module_from_spec(spec)


def test_it_is_what_python_prints() -> None:
    script = str(fp.lesson.__file__)
    ran = subprocess.run([sys.executable, script], capture_output=True, text=True, check=True)
    assert repr(fp.run(fp.lesson)) == ran.stdout.rstrip("\n")


def test_a_changed_lesson_prints_its_own_numbers() -> None:
    source = Path(str(fp.lesson.__file__)).read_text(encoding="utf-8")
    changed = source.replace("b1 = np.array([0.1,", "b1 = np.array([0.2,")
    for arithmetic in Arithmetic:
        shown = repr(fp.run(Lesson(changed).load(arithmetic)))
        assert "z1           0.1 -0.1 0.5" in shown


def test_the_script_does_not_see_the_page(tmp_path: Path) -> None:
    script = module(tmp_path, "print(__name__, 'leak' in globals())\nimport numpy as np\nprint(np.array([1/3]))")
    with np.printoptions(precision=2, formatter={"float_kind": lambda _: "page"}):
        assert repr(fp.run(script)) == "__main__ False\n[0.33333333]"


def test_output_is_escaped(tmp_path: Path) -> None:
    shown = fp.run(module(tmp_path, "print('<b> & \\\\ $ 1_000')"))
    assert shown._repr_html_() == '<pre class="fp-run">&lt;b&gt; &amp; \\ $ 1_000\n</pre>'
    assert shown.latex() == r"\begin{array}{l} \texttt{<b> \& \textbackslash{} \$ 1\_000} \end{array}"


@pytest.mark.parametrize(
    ("source", "sentence"),
    [
        ("x = 1\nx / 0", "script stopped at line 2: ZeroDivisionError: division by zero"),
        ("def f():\n    raise KeyError('h')\n\nf()", "script stopped at line 2: KeyError: 'h'"),
        ("import sys\nsys.exit(3)", "script ended with status 3, not with zero"),
        ("import sys\nsys.exit('no numbers')", "script ended with status no numbers"),
    ],
)
def test_a_script_that_fails_says_where(tmp_path: Path, source: str, sentence: str) -> None:
    with pytest.raises(ScriptError) as failed:
        fp.run(module(tmp_path, source))
    assert str(failed.value).startswith(sentence)


@pytest.mark.parametrize("ending", ["", "import sys\nsys.exit()", "import sys\nsys.exit(0)"])
def test_a_script_may_end_with_zero(tmp_path: Path, ending: str) -> None:
    assert repr(fp.run(module(tmp_path, f"print(1)\n{ending}"))) == "1"


def test_a_module_without_source_is_refused() -> None:
    with pytest.raises(ScriptError, match="no source"):
        fp.run(sys)
