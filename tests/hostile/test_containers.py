"""What archives and models declare is not believed: no parser's surprise, no second meaning, no room for a lie."""

from __future__ import annotations

import json
import stat
import struct
import warnings
import zipfile
from itertools import pairwise
from pathlib import Path
from typing import Any

import numpy as np
import pytest
from onnx import TensorProto, helper, numpy_helper

import fwdpass as fp
from fwdpass.networks.explain import inputs
from fwdpass.networks.formats import Limits
from tests.hostile.test_files import archive, npy, refused
from tests.networks import network

HEADER = "{'descr': %s, 'fortran_order': False, 'shape': %s}"


def headed(header: str, content: bytes = bytes(64), version: int = 1) -> bytes:
    """The bytes of an array with a header of one's own."""
    return b"\x93NUMPY" + bytes((version, 0)) + struct.pack("<H" if version == 1 else "<I", len(header)) + (
        header.encode("latin1") + content
    )  # fmt: skip


# Arrays --------------------------------------------------------------------------------------------------------------


@pytest.mark.parametrize(
    "header",
    [
        "-" * 5000 + "1",
        "(" * 5000 + "1",
        "{[]: 1}",
        "{1: 2, 'a': 3}",
        "__import__('tests.hostile.test_files').run('ran')",
        HEADER % ("'1,,2'", "(1, 2)"),
        HEADER % ("'(1,2'", "(1, 2)"),
        HEADER % ("{'a': 1}", "(1, 2)"),
        HEADER % ("('<f8', (1000000, 1000000))", "(1, 2)"),
        HEADER % ("[('a', '<f8'), ('a', '<f8')]", "(1, 2)"),
        HEADER % ("'V100000000000'", "(1, 2)"),
        HEADER % ("'<f8'", "(True, 2)"),
        HEADER % ("'<f8'", "(-1, 2)"),
        HEADER % ("'<f8'", "(-2, -1)"),
        HEADER % ("'<f8'", f"(0, {2**70})"),
        HEADER % ("'<f8'", "(" + "1," * 100 + ")"),
        HEADER % ("'<f8'", "(1000000, 1000000)"),
        HEADER % ("'<f8'", f"({'9' * 3000}, {'9' * 3000})"),
    ],
)
def test_a_header_that_numpy_stumbles_over_is_refused(header: str, tmp_path: Path) -> None:
    path = archive(tmp_path / "net.npz", {"W1.npy": headed(header), "b1.npy": npy((2,), bytes(16))})
    with refused(r"net\.npz: W1 (is no array that can be read|is cut short or damaged|declares|cannot be unpacked)"):
        fp.load(path)
    (tmp_path / "x.npy").write_bytes(headed(header))
    with refused(r"x\.npy (is no array that can be read|is cut short or damaged|declares)"):
        inputs.read(tmp_path / "x.npy", 0, 4)


def test_a_header_of_many_megabytes_is_not_read(tmp_path: Path) -> None:
    path = archive(tmp_path / "net.npz", {"W1.npy": headed(" " * 50_000_000, version=2)})
    assert path.stat().st_size < 2**17
    with refused("W1 declares a header of 50000000 bytes, and at most 10000 are read"):
        fp.load(path)


@pytest.mark.parametrize("kind", ["'S8'", "'<U2'", "'<M8[s]'", "'<c16'", "[('float', '<f8')]"])
def test_arrays_of_what_is_no_number_are_refused(kind: str, tmp_path: Path) -> None:
    path = archive(tmp_path / "net.npz", {"W1.npy": headed(HEADER % (kind, "(1, 2)"))})
    with refused("W1 is an array of .*, and a layer has numbers"):
        fp.load(path)


def test_two_arrays_of_one_name_are_refused(tmp_path: Path) -> None:
    with warnings.catch_warnings(), zipfile.ZipFile(tmp_path / "net.npz", "w") as made:
        warnings.simplefilter("ignore")
        for number in (1.0, 2.0):
            made.writestr("W1.npy", npy((1, 1), struct.pack("<d", number)))
    with refused("holds W1 twice, and which one is meant is not known"):
        fp.load(tmp_path / "net.npz")


