"""Arrays of JAX stay JAX's, and those of Dask stay lazy, on its scheduler as well."""

from __future__ import annotations

from typing import Any

import dask.array as da
import jax
import jax.numpy as jnp
import numpy as np
import pytest
from dask.distributed import Client, LocalCluster

from fwdpass.errors import ShapeError
from tests.networks import ACTIVATIONS, every, network, rows


def test_an_array_of_jax_stays_one_also_when_it_is_compiled() -> None:
    net, X = every(np.float32), jnp.asarray(rows(7, 6), jnp.float32)
    for forward in (net.forward, jax.jit(net.forward)):
        y = forward(X)
        assert isinstance(y, jax.Array)
        assert np.abs(np.asarray(y) - net.forward(np.asarray(X))).max() <= 64 * np.finfo(np.float32).eps
    gradient = jax.grad(lambda x: net.forward(x)[0])(X[0])
    assert gradient.shape == (6,)


@pytest.mark.parametrize("act", ACTIVATIONS)
@pytest.mark.parametrize("chunks", [(3, 6), (4, 2)])
def test_a_dask_array_stays_lazy_and_keeps_its_chunks(act: str, chunks: tuple[int, int]) -> None:
    net, X = network(6, 5, 4, acts=[act, act]), rows(10, 6)
    lazy = net.forward(da.from_array(X, chunks=chunks))
    assert isinstance(lazy, da.Array)
    assert lazy.shape == (10, 4)
    assert lazy.dtype == np.float64
    assert lazy.chunks[0] == da.from_array(X, chunks=chunks).chunks[0]
    assert np.allclose(lazy.compute(), net.forward(X), rtol=1e-12, atol=1e-14)


def test_a_dask_array_that_does_not_fit_is_refused_before_anything_is_computed() -> None:
    def never(_: Any) -> Any:
        raise AssertionError

    lazy = da.ones((10, 5), chunks=2).map_blocks(never, dtype=float, meta=np.empty((0, 0)))
    with pytest.raises(ShapeError, match=r"layer 1: cannot multiply \(10, 5\) @ \(6, 5\)"):
        network(6, 5, 4).forward(lazy)


def test_a_cluster_runs_it_unchanged() -> None:
    """The example: rows in chunks, on as many processes as there are, and no change to the network."""
    net, X = network(6, 5, 4), rows(1000, 6)
    with LocalCluster(n_workers=2, threads_per_worker=1, dashboard_address=None) as cluster, Client(cluster):
        found = net.forward(da.from_array(X, chunks=(100, 6))).compute()
    assert np.allclose(found, net.forward(X), rtol=1e-12, atol=1e-14)
