"""Make the folder of Python for browsers, from a release of Pyodide and a wheel of NumPy.

``python -m fwdpass.live.runtime`` does. The wheel is accepted by its hash alone, which the release states; so it does
not matter where it comes from. What is fetched is kept in the user's cache. Of Python's own library and of NumPy, only
those files are kept that a list names. They are compiled by the release itself, in Node, which takes as
long as all the rest of a start in a browser; so is this package, for sites that are built
with the very same.
"""

from __future__ import annotations

import argparse
import hashlib
import json
import os
import shutil
import subprocess
import sys
import tempfile
import urllib.error
import urllib.request
from collections.abc import Iterator, Sequence
from pathlib import Path
from zipfile import ZIP_DEFLATED, BadZipFile, ZipFile, ZipInfo

from fwdpass.commands import ended, path, say
from fwdpass.errors import FwdpassError
from fwdpass.live.packages import packages, signature

COPIED = ("pyodide.mjs", "pyodide.asm.mjs", "pyodide.asm.wasm")
LIBRARY, NUMPY, PACKAGES, LOCK = "python_stdlib.zip", "numpy.zip", "packages.zip", "pyodide-lock.json"
RELEASE = "https://cdn.jsdelivr.net/pyodide/v{version}/full/{name}"
"""Where a release of Pyodide has the packages that it was built with."""
_BEGINNING = (1980, 1, 1, 0, 0, 0)


def main(argv: Sequence[str] | None = None) -> int:
    """Run the command; give its exit status."""
    parser = argparse.ArgumentParser(prog="python -m fwdpass.live.runtime", description=__doc__)
    parser.add_argument("pyodide", type=path, help="the package pyodide, as npm has installed it")
    parser.add_argument("into", type=Path, help="the folder to make")
    parser.add_argument("--wheel", type=path, help="a file that is NumPy's wheel for this release")
    parser.add_argument(
        "--carrier", metavar="PACKAGE", help="a Python package that has the wheel in it, as name==version"
    )
    parser.add_argument("--modules", type=path, help="a list of the files to keep; all, where there is none")
    parser.add_argument("--sources", action="store_true", help="leave modules as sources, where there is no Node")
    asked = parser.parse_args(argv)
    return ended(lambda: _run(asked))


def _run(asked: argparse.Namespace) -> int:
    lock = json.loads((asked.pyodide / LOCK).read_text("utf-8"))
    numpy = lock["packages"]["numpy"]
    version = json.loads((asked.pyodide / "package.json").read_text("utf-8"))["version"]
    wheel = wheel_of(numpy["file_name"], numpy["sha256"], version, asked.wheel, asked.carrier)
    kept = frozenset(asked.modules.read_text("utf-8").split()) if asked.modules else None
    shutil.rmtree(asked.into, ignore_errors=True)
    asked.into.mkdir(parents=True)
    for name in COPIED:
        shutil.copyfile(asked.pyodide / name, asked.into / name)
    # Nothing else is loaded by its name, so that the list of what could be stays behind.
    (asked.into / LOCK).write_text(json.dumps({"info": lock["info"], "packages": {}}), "utf-8")
    pack(asked.pyodide / LIBRARY, asked.into / LIBRARY, kept)
    pack(wheel, asked.into / NUMPY, kept)
    if not asked.sources:
        with ZipFile(asked.into / PACKAGES, "w") as archive:
            sources = packages()
            archive.comment = signature(sources)
            for name, source in sources.items():
                archive.writestr(ZipInfo(name, _BEGINNING), source)
        compiled(asked.into)
    size = sum(file.stat().st_size for file in asked.into.iterdir())
    say(f"Pyodide {version} and NumPy {numpy['version']}, {size / 1e6:.1f} MB, in {asked.into}\n")
    return 0


def cache() -> Path:
    """Give the folder of the user's cache in which wheels are kept."""
    return Path(os.environ.get("XDG_CACHE_HOME") or Path.home() / ".cache") / "fwdpass"


