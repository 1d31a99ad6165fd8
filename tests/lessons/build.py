"""Build the book for another lesson, to be read as a person reads it."""

from __future__ import annotations

import re
import sys
from multiprocessing import get_context
from pathlib import Path

from fwdpass.errors import FwdpassError
from fwdpass.numerals.exact import Arithmetic
from tests.lessons.made import Made


def build(docs: Path, made: Made, into: Path) -> Path:
    """Build a book with this lesson in the place of the one on disk; give its folder, named after the lesson.

    In a process of its own, since a lesson is a module, and Sphinx remembers what it was told. Raises FwdpassError
    where the build fails: what is wrong has been written to the standard error.
    """
    folder = into / re.sub(r"\W+", "-", made.name).strip("-")
    root = str(Path(__file__).parents[2])
    if root not in sys.path:
        sys.path.append(root)  # the other process has this path, too, and finds this module by its name
    process = get_context("spawn").Process(target=_child, args=(docs, made, folder))
    process.start()
    process.join()
    if process.exitcode:
        raise FwdpassError(f"the book cannot be built for {made.name!r}")
    return folder


def _child(docs: Path, made: Made, folder: Path) -> None:
    from sphinx.cmd.build import main

    module = made.lesson.load(Arithmetic.FLOAT64)
    package, _, child = made.lesson.module.rpartition(".")
    __import__(package)
    sys.modules[made.lesson.module] = module
    setattr(sys.modules[package], child, module)
    (folder.with_suffix(".py")).parent.mkdir(parents=True, exist_ok=True)
    folder.with_suffix(".py").write_text(made.lesson.source, "utf-8")
    options = ["-n", "-W", "-q", "--keep-going", "-E", "-b", "html", "-d", f"{folder}.doctrees"]
    options += ["-D", "fwdpass_live.array="]  # its places are marked, and no other picture is read
    raise SystemExit(main([*options, str(docs), str(folder)]))
