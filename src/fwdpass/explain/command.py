"""The command: read a model, run it on an input, and write the page."""

from __future__ import annotations

import argparse
import os
import sys
from collections.abc import Sequence
from pathlib import Path

from fwdpass.errors import FwdpassError, ModelError
from fwdpass.explain import inputs, page
from fwdpass.formats import open_model


def main(argv: Sequence[str] | None = None) -> int:
    """Run the command; give its exit status: 0, or 1 where something is wrong."""
    asked = _parser().parse_args(argv)
    try:
        return _run(asked)
    except FwdpassError as error:
        sys.stderr.write(f"fwdpass: {error}\n")
    except OSError as error:
        sys.stderr.write(f"fwdpass: {error.filename or asked.output}: {error.strerror or error}\n")
    return 1


def _run(asked: argparse.Namespace) -> int:
    _check_output(asked.output)
    named = asked.activation.split(",") if asked.activation else None
    opened = open_model(
        asked.model,
        named[0] if named and len(named) == 1 else named,
        order=asked.order.split(",") if asked.order else None,
    )
    x = None if asked.input is None else inputs.read(asked.input, asked.row, opened.network.sizes[0])
    written = page.document(opened, x, title=_readable(asked.title or asked.model.name))
    _write(asked.output, written)
    sys.stdout.write(f"{opened.network}\nThe page is {_readable(asked.output)}\n")
    return 0


def _readable(name: object) -> str:
    """Give a name that can be written, also where the bytes of a file's name are no UTF-8."""
    return str(name).encode("utf-8", "replace").decode("utf-8")


def _check_output(path: Path) -> None:
    """Refuse to write where something else is: the page takes the place of a page alone."""
    if path.is_dir():
        raise ModelError(f"{path} is a folder: name the file that the page is written to, with -o {path / 'page.html'}")
    if not path.parent.is_dir():
        raise ModelError(f"there is no folder {path.parent}, so the page cannot be written to {path}")
    if path.is_file() and path.stat().st_size:
        with path.open("rb") as file:
            if page.GENERATOR.encode() not in file.read(1024):
                raise ModelError(f"{path} is there, and no page that fwdpass explain wrote: it is left as it is")


def _write(path: Path, text: str) -> None:
    """Write the page beside its place, and move it there when it is whole."""
    if path.exists() and not path.is_file():  # a terminal, a pipe
        path.write_text(text, "utf-8", newline="\n")
        return
    path = path.resolve()
    beside = path.with_name(f".{path.name}.{os.getpid()}")
    try:
        beside.write_text(text, "utf-8", newline="\n")
        beside.replace(path)
    finally:
        beside.unlink(missing_ok=True)


def _parser() -> argparse.ArgumentParser:
    parser = argparse.ArgumentParser(
        prog="fwdpass explain",
        description="Write a page about a network: its picture, shapes and parameters, and what every layer makes of "
        "an input. The model is a .npz, .safetensors, .onnx, .pt or .keras file; nothing in it is executed.",
    )
    parser.add_argument("model", type=Path, metavar="MODEL", help="the network's file")
    parser.add_argument(
        "--input", type=Path, metavar="FILE", help="an input: .npy, .npz, .csv, .txt or .json, a row or a batch"
    )
    parser.add_argument("--row", type=int, default=0, metavar="N", help="which row of a batch, counted from 0 (0)")
    parser.add_argument(
        "--activation", metavar="NAME[,NAME…]",
        help="where the file has weights alone: what all layers but the last do to their sums, or each layer",
    )  # fmt: skip
    parser.add_argument(
        "--order", metavar="NAME,NAME…", help="the layers in their order, where neither names nor shapes say it"
    )
    parser.add_argument("--title", help="the page's title (the name of the file)")
    parser.add_argument("-o", "--output", type=Path, required=True, metavar="OUT.html", help="where to write the page")
    return parser
