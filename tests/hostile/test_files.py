"""Files that are broken or mean harm end in a sentence, soon, in little memory, and nothing in them runs."""

from __future__ import annotations

import io
import json
import pickle
import struct
import tracemalloc
import zipfile
from collections.abc import Callable, Iterator
from contextlib import contextmanager, suppress
from pathlib import Path
from typing import Any

import numpy as np
import onnx
import pytest
from onnx import TensorProto, helper
from safetensors.numpy import save_file

import fwdpass as fp
from fwdpass.errors import FwdpassError, ModelError
from fwdpass.networks.explain import inputs
from fwdpass.networks.formats import Limits, archives
from fwdpass.networks.formats.common import LIMITS
from fwdpass.networks.formats.files import UNREAD
from tests.networks import network, same

NET = network(4, 3, 2)
ENDINGS = ("npz", "safetensors", "onnx")
MEMORY = 16 * 2**20
"""Bytes that refusing a file may take."""

ran: list[str] = []


def run(said: str) -> None:
    """What a pickle of a stranger's might call."""
    ran.append(said)


class Bomb:
    """What runs when it is unpickled."""

    def __reduce__(self) -> tuple[Callable[[str], None], tuple[str]]:
        return run, ("something ran",)


@contextmanager
def refused(said: str) -> Iterator[None]:
    """Expect a sentence, little memory, and that nothing ran."""
    ran.clear()
    tracemalloc.start()
    try:
        with pytest.raises(ModelError, match=said) as refusal:
            yield
        assert tracemalloc.get_traced_memory()[1] < MEMORY
    finally:
        tracemalloc.stop()
    assert ran == []
    assert "Traceback" not in str(refusal.value)


@pytest.fixture(params=ENDINGS)
def whole(request: pytest.FixtureRequest, tmp_path: Path) -> Path:
    """A file of each format, as it should be."""
    path = tmp_path / f"net.{request.param}"
    fp.save(NET, path)
    return path


# Broken --------------------------------------------------------------------------------------------------------------


