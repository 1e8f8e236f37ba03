"""The words of a text that holds other things too: HTML or RTF that was pasted into a field, the signs of a record,
characters nobody sees.

What is read is the text without them; offsets lead back to the text as it was given, so ``text == note[start:end]``
holds and a finding may have a tag inside.
"""

from __future__ import annotations

import re
from bisect import bisect_right
from collections.abc import Iterable, Iterator

from popliteal.reading import hypertext, records, richtext
from popliteal.reading.edit import Edit

#: Characters without width: soft hyphen, joiners, marks of direction, byte-order mark. They go.
_UNSEEN = "\xad\u061c\u180e\u200b-\u200f\u202a-\u202e\u2060-\u206f\ufeff"
#: Control characters but tab and the ends of lines; each is read as a blank.
_CONTROL = "\\x00-\\x08\\x0e-\\x1b\\x7f"
_ODD = re.compile(f"[{_CONTROL}{_UNSEEN}]")
_CONTROLS = re.compile(f"[{_CONTROL}]")
#: Blanks and signs without a word between them: a field that was filled up, a rule across the page. So many are read at
#: both ends of a longer run, since what asks for "some blanks" may be more than linear in them.
_END = 60
_RUN = re.compile(rf"[\W_]{{{2 * _END + 1},}}")
#: Of so long a run, four such signs stand in every so many characters of the text: told of a few characters of it.
_EVERY = _END // 2
_SPARSE = re.compile(r"[\W_]{4}")
_BREAK = re.compile(r"\r\n|[\n\r\f\v\x85\u2028\u2029]")


class Plain:
    """A text as it is read, and where its characters stand in the text as it was given.

    Args:
        given: the text.
        edits: what stands for what, in order, without overlaps.
        under: the text that ``given`` is itself read from, if it is.
    """

    def __init__(self, given: str, edits: Iterable[Edit], under: Plain | None = None) -> None:
        self._under = under
        self._starts: list[int] = []  # of pieces of the text that is read
        self._pieces: list[tuple[int, int, bool]] = []  # start and end in the given text; whether copied as it stands
        parts: list[str] = []
        length = at = 0
        for edit in (*edits, Edit(len(given), len(given), "")):
            for start, end, words in ((at, edit.start, given[at : edit.start]), edit):
                if words:
                    self._starts.append(length)
                    self._pieces.append((start, end, words is not edit.words))
                    parts.append(words)
                    length += len(words)
            at = edit.end
        self.text = "".join(parts)

    def span(self, start: int, end: int) -> tuple[int, int]:
        """Where a span of the text that is read stands in the text as it was given."""
        start, end = self._place(start)[0], self._place(end - 1)[1]
        return (start, end) if self._under is None else self._under.span(start, end)

    def _place(self, at: int) -> tuple[int, int]:
        piece = bisect_right(self._starts, at) - 1
        start, end, copied = self._pieces[piece]
        if not copied:
            return start, end
        place = start + at - self._starts[piece]
        return place, place + 1


def plain(text: str) -> Plain | None:
    """The words of a text, or None where it holds nothing else, as nearly all do."""
    words = _marked(text)
    shown = text if words is None else words.text
    long = _SPARSE.search(shown[::_EVERY]) is not None and _RUN.search(shown) is not None
    return Plain(shown, _shortened(shown), words) if long else words


def _shortened(text: str) -> Iterator[Edit]:
    """The middle of long runs without a word; the line breaks in it stay, as many as part two paragraphs."""
    for run in _RUN.finditer(text):
        start, end = run.start() + _END, run.end() - _END
        yield Edit(start, end, "\n" * min(2, len(_BREAK.findall(text, start, end))))


def _marked(text: str) -> Plain | None:
    """A text without markup and odd characters, or None where it has none."""
    markup = richtext.edits(text) if richtext.is_rtf(text) else records.edits(text) or hypertext.edits(text)
    if not markup and not (_CONTROLS if text.isascii() else _ODD).search(text):
        return None
    return Plain(text, _with_odd(text, markup))


def _with_odd(text: str, markup: Iterable[Edit]) -> Iterator[Edit]:
    """The edits, and between them one for every odd character."""
    at = 0
    for edit in (*markup, Edit(len(text), len(text), "")):
        for odd in _ODD.finditer(text, at, edit.start):
            yield Edit(odd.start(), odd.end(), " " if _CONTROLS.match(odd[0]) else "")
        yield edit
        at = edit.end
