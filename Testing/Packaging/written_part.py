"""The part of a page that a command writes: it stands between two markers, everything else is a person's."""

from __future__ import annotations


def with_part(page: str, begin: str, end: str, text: str) -> str:
    """The page with what stands between its markers made anew; ValueError where it lacks them."""
    if page.count(begin) != 1 or page.count(end) != 1:
        raise ValueError(f"the page must hold each of its markers once: {begin} and {end}")
    before, _, rest = page.partition(begin)
    after = rest.partition(end)[2]
    return f"{before}{begin}\n\n{text}\n\n{end}{after}"
