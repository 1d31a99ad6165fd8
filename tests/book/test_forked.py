"""A build that is forked is a build: what a process of its own makes, to the byte."""

from __future__ import annotations

import os
from pathlib import Path

import pytest

from fwdpass import testing
from tests import forked
from tests.book.conftest import CONF, HEADER

pytestmark = [
    pytest.mark.book,
    pytest.mark.skipif(not hasattr(os, "fork"), reason="this system does not fork, and builds are never forked here"),
]

PAGES = {
    "right": """
The loss is {n}`mse`, in $y = \\n{y_hat}$, and {claim}`it is large :: mse > 0.1`.

```{code-cell} python3
import numpy, random, os, sys
import fwdpass as fp
print("ONLY_FOR_THIS_BUILD" in os.environ, os.getcwd(), sys.argv, list(sys.path), sys.stdin.read())
print(numpy.random.rand(), random.random())
fp.product(x, W1)
```
""",
    "wrong": """
A loss of 0.8964 is typed, and {n}`no_such_name` is none. {claim}`It is huge. :: mse > 1`
""",
    "failing": """
```{code-cell} python3
import os
os._exit(3)
```
""",
}


@pytest.mark.parametrize("page", PAGES)
def test_a_forked_build_gives_what_one_of_its_own_gives(
    page: str, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setenv("ONLY_FOR_THIS_BUILD", "yes")
    monkeypatch.chdir(tmp_path)
    source = tmp_path / "source"
    source.mkdir()
    (source / "conf.py").write_text(CONF, "utf-8")
    (source / "index.md").write_text(HEADER + PAGES[page], "utf-8")
    alone = testing.build(source, tmp_path / "built")
    files = {path: path.read_bytes() for path in alone.html.rglob("*") if path.is_file()}
    (tmp_path / "built").rename(tmp_path / "first")
    built = forked.build(source, tmp_path / "built")
    assert (built.status, built.messages) == (alone.status, alone.messages)
    assert {path: path.read_bytes() for path in built.html.rglob("*") if path.is_file()} == files
    assert (page == "right") == (built.status == 0)


def test_a_build_that_dies_has_the_status_of_its_signal_and_the_next_one_works(tmp_path: Path) -> None:
    (tmp_path / "conf.py").write_text(CONF + "import os, signal\nos.kill(os.getpid(), signal.SIGKILL)\n", "utf-8")
    (tmp_path / "index.md").write_text(f"{HEADER}A page.\n", "utf-8")
    assert forked.build(tmp_path, tmp_path / "built").status == -9
    (tmp_path / "conf.py").write_text(CONF, "utf-8")
    assert forked.build(tmp_path, tmp_path / "built").status == 0
