"""PyTorch's networks and files, and its arrays."""

from __future__ import annotations

import zipfile
from pathlib import Path
from typing import Any

import numpy as np
import pytest
import torch
import torch.nn.utils.prune

import fwdpass as fp
from fwdpass.errors import ModelError
from fwdpass.networks import formats, rounding
from fwdpass.networks.activations import ACTIVATIONS, activation
from fwdpass.networks.formats import Limits
from fwdpass.networks.formats import torch as torch_files
from fwdpass.networks.formats.format import Asked
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
    assert opened.predict is None  # weights have no program: a model made out of them would agree with itself
    assert "do not say how they are joined" in opened.notes[0]
    X = rows(9, 5).astype(dtype)
    with torch.no_grad():
        theirs = formats.to_torch(net)(torch.from_numpy(X)).numpy()
    assert np.abs(theirs - net.forward(X)).max() <= 16 * np.finfo(dtype).eps


SPELT = [str(act) for act in ACTIVATIONS.values() if "torch" in act.spelt and act.name != "identity"]


@pytest.mark.parametrize("act", [*SPELT, "elu(0.5)", "celu(0.5)", "leaky relu(0.2)"])
def test_every_activation_of_the_table_goes_to_pytorch_and_back(act: str) -> None:
    net, x = network(4, 3, 2, acts=[act, "identity"]), rows(1, 4)[0]
    model = formats.to_torch(net)
    assert same(formats.from_torch(model), net)
    opened = torch_files.opened(model, Asked())
    assert opened.predict is not None
    allowed = rounding.bound(net.layers, x, "float64", "float64")
    # PyTorch's softplus is its input above 20, by 2e-9 less than the logarithm
    assert np.all(np.abs(opened.predict(x) - net.forward(x)) <= allowed + (2.1e-9 if act == "softplus" else 0))


def test_norms_are_folded_and_what_pytorch_gives_is_given() -> None:
    torch.manual_seed(0)
    model = torch.nn.Sequential(
        torch.nn.BatchNorm1d(4), torch.nn.Linear(4, 5), torch.nn.BatchNorm1d(5), torch.nn.ReLU(),
        torch.nn.Linear(5, 3), torch.nn.LayerNorm(3), torch.nn.Tanh(), torch.nn.Dropout(),
    )  # fmt: skip
    model(torch.randn(20, 4))  # in training: its norms see a batch
    opened, x = torch_files.opened(model, Asked()), rows(1, 4)[0]
    assert opened.predict is not None
    assert model.training
    assert opened.network.parameters == sum(p.numel() for p in model.parameters())
    assert [note.split(";")[0] for note in opened.notes[:2]] == ["Folded into 1: 0", "Folded into 1: 2"]
    assert "7 follows no weights" not in " ".join(opened.notes)
    allowed = rounding.bound(opened.network.layers, x, "float32", "float32")
    assert np.all(np.abs(opened.predict(x) - opened.network.forward(x)) <= allowed)


def test_parameters_are_counted_as_pytorch_counts_them() -> None:
    shared = torch.nn.Linear(3, 3, bias=False)
    for model in (
        torch.nn.Sequential(torch.nn.Linear(4, 3, bias=False), torch.nn.ReLU(), torch.nn.Linear(3, 4)),
        torch.nn.Sequential(shared, torch.nn.ReLU(), shared),
    ):
        expected = sum(p.numel() for p in model.parameters())
        assert formats.from_torch(model).parameters == expected
        assert formats.from_torch(model.state_dict(), "relu").parameters == expected


def test_a_checkpoint_says_which_key_was_read(tmp_path: Path) -> None:
    state = formats.to_torch(NET).state_dict()
    torch.save({"epoch": 3, "model_state_dict": state, "ema": state}, tmp_path / "net.pt")
    opened = formats.open_model(tmp_path / "net.pt", "relu")
    assert opened.notes[0] == "The weights are those under 'model_state_dict'; 'epoch', 'ema' beside it was not read."
    torch.save({"teacher": state, "student": state}, tmp_path / "net.pt")
    with pytest.raises(ModelError, match="has weights under 'teacher', 'student', and which are meant is not said"):
        fp.load(tmp_path / "net.pt", "relu")


@pytest.mark.parametrize("kind", ["float8_e4m3fn", "float8_e5m2", "bfloat16", "float16"])
def test_every_short_float_is_read(kind: str, tmp_path: Path) -> None:
    weight = torch.tensor([[0.5, -1.25], [2.0, 0.0]]).to(getattr(torch, kind))
    torch.save({"0.weight": weight}, tmp_path / "net.pt")
    assert fp.load(tmp_path / "net.pt")[0].W.T.tolist() == [[0.5, -1.25], [2.0, 0.0]]