def test_links_and_paths_in_an_archive_lead_nowhere(tmp_path: Path) -> None:
    (tmp_path / "secret.npy").write_bytes(npy((1, 1), bytes(8)))
    link = zipfile.ZipInfo("W1.npy")
    link.create_system, link.external_attr = 3, (stat.S_IFLNK | 0o777) << 16
    with zipfile.ZipFile(tmp_path / "net.npz", "w") as made:
        made.writestr(link, str(tmp_path / "secret.npy"))
    with refused("W1 is no array that can be read"):
        fp.load(tmp_path / "net.npz")
    inner = tmp_path / "inner"
    inner.mkdir()
    path = archive(inner / "net.npz", {"../W1.npy": npy((1, 1), bytes(8)), "/W2.npy": npy((1, 1), bytes(8))})
    with refused("neither names nor shapes say"):  # these are names, and nothing is unpacked
        fp.load(path, "relu")
    assert sorted(file.name for file in tmp_path.rglob("*")) == ["inner", "net.npz", "net.npz", "secret.npy"]


# Safetensors ---------------------------------------------------------------------------------------------------------


@pytest.mark.parametrize("length", [2**60, 2**63, 2**64 - 1, 2**22 + 1])
def test_a_header_that_no_file_has_is_not_allocated(length: int, tmp_path: Path) -> None:
    path = tmp_path / "net.safetensors"
    path.write_bytes(struct.pack("<Q", length) + b"{}")
    with refused(f"declares a header of {length} bytes"):
        fp.load(path)


def entry(*offsets: int, shape: tuple[int, ...] = (1, 2)) -> dict[str, Any]:
    """What a header says of an array."""
    return {"dtype": "F64", "shape": shape, "data_offsets": offsets}


@pytest.mark.parametrize(
    "header",
    [
        json.dumps({"0.weight": entry(0, 16), "1.weight": entry(8, 24)}),
        json.dumps({"0.weight": entry(0, 16), "1.weight": entry(0, 16)}),
        json.dumps({"0.weight": entry(16, 32)}),
        json.dumps({"0.weight": entry(16, 0)}),
        json.dumps({"0.weight": entry(-16, 0)}),
        json.dumps({"0.weight": entry(0, 2**64)}),
        json.dumps({"0.weight": entry(0, 16, shape=(2**63, 2**63))}),
        json.dumps({"0.weight": entry(0, 16)}) + json.dumps({"0.weight": entry(0, 16)}),
        '{"0.weight": ' + json.dumps(entry(0, 16)) + ', "0.weight": ' + json.dumps(entry(16, 32)) + "}",
        '{"a":' * 5000 + "1" + "}" * 5000,
        '{"\\ud800.weight": ' + json.dumps(entry(0, 16)) + "}",
        "[]",
    ],
)
def test_a_header_with_holes_overlaps_or_two_meanings_is_refused(header: str, tmp_path: Path) -> None:
    path = tmp_path / "net.safetensors"
    path.write_bytes(struct.pack("<Q", len(header)) + header.encode() + bytes(32))
    with refused("is no safetensors file that can be read"):
        fp.load(path, "relu")


# ONNX ----------------------------------------------------------------------------------------------------------------


def changed(tmp_path: Path, change: Any) -> Path:
    """Write a model that was changed."""
    model = fp.formats.to_onnx(network(4, 3, 2))
    change(model)
    path = tmp_path / "net.onnx"
    path.write_bytes(model.SerializeToString())
    return path


def outside(tensor: Any, where: str) -> None:
    """Say that an array's numbers are in another file."""
    tensor.data_location = TensorProto.EXTERNAL
    tensor.external_data.add(key="location", value=where)


@pytest.mark.parametrize(
    "where",
    [
        "/etc/passwd",
        "../../etc/passwd",
        "inner/net.bin",
        "..",
        ".",
        "",
        "file:///etc/passwd",
        "//host/share/x",
        "link.bin",
    ],
)
def test_numbers_beside_a_model_are_not_opened_wherever_they_are(where: str, tmp_path: Path) -> None:
    (tmp_path / "inner").mkdir()
    for name in ("net.bin", "inner/net.bin"):
        (tmp_path / name).write_bytes(bytes(96))
    (tmp_path / "link.bin").symlink_to("/etc/passwd")

    def constant(model: Any) -> None:
        tensor = numpy_helper.from_array(np.ones((4, 3)), "c")
        outside(tensor, where)
        model.graph.node.insert(0, helper.make_node("Constant", [], ["c"], value=tensor))

    for change in (lambda model: outside(model.graph.initializer[0], where), constant):
        with refused("its numbers are in another file, which is not opened"):
            fp.load(changed(tmp_path, change))


