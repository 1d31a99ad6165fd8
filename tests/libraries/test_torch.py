"""PyTorch's networks and files, and its arrays."""

from __future__ import annotations

import zipfile
from pathlib import Path
from typing import Any

import numpy as np
import pytest
import torch

import fwdpass as fp
from fwdpass import formats
from fwdpass.errors import ModelError
from tests.networks import every, network, rows, same

NET = network(4, 3, 2)
KINDS = {np.float32: torch.float32, np.float64: torch.float64}


@pytest.mark.parametrize("dtype", KINDS)
def test_a_sequential_comes_and_goes_and_predicts_the_same(dtype: Any) -> None:
    net, X = every(dtype), rows(20, 6).astype(dtype)
    model = formats.to_torch(net)
    assert same(formats.from_torch(model), net)
    with torch.no_grad():
        theirs = model(torch.from_numpy(X)).numpy()
    assert np.abs(theirs - net.forward(X)).max() <= 16 * np.finfo(dtype).eps


@pytest.mark.parametrize("ending", ["pt", "pth"])
@pytest.mark.parametrize("dtype", KINDS)
def test_a_file_of_tensors_loses_nothing(ending: str, dtype: Any, tmp_path: Path) -> None:
    net = network(5, 4, 3, dtype=dtype)
    fp.save(net, tmp_path / f"net.{ending}")
    opened = formats.open_model(tmp_path / f"net.{ending}", "relu")
    assert same(opened.network, net)
    assert opened.predict is not None
    X = rows(9, 5).astype(dtype)
    assert np.abs(opened.predict(X) - net.forward(X)).max() <= 16 * np.finfo(dtype).eps


def test_a_state_dict_is_stored_the_other_way_round() -> None:
    state = torch.nn.Sequential(torch.nn.Linear(4, 3), torch.nn.ReLU(), torch.nn.Linear(3, 2)).state_dict()
    net = formats.from_torch(state, "relu")
    assert net.sizes == (4, 3, 2)
    assert np.array_equal(net[0].W, state["0.weight"].numpy().T)
    half = {name: tensor.to(torch.bfloat16) for name, tensor in state.items()}
    assert formats.from_torch(half, "relu").dtype == np.float32


def test_nested_modules_and_those_without_effect() -> None:
    linear = torch.nn.Linear(4, 3, bias=False)
    inner = torch.nn.Sequential(linear, torch.nn.Dropout(0.5), torch.nn.LeakyReLU(0.25))
    net = formats.from_torch(torch.nn.Sequential(torch.nn.Flatten(), inner, torch.nn.Linear(3, 2)))
    assert [(layer.name, str(layer.activation)) for layer in net] == [("1.0", "leaky relu(0.25)"), ("2", "identity")]
    assert not net[0].b.any()


@pytest.mark.parametrize(
    ("model", "said"),
    [
        (torch.nn.Sequential(torch.nn.Conv1d(1, 1, 1)), "0: Conv1d is no layer that can be read"),
        (torch.nn.Sequential(torch.nn.Linear(2, 2), torch.nn.Softmax(dim=0)), "1: Softmax is no layer"),
        (torch.nn.Sequential(torch.nn.ReLU()), "0: ReLU does not follow a linear layer"),
        (torch.nn.Sequential(torch.nn.Linear(2, 2), torch.nn.ReLU(), torch.nn.Tanh()), "2: Tanh does not follow"),
        ({"0.weight": torch.ones(2, 2), "step": 3}, "the state dict's 'step' is int"),
        ({"0.weight": torch.full((2, 2), float("nan"))}, "the weights of 0 hold nan"),
        ({"0.weight": torch.eye(2).to_sparse()}, r"0\.weight: "),
    ],
)
def test_what_is_no_stack_of_layers_is_refused_with_its_name(model: Any, said: str) -> None:
    with pytest.raises(ModelError, match=said):
        formats.from_torch(model)


class Stranger(torch.nn.Module):  # type: ignore[misc]
    """A class that no reader of a file knows."""


