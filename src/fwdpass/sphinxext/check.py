"""How strictly a page is held to its numbers: as conf.py and its front matter say, or as it uses this package."""

from __future__ import annotations

import json
import re
from collections.abc import Callable, Iterable, Mapping
from dataclasses import dataclass
from enum import StrEnum
from fnmatch import fnmatchcase
from typing import Any

import yaml
from sphinx.application import Sphinx
from sphinx.config import Config

from fwdpass.errors import ExpressionError
from fwdpass.page import Level

ROLES = ("n", "executed", "claim", "cases", "when", "typed")
DIRECTIVES = ("claim", "when", "cases", "otherwise", "quiz", "script", "trace", "line", "typed-numbers")
ROLE = rf"\{{(?:{'|'.join(ROLES)})\}}`"
"""How one of them begins, as a regular expression."""
_FENCE = re.compile(r"^[ \t>]*(?:[-*+]\s+)?(`{3,}|~{3,}|:{3,})[ \t]*(?:\{([^}\n]*)\})?([^`\n]*)$")
_VERBATIM = frozenset("code-cell code code-block sourcecode raw eval-rst parsed-literal literalinclude mermaid".split())
"""Directives whose content is no Markdown."""
_INLINE_CODE = re.compile(r"(?<![`}])(`{1,2})(?!`).*?(?<!`)\1(?!`)", re.DOTALL)
_OPENED = r"^[ \t>]*[-*]?[ \t]*(?:`{3,}|:{3,}|~{3,})"
_USES = re.compile(rf"{ROLE}|{_OPENED}\{{(?:{'|'.join(DIRECTIVES)})\}}|\\n\{{", re.MULTILINE)
_IMPORTS = re.compile(r"^[ \t]*(?:import|from)[ \t]+fwdpass\b", re.MULTILINE)
_FRONT = re.compile(r"\A---[ \t]*\n(.*?)\n(?:---|\.\.\.)[ \t]*$", re.MULTILINE | re.DOTALL)


class Check(StrEnum):
    """What becomes of what is wrong with a page's numbers."""

    UNASKED = ""
    """Nobody asked: MyST-NB runs the page as it does without us, and the report counts what was typed."""
    OFF = "off"
    """MyST-NB runs the page, and nobody looks at its numbers."""
    WARN = "warn"
    """A warning, and the page is written."""
    ERROR = "error"
    """It ends the build."""

    @property
    def reads(self) -> bool:
        """Whether the page is read by this package, and not run by MyST-NB alone."""
        return self in (Check.WARN, Check.ERROR)


@dataclass(frozen=True)
class Held:
    """How a page is held: what becomes of a fault, and which level its numbers need at least."""

    check: Check = Check.ERROR
    least: Level = Level.EXECUTED
    stable: bool = True
    """Whether it is read again to see what is exact or stable; not where its author asks for no more than execution."""
    reason: str = ""
    """Why its author asks for no more."""


def add_config(app: Sphinx) -> None:
    """Register the settings."""
    app.add_config_value("fwdpass_check", "", "env", (str, bool, dict, list, tuple))
    app.add_config_value("fwdpass_level", "", "env", (str, dict, list, tuple))
    app.connect("config-inited", _refuse_unknown)


def held(config: Config, docname: str, source: str) -> Held:
    """Say how a page is held: its front matter goes before ``conf.py``, and that before what it uses."""
    front, words, code = _parts(source)
    asked = front.get("fwdpass_check", _by_pattern(config.fwdpass_check, docname))
    least = front.get("fwdpass_level", _by_pattern(config.fwdpass_level, docname)) or ""
    check = check_of(asked)
    if check is Check.UNASKED and (uses(words, code) or "fwdpass_level" in front):
        check = Check.ERROR
    level, reason = _level_of(least) if least else (Level.EXECUTED, "")
    return Held(check, level, not least or level is not Level.EXECUTED, reason)


def check_of(asked: Any) -> Check:
    """Take an author's word; YAML reads a bare ``off`` as false.

    Raises :class:`~fwdpass.errors.ExpressionError` for any other.
    """
    try:
        return Check("off" if asked is False else asked or "")
    except ValueError:
        raise ExpressionError(f"{asked!r} is no fwdpass_check: there are off, warn and error") from None


def _level_of(asked: Any) -> tuple[Level, str]:
    """Take the word of an author, and the reason that stands behind a bar: ``executed | the prices are downloaded``."""
    word, bar, reason = (part.strip() for part in str(asked).partition("|"))
    level = Level.of(word)
    if bar and not (reason and level is Level.EXECUTED):
        raise ExpressionError(f"{asked!r}: what is executed has a reason behind the bar, and no other level has one")
    return level, reason


def uses(words: str, code: str) -> bool:
    """Say whether a page uses this package: a role, a directive, a hole in its words, or an import in its cells."""
    return _USES.search(_INLINE_CODE.sub("", _without_code(words))) is not None or _IMPORTS.search(code) is not None


def _without_code(words: str) -> str:
    """Leave out what stands in fences and is no Markdown: code, whether it runs or not."""
    kept: list[str] = []
    opened: list[str] = []
    code = ""
    for line in words.splitlines():
        fence = _FENCE.match(line)
        mark, directive, rest = fence.groups() if fence else ("", None, "")
        ends = bool(mark) and directive is None and not rest.strip()
        if code:
            if ends and mark.startswith(code):
                code = ""
            continue
        if ends and opened and mark.startswith(opened[-1]):
            opened.pop()
        elif directive is not None and directive not in _VERBATIM:
            opened.append(mark)
        elif mark and (directive is not None or mark[0] != ":"):
            code = mark
            continue
        kept.append(line)
    return "\n".join(kept)


def _parts(source: str) -> tuple[Mapping[str, Any], str, str]:
    """Give a page's front matter, its words and its code; of a text, which is both, it is the same text twice."""
    if source.lstrip().startswith("{"):
        try:
            notebook = json.loads(source)
            cells = [(cell["cell_type"], "".join(cell["source"])) for cell in notebook["cells"]]
        except (ValueError, KeyError, TypeError):
            return {}, source, source
        words, code = (
            "\n".join(said for kind, said in cells if (kind == "code") is wanted) for wanted in (False, True)
        )
        return notebook.get("metadata") or {}, words, code
    front: Any = {}
    if found := _FRONT.match(source):
        try:
            front = yaml.safe_load(found[1])
        except yaml.YAMLError:
            front = {}  # MyST says what is wrong with it
    return front if isinstance(front, dict) else {}, source, source


def _by_pattern(setting: Any, docname: str) -> Any:
    """Take what holds for a page out of a setting: a word for the book, or words by pattern, the first that fits."""
    if isinstance(setting, str | bool):
        return setting
    return next((asked for pattern, asked in _pairs(setting) if fnmatchcase(docname, pattern)), "")


def _pairs(setting: Any) -> Iterable[tuple[str, Any]]:
    return setting.items() if isinstance(setting, dict) else setting


def _refuse_unknown(_: Sphinx, config: Config) -> None:
    """End the build at once where conf.py says what nobody understands."""
    readers: tuple[tuple[str, Callable[[Any], object]], ...] = (
        ("fwdpass_check", check_of),
        ("fwdpass_level", _level_of),
    )
    for name, read in readers:
        setting: Any = getattr(config, name)
        try:
            for asked in [setting] if isinstance(setting, str | bool) else [one for _, one in _pairs(setting)]:
                if asked != "":
                    read(asked)
        except (ExpressionError, ValueError, TypeError) as error:
            raise SystemExit(f"fwdpass: {name} in conf.py: {error}") from None