def twice(model: Any) -> None:
    """Give an array's name to another one."""
    model.graph.initializer.append(numpy_helper.from_array(np.ones((4, 3)), "W1"))


def own(model: Any) -> None:
    """Let the model say what Gemm is."""
    relu = helper.make_node("Relu", ["a"], ["z"])
    model.functions.append(helper.make_function("", "Gemm", ["a", "w", "b"], ["z"], [relu], model.opset_import))


def branch(model: Any) -> None:
    """Let a condition decide which layers there are."""
    graph = helper.make_graph([], "g", [], [])
    model.graph.node.append(helper.make_node("If", ["y_hat"], ["z"], "if", then_branch=graph, else_branch=graph))
    model.graph.output[0].name = "z"


def silent(model: Any) -> None:
    """Let a layer give nothing."""
    del model.graph.node[0].output[:]


def unnamed(model: Any) -> None:
    """Let a layer give something that has no name, to a layer that takes it."""
    model.graph.node[0].output[0] = model.graph.node[1].input[0] = ""


def closed(model: Any) -> None:
    """Let the model have no input, and its first layer take what has no name."""
    del model.graph.input[:]
    model.graph.node[0].input[0] = ""


def texts(model: Any) -> None:
    """Let weights be texts."""
    model.graph.initializer[0].CopyFrom(helper.make_tensor("W1", TensorProto.STRING, [1, 1], [b"1"]))


@pytest.mark.parametrize(
    ("change", "said"),
    [
        (twice, "the model has two arrays of the name W1"),
        (own, "the model has operations of its own, such as Gemm: inline them first"),
        (branch, "if: If is no layer that can be read"),
        (silent, "layer 1 gives nothing"),
        (unnamed, "layer 1 gives nothing"),
        (closed, "the model has no input"),
        (texts, "layer 1 takes texts, and a layer has numbers"),
        (lambda model: setattr(model.graph.initializer[0], "data_type", 99), "W1 cannot be read"),
        (lambda model: setattr(model.graph.initializer[0], "data_type", 0), "W1 cannot be read"),
        (lambda model: setattr(model.graph.initializer[0], "data_type", TensorProto.COMPLEX128), "W1"),
    ],
)
def test_a_model_with_two_meanings_or_odd_arrays_is_refused(change: Any, said: str, tmp_path: Path) -> None:
    with refused(said):
        fp.load(changed(tmp_path, change))


def test_one_array_that_is_the_weights_of_many_layers_is_counted_each_time(tmp_path: Path) -> None:
    def repeat(model: Any) -> None:
        del model.graph.node[:]
        model.graph.initializer.append(numpy_helper.from_array(np.ones((50, 50)), "V"))
        names = ["x", *(f"h{i}" for i in range(499)), "y_hat"]
        model.graph.node.extend(helper.make_node("MatMul", [a, "V"], [b]) for a, b in pairwise(names))

    with refused("network declares 120000 bytes, and at most 100000 are read"):
        fp.load(changed(tmp_path, repeat), limits=Limits(bytes=100_000))


def test_a_model_of_graphs_within_graphs_is_refused(tmp_path: Path) -> None:
    content = b""
    for _ in range(2000):  # each a node with an attribute that is a graph
        for tag in (b"\x0a", b"\x2a", b"\x32"):
            content = tag + varint(len(content)) + content
    path = tmp_path / "net.onnx"
    path.write_bytes(b"\x08\x09\x3a" + varint(len(content)) + content)
    with refused("no ONNX file|no layer|chain|cannot be read|does not take"):
        fp.load(path)


def varint(number: int) -> bytes:
    """Write a number as protobuf does."""
    written = b""
    while number > 127:
        written, number = written + bytes([number & 127 | 128]), number >> 7
    return written + bytes([number])