@pytest.mark.parametrize("act", [*SPELT, "elu(0.5)", "celu(0.5)"])
def test_a_gradient_at_zero_is_pytorchs_own(act: str) -> None:
    z = torch.zeros(3, dtype=torch.float64, requires_grad=True)
    activation(act).elsewhere(torch, z)[0].backward()
    theirs = torch.zeros(3, dtype=torch.float64, requires_grad=True)
    formats.to_torch(network(3, 3, acts=[act]))[1](theirs[None])[0, 0].backward()
    assert torch.allclose(z.grad, theirs.grad, rtol=0, atol=1e-12)


def test_complex_numbers_are_refused() -> None:
    with pytest.raises(fp.errors.NetworkError, match=r"array of torch\.complex128, and the forward pass takes real"):
        NET.forward(torch.ones(4, dtype=torch.complex128))


def test_a_state_dict_is_stored_the_other_way_round() -> None:
    state = torch.nn.Sequential(torch.nn.Linear(4, 3), torch.nn.ReLU(), torch.nn.Linear(3, 2)).state_dict()
    net = formats.from_torch(state, "relu")
    assert net.sizes == (4, 3, 2)
    assert np.array_equal(net[0].W, state["0.weight"].numpy().T)
    half = {name: tensor.to(torch.bfloat16) for name, tensor in state.items()}
    assert formats.from_torch(half, "relu").dtype == np.float32


class Perceptron(torch.nn.Module):  # type: ignore[misc]
    """A module that defines its layers in another order than it computes them in."""

    def __init__(self, n: int) -> None:
        super().__init__()
        self.out, self.first, self.second = torch.nn.Linear(4, n), torch.nn.Linear(n, 4), torch.nn.Linear(4, 4)

    def forward(self, x: Any) -> Any:
        """Compute what the names say."""
        return self.out(torch.relu(self.second(torch.relu(self.first(x)))))


def test_a_state_dict_is_read_in_the_order_that_its_shapes_allow_or_that_is_told(tmp_path: Path) -> None:
    model, X, right = Perceptron(5), rows(9, 5).astype(np.float32), ["first", "second", "out"]
    torch.save(model.state_dict(), tmp_path / "net.pt")
    with torch.no_grad():
        theirs = model(torch.from_numpy(X)).numpy()
    refusal = (
        r"neither names nor shapes say whether \w+ comes before \w+ or after it: .*order=\['first', 'out', 'second'\]"
    )
    for read in (formats.from_torch, fp.load):
        given: Any = model.state_dict() if read is formats.from_torch else tmp_path / "net.pt"
        with pytest.raises(ModelError, match=refusal):
            read(given, "relu")
        net = read(given, "relu", order=right)
        assert np.abs(theirs - net.forward(X)).max() <= 16 * np.finfo(np.float32).eps
    once = torch.nn.ModuleDict({"b": torch.nn.Linear(3, 2), "a": torch.nn.Linear(4, 3)}).state_dict()
    assert [layer.name for layer in formats.from_torch(once, "relu")] == ["a", "b"]


def test_nested_modules_and_those_without_effect() -> None:
    linear = torch.nn.Linear(4, 3, bias=False)
    inner = torch.nn.Sequential(linear, torch.nn.Dropout(0.5), torch.nn.LeakyReLU(0.25))
    net = formats.from_torch(torch.nn.Sequential(torch.nn.Flatten(), inner, torch.nn.Linear(3, 2)))
    assert [(layer.name, str(layer.activation)) for layer in net] == [("1.0", "leaky relu(0.25)"), ("2", "identity")]
    assert not net[0].b.any()


def test_a_module_in_several_places_is_read_in_all_of_them() -> None:
    act, twice = torch.nn.Tanh(), torch.nn.Linear(3, 3)
    model, X = torch.nn.Sequential(twice, act, twice, act, torch.nn.Linear(3, 2), act), rows(9, 3).astype(np.float32)
    net = formats.from_torch(model)
    assert [str(layer.activation) for layer in net] == ["tanh"] * 3
    with torch.no_grad():
        theirs = model(torch.from_numpy(X)).numpy()
    assert np.abs(theirs - net.forward(X)).max() <= 16 * np.finfo(np.float32).eps


@pytest.mark.parametrize("slope", [None, 0.0, 0.2, 1e-07])
def test_a_leaky_relu_has_the_slope_that_pytorch_computes_with(slope: float | None) -> None:
    act = torch.nn.LeakyReLU() if slope is None else torch.nn.LeakyReLU(slope)
    net = formats.from_torch(torch.nn.Sequential(torch.nn.Linear(4, 3), act))
    assert net[0].activation.slope is not None
    assert float(net[0].activation.slope) == (0.01 if slope is None else slope)


def test_a_sequential_says_itself_what_its_layers_do_and_has_limits() -> None:
    model = formats.to_torch(NET)
    with pytest.raises(ModelError, match=r"Sequential says itself .*activations='relu' would change nothing: leave it"):
        formats.from_torch(model, "relu")
    with pytest.raises(ModelError, match=r"Sequential says itself .*order=\['0', '2'\] would change nothing: leave it"):
        formats.from_torch(model, order=["0", "2"])
    with pytest.raises(ModelError, match=r"Sequential declares 2 layers, and at most 1 are read"):
        formats.from_torch(model, limits=Limits(layers=1))