def test_a_file_that_is_cut_short_is_refused_wherever_it_is_cut(whole: Path) -> None:
    content = whole.read_bytes()
    for end in sorted({0, 1, 7, 8, 9, *range(10, len(content) - 1, max(1, len(content) // 40)), len(content) - 1}):
        whole.write_bytes(content[:end])
        with pytest.raises(ModelError):
            fp.load(whole)


def test_a_file_with_a_byte_that_fell_over_is_refused_or_still_a_network(whole: Path) -> None:
    content = bytearray(whole.read_bytes())
    for at in range(0, len(content), max(1, len(content) // 150)):
        damaged = content.copy()
        damaged[at] ^= 0xFF
        whole.write_bytes(damaged)
        with suppress(FwdpassError):  # anything else fails
            assert fp.load(whole, "relu").parameters


@pytest.mark.parametrize("content", [b"", b"\0" * 100, b"PK\x05\x06" + b"\xff" * 18, b"{}", b"\x08\x96\x01" * 50])
def test_what_is_no_such_file_is_refused(whole: Path, content: bytes) -> None:
    whole.write_bytes(content)
    with pytest.raises(ModelError):
        fp.load(whole)


def test_no_file_and_no_format(tmp_path: Path) -> None:
    with refused("there is no file"):
        fp.load(tmp_path / "none.npz")
    (tmp_path / "net.txt").write_text("1 2 3")
    with refused(r"a model is read from \.npz, .*; \.txt is none"):
        fp.load(tmp_path / "net.txt")


@pytest.mark.parametrize("ending", UNREAD)
def test_a_format_that_is_not_read_is_refused_with_what_would_do(ending: str, tmp_path: Path) -> None:
    path = tmp_path / f"net{ending}"
    path.write_bytes(b"whatever")
    with refused(r"save scikit-learn's models with skops|ONNX|a stack of layers|converted from"):
        fp.load(path)


# Pickles in disguise -------------------------------------------------------------------------------------------------


@pytest.mark.parametrize("ending", [*ENDINGS, "pt", "pth", "keras", "pkl", "joblib", "sav", "bin"])
@pytest.mark.parametrize("protocol", [2, 3, 4, 5])
def test_a_pickle_is_not_read_whatever_its_name(ending: str, protocol: int, tmp_path: Path) -> None:
    path = tmp_path / f"net.{ending}"
    path.write_bytes(pickle.dumps(Bomb(), protocol))
    with refused("is a pickle: reading one runs whatever its author wished"):
        fp.load(path)
    pickle.loads(path.read_bytes())  # noqa: S301 - to see that it would have
    assert ran == ["something ran"]


@pytest.mark.parametrize("ending", ["pkl", "joblib"])
def test_an_old_pickle_is_refused_by_its_ending(ending: str, tmp_path: Path) -> None:
    path = tmp_path / f"net.{ending}"
    path.write_bytes(pickle.dumps(Bomb(), 0))
    with refused("a pickle can run code, and is never read"):
        fp.load(path)


def test_objects_in_an_archive_are_refused_before_they_are_read(tmp_path: Path) -> None:
    np.savez(tmp_path / "net.npz", W1=np.array([[Bomb()]]), b1=np.zeros(1))
    with refused("W1 holds Python objects, which are pickles"):
        fp.load(tmp_path / "net.npz")
    np.savez(tmp_path / "net.npz", W1=np.ones((2, 1)), activations=np.array([Bomb()]))
    with refused("activations holds Python objects"):
        fp.load(tmp_path / "net.npz")


# Bombs ---------------------------------------------------------------------------------------------------------------


def npy(shape: tuple[int, ...], content: bytes = b"") -> bytes:
    """The bytes of an array that declares a shape, whatever follows."""
    file = io.BytesIO()
    np.lib.format.write_array_header_1_0(file, {"descr": "<f8", "fortran_order": False, "shape": shape})
    return file.getvalue() + content


def archive(path: Path, entries: dict[str, bytes]) -> Path:
    """Write an archive, packed."""
    with zipfile.ZipFile(path, "w", zipfile.ZIP_DEFLATED) as made:
        for name, content in entries.items():
            made.writestr(name, content)
    return path


def test_an_archive_that_unpacks_to_much_more_is_not_unpacked(tmp_path: Path) -> None:
    path = archive(tmp_path / "net.npz", {"W1.npy": npy((1 << 17, 64), bytes(1 << 26)), "b1.npy": npy((64,))})
    assert path.stat().st_size < 2**17
    with refused("declares .* bytes, and at most 1000000 are read"):
        fp.load(path, limits=Limits(bytes=1_000_000))


def test_an_array_that_declares_more_than_is_there_is_not_allocated(tmp_path: Path) -> None:
    for shape in ((10**6, 10**6), (2**40, 2**40), (20, 3)):
        path = archive(tmp_path / "net.npz", {"W1.npy": npy(shape), "b1.npy": npy((3,), bytes(24))})
        with refused(r"W1 declares shape \(.*\), \d+ bytes, and the file has"):
            fp.load(path)


@pytest.mark.parametrize(
    ("arrays", "said"),
    [
        ({"W1": (4, 2**22), "b1": (3,)}, r"W1: a layer of weights \(4, 4194304\) needs a bias of shape"),
        (
            {"W1": (4, 2**22), "b1": (2**22,), "W2": (3, 2), "b2": (2,)},
            r"layer 2 \(W2\) does not fit on the one before it",
        ),
        ({"W1": (2**24,)}, r"W1 has shape \(16777216,\), and a layer's weights are a matrix"),
        ({"offset": (2**24,)}, "offset belongs to no layer that is known here"),
        ({"0.weight": (4, 2, 2**10, 2**11)}, "0.weight has shape .*, and is a convolution"),
    ],
)
def test_shapes_are_looked_at_before_there_is_anything_in_memory(
    arrays: dict[str, tuple[int, ...]], said: str, tmp_path: Path
) -> None:
    """A file of a few kilobytes may hold gigabytes of zeros, packed."""
    path = tmp_path / "net.npz"
    zeros: Any = {name: np.zeros(shape, np.float64) for name, shape in arrays.items()}
    np.savez_compressed(path, **zeros)
    with refused(said):
        fp.load(path, "relu" if "W2" in arrays else None)


def test_a_lie_in_the_table_of_contents_is_noticed(tmp_path: Path) -> None:
    path = archive(tmp_path / "net.npz", {"W1.npy": npy((4, 3), bytes(96)), "b1.npy": npy((3,), bytes(24))})
    content = bytearray(path.read_bytes())
    at = content.find(b"PK\x01\x02") + 24  # the size after unpacking
    content[at : at + 4] = struct.pack("<I", 10)
    path.write_bytes(content)
    with refused("W1"):
        fp.load(path)


def test_a_table_of_contents_of_a_million_entries_is_not_read(tmp_path: Path) -> None:
    path = tmp_path / "net.npz"
    entry = b"PK\x01\x02" + bytes(42)
    directory = entry * 1_000_000
    path.write_bytes(directory + b"PK\x05\x06" + struct.pack("<HHHHIIH", 0, 0, 9, 9, len(directory), 0, 0))
    with refused("declares a table of contents of 46000000 bytes"):
        fp.load(path)


def test_a_million_layers_are_not_made_in_any_format(tmp_path: Path) -> None:
    few = Limits(layers=10)
    path = archive(tmp_path / "net.npz", {f"W{i}.npy": npy((1, 1), bytes(8)) for i in range(60)})
    with refused("declares 20 layers, and at most 10 are read"):
        fp.load(path, limits=few)
    header = json.dumps({f"{i}.weight": {"dtype": "F32", "shape": [0], "data_offsets": [0, 0]} for i in range(100_000)})
    path = tmp_path / "net.safetensors"
    path.write_bytes(struct.pack("<Q", len(header)) + header.encode())
    with refused("declares a header of .* bytes"):
        fp.load(path)


def test_a_million_nodes_are_counted_and_not_parsed(tmp_path: Path) -> None:
    relu = helper.make_node("Relu", ["x"], ["x"]).SerializeToString()
    nodes = (b"\x0a" + bytes([len(relu)]) + relu) * 1_000_000
    size, length = b"", len(nodes)
    while length > 127:
        size, length = size + bytes([length & 127 | 128]), length >> 7
    path = tmp_path / "net.onnx"
    path.write_bytes(b"\x08\x09\x3a" + size + bytes([length]) + nodes)
    with refused("declares nodes or arrays of more than 1000 layers, and at most 1000 are read"):
        fp.load(path)


def test_onnx_numbers_beside_the_file_are_not_opened(tmp_path: Path) -> None:
    fp.save(NET, tmp_path / "net.onnx")
    model = onnx.load(tmp_path / "net.onnx")
    tensor = model.graph.initializer[0]
    tensor.data_location = TensorProto.EXTERNAL
    tensor.external_data.add(key="location", value="../../etc/passwd")
    (tmp_path / "net.onnx").write_bytes(model.SerializeToString())
    with refused("W1: its numbers are in another file, which is not opened"):
        fp.load(tmp_path / "net.onnx")


@pytest.mark.parametrize("dims", [[10**6, 10**6], [-1, 3], [2, 2]])
def test_an_onnx_tensor_that_declares_more_than_it_has_is_refused(dims: list[int], tmp_path: Path) -> None:
    fp.save(NET, tmp_path / "net.onnx")
    model = onnx.load(tmp_path / "net.onnx")
    del model.graph.initializer[0].dims[:]
    model.graph.initializer[0].dims.extend(dims)
    (tmp_path / "net.onnx").write_bytes(model.SerializeToString())
    with refused("W1"):
        fp.load(tmp_path / "net.onnx")


def test_a_safetensors_file_that_lies_is_refused(tmp_path: Path) -> None:
    path = tmp_path / "net.safetensors"
    for entry in (
        {"dtype": "F64", "shape": [10**6, 10**6], "data_offsets": [0, 8 * 10**12]},
        {"dtype": "F64", "shape": [2, 2], "data_offsets": [0, 8]},
        {"dtype": "F99", "shape": [1], "data_offsets": [0, 8]},
    ):
        header = json.dumps({"0.weight": entry}).encode()
        path.write_bytes(struct.pack("<Q", len(header)) + header + bytes(8))
        with refused("is no safetensors file that can be read"):
            fp.load(path)
    path.write_bytes(struct.pack("<Q", 2**62) + b"{}")
    with refused("declares a header of 4611686018427387904 bytes"):
        fp.load(path)


@pytest.mark.parametrize("said", ["{", "[1]", '"relu"', "[" * 100_000])
def test_activations_that_are_no_names_are_refused(said: str, tmp_path: Path) -> None:
    path = tmp_path / "net.safetensors"
    save_file({"0.weight": np.ones((1, 2))}, path, metadata={"fwdpass.activations": said})
    with refused("is no list of names"):
        fp.load(path)
    np.savez(tmp_path / "net.npz", W1=np.ones((2, 1)), activations=np.ones(3))
    with refused("activations is a list of names"):
        fp.load(tmp_path / "net.npz")


@pytest.mark.parametrize("length", [640, 896, 1152, 1408])
def test_a_header_whose_length_looks_like_a_pickle_is_none(length: int, tmp_path: Path) -> None:
    header = json.dumps({"0.weight": {"dtype": "F64", "shape": [1, 2], "data_offsets": [0, 16]}}).ljust(length)
    path = tmp_path / "net.safetensors"
    path.write_bytes(struct.pack("<Q", length) + header.encode() + bytes(16))
    assert archives.is_pickle(path)
    assert fp.load(path).sizes == (2, 1)


def test_a_number_that_numpy_does_not_have_becomes_one_that_it_has(tmp_path: Path) -> None:
    header = json.dumps({"0.weight": {"dtype": "BF16", "shape": [1, 2], "data_offsets": [0, 4]}}).encode()
    path = tmp_path / "net.safetensors"
    path.write_bytes(struct.pack("<Q", len(header)) + header + bytes(4))
    net = fp.load(path)  # every such number is a float32, too
    assert net[0].W.tolist() == [[0.0], [0.0]]
    assert net.dtype == np.float32


def test_an_archive_with_something_else_in_it_or_a_password_is_refused(tmp_path: Path) -> None:
    path = archive(tmp_path / "net.npz", {"W1.npy": npy((1, 1), bytes(8)), "run.py": b"import os"})
    with refused(r"run\.py is no array"):
        fp.load(path)
    path = archive(tmp_path / "net.npz", {"W1.npy": npy((1, 1), bytes(8))})
    content = bytearray(path.read_bytes())
    for signature, flags in ((b"PK\x01\x02", 8), (b"PK\x03\x04", 6)):
        content[content.find(signature) + flags] |= 1
    path.write_bytes(content)
    with refused("W1 cannot be unpacked"):
        fp.load(path)


def test_a_limit_of_layers_can_be_raised_in_every_format(tmp_path: Path) -> None:
    deep = network(*[1] * 1102)
    for ending in ENDINGS:
        path = tmp_path / f"net.{ending}"
        fp.save(deep, path)
        with pytest.raises(ModelError, match="and at most 1000 are read"):
            fp.load(path)
        assert same(fp.load(path, limits=Limits(layers=2000)), deep)


def test_raising_a_limit_reads_what_it_refused(tmp_path: Path) -> None:
    path = tmp_path / "net.npz"
    fp.save(NET, path)
    with refused("at most 100 are read"):
        fp.load(path, limits=Limits(bytes=100))
    assert same(fp.load(path, limits=LIMITS), NET)


# Inputs --------------------------------------------------------------------------------------------------------------


@pytest.mark.parametrize(
    ("name", "content", "said"),
    [
        ("x.npy", npy((10**6, 10**6)), "declares shape"),
        ("x.npy", b"nonsense", "is no array"),
        ("x.npy", pickle.dumps([1.0]), "is a pickle"),
        ("x.csv", b"1,2,x,4", "is no table of numbers"),
        ("x.csv", b"1,2\n3", "is no table of numbers"),
        ("x.csv", b"1,2,nan,4", "no finite numbers"),
        ("x.csv", b"1,2,3", r"has shape \(1, 3\), and the network takes 4 numbers"),
        ("x.csv", b"", "and the network takes 4"),
        ("x.json", b'{"a": 1}', "and an input is of numbers"),
        ("x.json", b"[" * 100_000, "is no table of numbers"),
        ("x.json", b"\xff\xfe", "is no table of numbers"),
        ("x.json", b"[[1, 2, 3, 4], [1]]", "is no table of numbers"),
        ("x.png", b"", r"an input is read from \.npy"),
    ],
)
def test_an_input_that_is_none_is_refused(name: str, content: bytes, said: str, tmp_path: Path) -> None:
    path = tmp_path / name
    path.write_bytes(content)
    with refused(said):
        inputs.read(path, 0, 4)


def test_inputs_are_rows_or_batches_in_any_of_the_formats(tmp_path: Path) -> None:
    batch = np.arange(8.0).reshape(2, 2, 2)
    np.save(tmp_path / "x.npy", batch)
    np.savez(tmp_path / "x.npz", batch)
    (tmp_path / "x.csv").write_text("0,1,2,3\n4 5 6 7\n")
    (tmp_path / "x.json").write_text(json.dumps(batch.tolist()))
    for name in ("x.npy", "x.npz", "x.csv", "x.json"):
        assert inputs.read(tmp_path / name, 1, 4).tolist() == [4, 5, 6, 7]
        assert inputs.read(tmp_path / name, 0, 8).tolist() == list(range(8))
        with pytest.raises(ModelError, match="has 2 rows, counted from 0, and there is no row 2"):
            inputs.read(tmp_path / name, 2, 4)
    np.savez(tmp_path / "x.npz", batch, batch)
    with refused("an input is a single array"):
        inputs.read(tmp_path / "x.npz", 0, 4)
    with refused("there is no file"):
        inputs.read(tmp_path / "y.npz", 0, 4)
    (tmp_path / "x.csv").write_bytes(b"1" * (2**20))
    assert not archives.is_pickle(tmp_path / "x.csv")
