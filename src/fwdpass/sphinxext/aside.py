"""Read words that do not stand on the page, so that they are checked as any others, and forget all that came of it.

The renderer of a page notes much while it reads: labels, footnotes, equations, words for the reading time. What is
noted in a case that is not told must not be found by a link, a number or a search.
"""

from __future__ import annotations

from collections.abc import Iterator
from contextlib import contextmanager
from typing import Any

from sphinx.environment import BuildEnvironment

from fwdpass import borrowed
from fwdpass.sphinxext import records


@contextmanager
def forgotten(env: BuildEnvironment, renderer: Any) -> Iterator[None]:
    """Forget what is noted within a ``with`` block: by the document, Sphinx's domains, MyST and the page's record.

    Faults are kept: words that cannot be read are wrong, whether they stand there or not.
    """
    document, kept = renderer.document, records.record(env, env.docname)
    before = _copied(vars(document))
    transforms = list(document.transformer.transforms)
    markdown = _copied(renderer.md_env)
    domains = {name: _copied(data) for name, data in env.domaindata.items()}
    counted = borrowed.counters(env)
    facts, scripts = _copied(vars(kept.facts)), kept.scripts
    try:
        yield
    finally:
        vars(document).update(before)
        document.transformer.transforms[:] = transforms
        renderer.md_env.clear()
        renderer.md_env.update(markdown)
        for name, data in domains.items():
            env.domaindata[name].update(data)
        borrowed.put_counters(env, counted)
        vars(kept.facts).update(facts)
        kept.scripts = scripts


def _copied(state: Any) -> dict[Any, Any]:
    """Copy a mapping, and the containers in it, down to their own containers."""
    return {key: _copy(value) for key, value in state.items()}


def _copy(value: Any, deeper: int = 1) -> Any:
    if type(value) is dict:
        return {key: _copy(inner, deeper - 1) for key, inner in value.items()} if deeper else dict(value)
    if type(value) is list:
        return list(value)
    if type(value) is set:
        return set(value)
    return value