def wheel_of(name: str, sha256: str, version: str, given: Path | None = None, carrier: str | None = None) -> Path:
    """Find the wheel with a hash: the file that is given, in the cache, at the release, or within a carrier.

    Raises FwdpassError where none of them has it, which says what was tried.
    """
    kept = cache() / name
    tried = []
    for where, found in _candidates(name, version, given, carrier, kept):
        if isinstance(found, str):
            tried.append(f"{where}: {found}")
        elif (digest := hashlib.sha256(found).hexdigest()) != sha256:
            tried.append(f"{where}: another file, with the hash {digest}")
        else:
            kept.parent.mkdir(parents=True, exist_ok=True)
            if not kept.is_file() or kept.read_bytes() != found:
                kept.write_bytes(found)
            return kept
    raise FwdpassError(f"no {name} with the hash {sha256}. Tried: {'; '.join(tried)}. A file can be given with --wheel")


def _candidates(
    name: str, version: str, given: Path | None, carrier: str | None, kept: Path
) -> Iterator[tuple[str, bytes | str]]:
    """Give where the wheel may be, one after the other: its content, or why there is none."""
    if given is not None:
        yield str(given), given.read_bytes()
    yield str(kept), kept.read_bytes() if kept.is_file() else "not there"
    url = RELEASE.format(version=version, name=name)
    try:
        with urllib.request.urlopen(url, timeout=60) as answer:  # noqa: S310 - an address of https
            yield url, answer.read()
    except (urllib.error.URLError, TimeoutError, OSError) as error:
        yield url, str(error)
    if carrier:
        yield carrier, _carried(name, carrier)


def _carried(name: str, carrier: str) -> bytes | str:
    """Take the wheel out of a package that carries it."""
    with tempfile.TemporaryDirectory() as folder:
        command = [sys.executable, "-m", "pip", "download", "--quiet", "--no-deps", "--only-binary", ":all:"]
        got = subprocess.run(  # noqa: S603 - what the caller names
            [*command, "-d", folder, carrier], check=False, capture_output=True, text=True
        )
        if got.returncode:
            return (got.stderr.strip().splitlines() or ["pip could not download it"])[-1]
        for archive in Path(folder).iterdir():
            with ZipFile(archive) as whole:
                for inner in whole.namelist():
                    if inner.endswith(f"/{name}"):
                        return whole.read(inner)
    return "it has no such file"


def pack(source: Path, target: Path, kept: frozenset[str] | None) -> None:
    """Write an archive with those files of another that are to be kept, the same bytes each time."""
    try:
        with ZipFile(source) as whole, ZipFile(target, "w", ZIP_DEFLATED, compresslevel=9) as packed:
            for name in sorted(whole.namelist()):
                if not name.endswith("/") and (kept is None or name in kept):
                    packed.writestr(ZipInfo(name, _BEGINNING), whole.read(name), ZIP_DEFLATED)
    except BadZipFile as error:
        raise FwdpassError(f"{source} is no archive: {error}") from None


def compiled(runtime: Path) -> None:
    """Compile the modules of a runtime; raises FwdpassError where there is no Node to run it, or it cannot do so."""
    node = shutil.which("node")
    if node is None:
        raise FwdpassError(
            "Node is not installed, which would compile the modules for the browser; --sources leaves them as they are"
        )
    own = Path(__file__).parent
    command: list[str | Path] = [node, own / "compile.mjs", runtime, own / "compiled.py", LIBRARY, NUMPY, PACKAGES]
    got = subprocess.run(command, check=False, capture_output=True, text=True)  # noqa: S603 - ours
    if got.returncode:
        said = [line for line in got.stderr.splitlines() if "Error: " in line]
        raise FwdpassError(f"the modules could not be compiled in Node: {said[-1] if said else got.stderr[-1000:]}")


if __name__ == "__main__":
    raise SystemExit(main())
