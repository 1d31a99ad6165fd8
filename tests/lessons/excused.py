"""Lessons for which a page ends, and why that is right or not mended yet: by page, and how their names begin."""

from __future__ import annotations

from collections.abc import Iterator, Mapping, Sequence

from tests.lessons.law import Outcome

EXCUSED: Mapping[tuple[str, str], str] = {}
"""The reason, by page and beginning of the lesson's name."""


def excuse(outcome: Outcome) -> str:
    """Give the reason why a page may end for a lesson, or nothing."""
    return next(
        (
            reason
            for (page, beginning), reason in EXCUSED.items()
            if outcome.page == page and outcome.lesson.startswith(beginning)
        ),
        "",
    )


def stale(outcomes: Sequence[Outcome]) -> Iterator[str]:
    """Name the reasons that excuse nothing any more."""
    stopped = [outcome for outcome in outcomes if outcome.stops]
    for page, beginning in EXCUSED:
        if not any(outcome.page == page and outcome.lesson.startswith(beginning) for outcome in stopped):
            yield f"{page}.md: tests/lessons/excused.py excuses {beginning!r}, and nothing stops there"
