"""The same book on every computer: the same bytes, whatever the folder, the hash seed and the BLAS kernel.

The book of the other tests is built with two jobs, and those here with one: so the bytes do not depend on that, either.
"""

from __future__ import annotations

import os
import platform
import shutil
import subprocess
import sys
from pathlib import Path

import numpy as np
import pytest

from fwdpass.testing import Built, build

pytestmark = pytest.mark.book

DOCS = Path(__file__).parent.parent.parent / "docs"
KERNELS = ("Prescott", "Haswell")
"""Two that print different numbers: without fused multiply-add, and with it, as what this processor takes by itself."""
BUILT = (*KERNELS, "Nehalem", "Sandybridge", "Zen", "SkylakeX") if os.environ.get("FWDPASS_KERNELS") else KERNELS[:1]
"""Each costs a build of the whole book: ``nox -s kernels`` asks for all."""
ILLEGAL_INSTRUCTION = -4


def files(built: Built) -> dict[str, bytes]:
    """Every file of the site."""
    found = (path for path in sorted(built.html.rglob("*")) if path.is_file())
    return {path.relative_to(built.html).as_posix(): path.read_bytes() for path in found}


def run(code: str, kernel: str) -> subprocess.CompletedProcess[str]:
    """Run Python with one of OpenBLAS's kernels; skip one that this processor cannot execute."""
    env = {**os.environ, "OPENBLAS_CORETYPE": kernel}
    done = subprocess.run([sys.executable, "-c", code], env=env, capture_output=True, text=True, check=False)
    if done.returncode == ILLEGAL_INSTRUCTION:
        pytest.skip(f"this processor has not the instructions of OpenBLAS's {kernel} kernel")
    done.check_returncode()
    return done


@pytest.mark.parametrize("kernel", BUILT)
def test_the_same_bytes_in_another_folder_with_another_seed_and_another_kernel(
    book: Built, kernel: str, tmp_path: Path
) -> None:
    run("import numpy as np; np.ones((4, 3)) @ np.ones((3, 4)); np.ones((99, 99)) @ np.ones((99, 99))", kernel)
    folder = tmp_path / f"elsewhere {kernel}"
    shutil.copytree(DOCS, folder / "docs", ignore=shutil.ignore_patterns("_build"))
    shutil.copy(DOCS.parent / "CHANGELOG.md", folder)
    seed = str(BUILT.index(kernel) + 1)
    env = {"OPENBLAS_CORETYPE": kernel, "PYTHONHASHSEED": seed, "LC_ALL": "C"}
    there = build(folder / "docs", folder, env=env)
    assert there.status == 0, there.messages
    assert files(there) == files(book)


HAS_KERNELS = platform.machine().lower() in {"x86_64", "amd64"} and "openblas" in str(np.show_config(mode="dicts"))


@pytest.mark.skipif(not HAS_KERNELS, reason="this NumPy has no OpenBLAS kernels to choose from")
def test_the_kernels_really_disagree() -> None:
    """The guard of the tests above: without our care, the kernels print different numbers."""
    code = "from fwdpass.lesson import z1; print(repr(float(z1[0])))"
    assert len({run(code, kernel).stdout for kernel in KERNELS}) > 1
