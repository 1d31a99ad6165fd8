"""The command: read a model, run it on an input, and write the page."""

from __future__ import annotations

import argparse
from collections.abc import Sequence
from pathlib import Path

from fwdpass.commands import check_output, ended, path, say, write_whole
from fwdpass.errors import ModelError
from fwdpass.networks.explain import inputs, page
from fwdpass.networks.formats import Opened, open_model
from fwdpass.networks.formats.files import endings
from fwdpass.networks.formats.named import LAYOUTS

_SAID_HERE = {"activations=": "--activation", "order=": "--order", "layout=": "--layout"}
"""What the arguments of ``fp.load`` are called on the command line."""


def main(argv: Sequence[str] | None = None) -> int:
    """Run the command; give its exit status: 0, or 1 where something is wrong."""
    return ended(lambda: _run(_parser().parse_args(argv)))


def _run(asked: argparse.Namespace) -> int:
    check_output(asked.output)
    _check_page(asked.output)
    if asked.row is not None and asked.input is None:
        raise ModelError(f"--row {asked.row} picks a row of an input, and there is none: name its file with --input")
    opened = _opened(asked)
    x = None if asked.input is None else inputs.read(asked.input, asked.row or 0, opened.network.sizes[0])
    write_whole(asked.output, page.document(opened, x, title=_readable(asked.title or asked.model.name)))
    say(f"{opened.network}\nThe page is {_readable(asked.output)}\n")
    return 0


def _opened(asked: argparse.Namespace) -> Opened:
    named = asked.activation
    try:
        activations = named[0] if named and len(named) == 1 else named
        return open_model(asked.model, activations, order=asked.order, layout=asked.layout)
    except ModelError as error:
        here = [f"{word} is {option}" for word, option in _SAID_HERE.items() if word in str(error)]
        raise ModelError(f"{error} (here, {' and '.join(here)})" if here else str(error)) from None


def _readable(name: object) -> str:
    """Give a name that can be written, also where the bytes of a file's name are no UTF-8."""
    return str(name).encode("utf-8", "replace").decode("utf-8")


def _check_page(out: Path) -> None:
    """Refuse to write where something else is: the page takes the place of a page alone."""
    if out.is_file() and out.stat().st_size:
        with out.open("rb") as file:
            if page.GENERATOR.encode() not in file.read(1024):
                raise ModelError(f"{out} is there, and no page that fwdpass explain wrote: it is left as it is")


def _names(given: str) -> list[str]:
    """Take names from the command line."""
    names = [name.strip() for name in given.split(",")]
    if not all(names):
        raise argparse.ArgumentTypeError(f"a name is missing in {given!r}")
    return names


def _title(given: str) -> str:
    """Take a title from the command line."""
    if not given.strip():
        raise argparse.ArgumentTypeError("the title is empty")
    return given


def _parser() -> argparse.ArgumentParser:
    parser = argparse.ArgumentParser(
        prog="fwdpass explain",
        description="Write a page about a network: its picture, shapes and parameters, and what every layer makes of "
        f"an input. The model is a file that ends with {', '.join(endings())}; nothing in it is executed but "
        "the network that was read, by the library that the file is of.",
    )
    parser.add_argument("model", type=path, metavar="MODEL", help="the network's file")
    parser.add_argument(
        "--input", type=path, metavar="FILE", help="an input: .npy, .npz, .csv, .txt or .json, a row or a batch"
    )
    parser.add_argument("--row", type=int, metavar="N", help="which row of a batch, counted from 0 (0)")
    parser.add_argument(
        "--activation", type=_names, metavar="NAME[,NAME...]",
        help="where the file has weights alone: what all layers but the last do to their sums, or each layer",
    )  # fmt: skip
    parser.add_argument(
        "--order",
        type=_names,
        metavar="NAME,NAME...",
        help="the layers in their order, where neither names nor shapes say it",
    )
    parser.add_argument(
        "--layout",
        choices=LAYOUTS,
        metavar="LAYOUT",
        help="how a matrix of weights is stored, where neither names nor shapes say it: 'in, out' or 'out, in'",
    )
    parser.add_argument("--title", type=_title, help="the page's title (the name of the file)")
    parser.add_argument("-o", "--output", type=path, required=True, metavar="OUT.html", help="where to write the page")
    return parser
