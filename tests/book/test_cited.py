"""Citations that sphinxcontrib-bibtex has made: what it takes from a file of references, no author typed."""

from __future__ import annotations

import re
from pathlib import Path

import pytest

from tests.book.conftest import build_book
from tests.optional import library

pytestmark = pytest.mark.book

CONFIGURED = """
extensions.append("sphinxcontrib.bibtex")
bibtex_bibfiles = ["references.bib"]
bibtex_reference_style = "author_year"
"""
REFERENCES = """
@article{one, author={Ann Writer and Bo Other}, title={On 17 sums -- and "more"}, journal={Sums}, volume={36},
  number={4}, pages={394--419}, year={1963}}
@book{two, author={Cy Author}, title={A Second Book}, publisher={Press}, year={1982}, edition={2}}
"""
PAGE = """
As {cite}`one` says, {cite:t}`two`, and {cite}`one,two`, {n}`x.size`.
So does {cite}`{see}two{page 9713}`, or [a loss of 0.7701](refs.md), and [9714]{.bibtex-citation}.

```{toctree}
refs
```
"""
LIST = """
# References

```{bibliography}
```

<div class="citation" role="doc-biblioentry"><p>Nobody. Press, 9715.</p></div>
"""


def test_what_a_file_of_references_says_is_no_typed_number(tmp_path: Path) -> None:
    library("sphinxcontrib.bibtex")
    (tmp_path / "source").mkdir()
    (tmp_path / "source" / "references.bib").write_text(REFERENCES, "utf-8")
    built = build_book(tmp_path, conf=CONFIGURED, index=PAGE, refs=LIST)
    assert built.status == 1
    assert re.findall(r"'(\S+)' is a typed number", built.messages) == ["9713", "0.7701", "9714", "9715"]
