"""Traces of scripts that use PyTorch and JAX: their arrays are shown like NumPy's, and changes in place are seen."""

from __future__ import annotations

from typing import Any

import pytest

from fwdpass.trace import Script, Trace, traced
from fwdpass.trace.form import dump
from fwdpass.trace.record import Array, LargeArray, Thing
from fwdpass.trace.words import Wording
from tests.traces import read

TORCH = "import torch\n"
JAX = "import jax.numpy as jnp\n"


def trace(source: str) -> Trace:
    of = traced(Script(source, "<script>"))
    assert of.ended.status == 0, of.ended.sentence
    assert dump(read(dump(of))) == dump(of)
    return of


def last(of: Trace, name: str) -> Any:
    """What a name was given last."""
    given = [each.after for visit in of.visits for each in visit.changes if each.name == name]
    return of.values[given[-1] or 0]


def said(of: Trace) -> list[str]:
    return [line for visit in of.visits for line in Wording(of).changes(visit)]


@pytest.mark.parametrize(
    ("source", "kept"),
    [
        (TORCH + "x = torch.arange(3.0)", Array("float32", (3,), (0.0, 1.0, 2.0), "Tensor")),
        (TORCH + "x = torch.tensor(2)", Array("int64", (), 2, "Tensor")),
        (TORCH + "x = torch.nn.Parameter(torch.ones(2))", Array("float32", (2,), (1.0, 1.0), "Parameter")),
        (TORCH + "x = torch.tensor([0.1], requires_grad=True) * 2", Array("float32", (1,), (0.2,), "Tensor")),
        (TORCH + "x = torch.tensor([1.5, 3], dtype=torch.bfloat16)", Array("bfloat16", (2,), (1.5, 3.0), "Tensor")),
        (JAX + "x = jnp.arange(3.0)", Array("float32", (3,), (0.0, 1.0, 2.0), "Array")),
        (JAX + "x = jnp.array([[1, 2]]).T", Array("int32", (2, 1), ((1,), (2,)), "Array")),
    ],
)
def test_a_small_array_has_its_type_its_shape_and_its_numbers(source: str, kept: Array) -> None:
    assert last(trace(source), "x") == kept


@pytest.mark.parametrize(
    "source", [TORCH + "x = torch.arange(2000.0).reshape(40, 50)", JAX + "x = jnp.arange(2000.0).reshape(40, 50)"]
)
def test_a_large_one_has_its_corners(source: str) -> None:
    kept = last(trace(source), "x")
    assert isinstance(kept, LargeArray)
    assert (kept.shape, kept.dtype, kept.nbytes) == ((40, 50), "float32", 8000)
    assert kept.corners[0][:2] == (0.0, 1.0)  # type: ignore[index]
    assert kept.corners[-1][-1] == 1999.0  # type: ignore[index]


@pytest.mark.parametrize(
    "change", ["v[0] = 5", "v.fill_(5)", "v += 4", "torch.add(v, 4, out=v)", "torch.nn.init.constant_(v, 5)"]
)
def test_a_change_in_place_is_seen_under_every_name(change: str) -> None:
    lines = said(trace(f"{TORCH}t = torch.ones(2)\nv = t[:1]\n{change}\n"))
    assert "t: Tensor([1, 1]) → Tensor([5, 1])" in lines
    assert "v: Tensor([1]) → Tensor([5])" in lines


def test_parameters_are_seen_to_change_where_an_optimizer_steps() -> None:
    source = """
w = torch.nn.Parameter(torch.ones(2))
step = torch.optim.SGD([w], lr=0.5)
(w * 3).sum().backward()
step.step()
"""
    assert "w: Parameter([1, 1]) → Parameter([−0.5, −0.5])" in said(trace(TORCH + source))


def test_one_without_numbers_has_its_shape() -> None:
    of = trace(TORCH + "x = torch.ones(2, 3, device='meta')")
    assert last(of, "x") == Thing("Tensor", "Tensor (2, 3) float32")
    assert said(of)[-1] == "x → Tensor (2, 3) float32"