class Skipping(torch.nn.Sequential):  # type: ignore[misc]
    """One that adds its input again."""

    def forward(self, x: Any) -> Any:
        """Not what a Sequential does."""
        return super().forward(x) + x


class Doubling(torch.nn.Linear):  # type: ignore[misc]
    """One that is not linear."""

    def forward(self, x: Any) -> Any:
        """Not what a Linear does."""
        return super().forward(x) * 2


def hooked() -> Any:
    """A model whose layer has a weight that is worked out anew in each forward pass."""
    model = torch.nn.Sequential(torch.nn.Linear(2, 2))
    torch.nn.utils.prune.l1_unstructured(model[0], "weight", amount=1)
    return model


def patched() -> Any:
    """A model whose layer was given another forward."""
    model = torch.nn.Sequential(torch.nn.Linear(2, 2))
    model[0].forward = lambda x: x
    return model


@pytest.mark.parametrize(
    ("model", "said"),
    [
        (Skipping(torch.nn.Linear(2, 2)), "Skipping: Skipping has a forward of its own"),
        (torch.nn.Sequential(Doubling(2, 2)), "0: Doubling has a forward of its own"),
        (patched(), "0: Linear has a forward of its own"),
        (hooked(), "0: Linear has hooks, which may change what it computes"),
        (
            torch.nn.Sequential(torch.nn.Flatten(0)),
            r"0: Flatten\(start_dim=0, end_dim=-1\) is not read: it mixes rows",
        ),
        (torch.nn.Sequential(torch.nn.LazyLinear(2)), "0: "),
        (torch.nn.Sequential(torch.nn.Conv1d(1, 1, 1)), "0: Conv1d is no layer that can be read"),
        (
            torch.nn.Sequential(torch.nn.Linear(2, 2), torch.nn.Softmax(dim=0)),
            r"1: Softmax\(dim=0\) is not read: it makes shares",
        ),
        (
            torch.nn.Sequential(torch.nn.ReLU()),
            "0 follows no weights, and the model does not say",
        ),
        (
            torch.nn.Sequential(torch.nn.Linear(2, 2), torch.nn.PReLU(2)),
            r"1: PReLU\(num_parameters=2\) is not read: it h",
        ),
        (torch.nn.Sequential(torch.nn.Linear(2, 2), torch.nn.Softplus(beta=2)), "1: Softplus.* is not read"),
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


@pytest.mark.parametrize(
    "content", [b"\x80\x020.", b"\x80\x02a.", b"\x80\x02J\x01.", b"\x80\x02(u.", b"\x80\x02", b"N.", b""]
)
def test_a_pickle_that_makes_no_sense_is_refused(content: bytes, tmp_path: Path) -> None:
    """PyTorch's unpickler pops from empty stacks and reads beyond the end, and says so in any way."""
    path = tmp_path / "net.pt"
    fp.save(NET, path)
    with zipfile.ZipFile(path) as archive:
        entries = {info.filename: archive.read(info) for info in archive.infolist()}
    with zipfile.ZipFile(path, "w") as archive:
        for name, kept in entries.items():
            archive.writestr(name, content if name.endswith(".pkl") else kept)
    with pytest.raises(ModelError, match=r"cannot be read by PyTorch|holds a NoneType|holds more than tensors"):
        fp.load(path, "relu")


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


@pytest.mark.parametrize(
    ("tensor", "said"),
    [
        (torch.zeros(1).expand(50_000, 50_000), "0.weight declares 10000000000 bytes, and the file has"),
        (
            torch.sparse_coo_tensor(torch.zeros(2, 1, dtype=torch.long), torch.ones(1), (10**6, 10**6)),
            "0.weight declares",
        ),
        (torch.empty(10**6, 10**6, device="meta"), "0.weight declares"),
        (torch.empty(2, 2, device="meta"), "0.weight: "),
        (torch.ones(2, 2, dtype=torch.complex64), "the weights of 0 are numbers, and got an array of complex64"),
    ],
)
def test_a_tensor_that_is_more_than_the_file_has_or_no_floats_is_refused(
    tensor: Any, said: str, tmp_path: Path
) -> None:
    torch.save({"0.weight": tensor}, tmp_path / "net.pt")
    assert (tmp_path / "net.pt").stat().st_size < 10_000
    with pytest.raises(ModelError, match=said):
        fp.load(tmp_path / "net.pt")


def test_tensors_that_share_their_numbers_are_counted_each(tmp_path: Path) -> None:
    shared = torch.ones(100, 100)
    torch.save({f"{i}.weight": shared for i in range(50)}, tmp_path / "net.pt")
    with pytest.raises(ModelError, match="declares 2000000 bytes, and at most 1000000 are read"):
        fp.load(tmp_path / "net.pt", "relu", Limits(bytes=1_000_000))
    assert len(fp.load(tmp_path / "net.pt", "relu")) == 50


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