def test_a_whole_model_in_a_file_is_refused_and_not_run(tmp_path: Path) -> None:
    torch.save(Stranger(), tmp_path / "net.pt")
    with pytest.raises(ModelError, match=r"holds more than tensors, and could run code: save model\.state_dict\(\)"):
        fp.load(tmp_path / "net.pt")
    torch.save([1, 2], tmp_path / "net.pt")
    with pytest.raises(ModelError, match="holds a list, not a state dict"):
        fp.load(tmp_path / "net.pt")
    torch.save({"0.weight": torch.ones(2, 2)}, tmp_path / "net.pt", _use_new_zipfile_serialization=False)
    with pytest.raises(ModelError, match="is a pickle"):
        fp.load(tmp_path / "net.pt")


def test_a_damaged_file_is_refused_wherever_it_is_damaged(tmp_path: Path) -> None:
    path = tmp_path / "net.pt"
    fp.save(NET, path)
    content = path.read_bytes()
    for end in range(0, len(content) - 1, len(content) // 40):
        path.write_bytes(content[:end])
        with pytest.raises(ModelError):
            fp.load(path, "relu")
    for at in range(0, len(content), len(content) // 200):
        damaged = bytearray(content)
        damaged[at] ^= 0xFF
        path.write_bytes(damaged)
        try:
            found: Any = fp.load(path, "relu")
        except fp.errors.FwdpassError as refusal:
            found = str(refusal)
        assert found


def test_an_archive_that_lies_about_its_storage_is_refused(tmp_path: Path) -> None:
    path = tmp_path / "net.pt"
    fp.save(NET, path)
    with zipfile.ZipFile(path) as archive:
        entries = {info.filename: archive.read(info) for info in archive.infolist()}
    with zipfile.ZipFile(path, "w") as archive:
        for name, content in entries.items():
            archive.writestr(name, content[:4] if "/data/" in name else content)
    with pytest.raises(ModelError):
        fp.load(path, "relu")
    with zipfile.ZipFile(path, "w", zipfile.ZIP_DEFLATED) as archive:
        for name, content in entries.items():
            archive.writestr(name, bytes(1 << 21) if name.endswith(".pkl") else content)
    with pytest.raises(ModelError, match="its names take more than"):
        fp.load(path, "relu")


# Arrays --------------------------------------------------------------------------------------------------------------


@pytest.mark.parametrize("kind", [torch.float32, torch.float64])
def test_a_tensor_stays_a_tensor_of_its_type(kind: torch.dtype) -> None:
    net, X = every(), torch.from_numpy(rows(7, 6)).to(kind)
    y = net.forward(X)
    assert isinstance(y, torch.Tensor)
    assert y.dtype == kind
    assert np.abs(y.numpy() - net.forward(X.numpy())).max() <= 64 * torch.finfo(kind).eps
    assert [step.h.shape[-1] for step in net.forward(X, steps=True)] == list(net.sizes[1:])
    assert net.forward(torch.ones(6, dtype=torch.int64)).dtype == torch.float64


def test_parameters_are_taken_along_once_for_each_kind_of_tensor() -> None:
    net = network(4, 3, 2)
    for kind in (torch.float32, torch.float32, torch.float64, torch.float32):
        assert net.forward(torch.ones(4, dtype=kind)).dtype == kind
    assert np.allclose(net.forward(torch.ones(4, dtype=torch.float64)).numpy(), net.forward(np.ones(4)))


def test_a_gradient_flows_through_to_the_input() -> None:
    x = torch.ones(4, dtype=torch.float64, requires_grad=True)
    NET.forward(x).sum().backward()
    assert x.grad is not None
    assert x.grad.shape == (4,)


def test_a_tensor_that_does_not_fit_is_refused() -> None:
    with pytest.raises(fp.errors.ShapeError, match=r"layer 1: cannot multiply \(3,\) @ \(4, 3\)"):
        NET.forward(torch.ones(3))
    with pytest.raises(fp.errors.NetworkError, match=r"exact rationals go with NumPy's arrays alone"):
        NET.astype(object).forward(torch.ones(4))
