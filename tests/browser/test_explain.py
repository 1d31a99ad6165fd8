"""The page that fwdpass explain writes: on a phone and on a desk, in the light and in the dark, without scripts."""

from __future__ import annotations

from pathlib import Path

import pytest

from fwdpass.networks.explain import explain
from tests.browser.conftest import MODES, Eyes
from tests.networks import network, rows

NETWORKS = {
    "small": (4, 3, 4),
    "deep": (6, 9, 12, 7, 5, 3),
    "large": (784, 256, 10),
    "classifying": (4, 8, 3),
}


@pytest.fixture(scope="module")
def folder(tmp_path_factory: pytest.TempPathFactory) -> Path:
    folder = tmp_path_factory.mktemp("explain")
    for name, sizes in NETWORKS.items():
        acts = ["tanh", "softmax"] if name == "classifying" else None
        page = explain(network(*sizes, acts=acts), rows(1, sizes[0])[0], title=f"A {name} network")
        (folder / f"{name}.html").write_text(page, "utf-8")
    return folder


@pytest.mark.browser
@pytest.mark.parametrize("name", NETWORKS)
@pytest.mark.parametrize("width", [390, 1280])
@pytest.mark.parametrize("mode", MODES)
def test_a_page_about_a_network_is_for_every_reader(folder: Path, eyes: Eyes, name: str, width: int, mode: str) -> None:
    found = eyes.visit((folder / f"{name}.html").as_uri(), width, mode)
    assert (found.strangers, found.failures, found.complaints) == ([], [], [])
    assert found.overflow == []
    assert found.violations == []


@pytest.mark.browser
@pytest.mark.parametrize("name", NETWORKS)
def test_a_page_about_a_network_is_the_same_without_scripts(folder: Path, eyes: Eyes, name: str) -> None:
    url = (folder / f"{name}.html").as_uri()
    texts = []
    for scripts in (True, False):
        with eyes.open(url, scripts=scripts) as page:
            texts.append(page.inner_text("main"))
    assert texts[0] == texts[1]
    assert "The network" in texts[0]
