"""A range of a PDF's text led back to the characters of its pages."""

import numpy as np

from index.types import Content, Stretch


def stretches(content: Content, start: int, end: int) -> tuple[Stretch, ...]:
    """What of the pages the text `[start, end)` was read from, in the text's order.

    One stretch covers all that a paragraph has between two characters: the hyphens that were left
    out where it goes on in the next row, too. Empty for formats without pages to be shown.
    """
    runs = np.frombuffer(content.page_runs, "<i4").reshape(-1, 3)
    starts = runs[:, 0]
    found: list[Stretch] = []
    before = start  # where the last stretch ends in the text
    begin = max(int(np.searchsorted(starts, start, "right")) - 1, 0)
    for i in range(begin, int(np.searchsorted(starts, end))):
        run_start, page, index = runs[i].tolist()
        run_end = int(starts[i + 1]) if i + 1 < len(starts) else len(content.text)
        text = content.text[max(run_start, start) : min(run_end, end)]
        if not text.strip():
            continue
        first = max(run_start, start) + len(text) - len(text.lstrip())
        last = first + len(text.strip()) - 1
        stretch = Stretch(page=page, first=index + first - run_start, last=index + last - run_start)
        same = found and found[-1].page == page and found[-1].last <= stretch.first
        if same and "\n" not in content.text[before:first]:
            found[-1] = Stretch(page=page, first=found[-1].first, last=stretch.last)
        else:
            found.append(stretch)
        before = last + 1
    return tuple(found)
