"""RTF in a note (Rich Text Format 1.9.1): which stretches are no words, and what is read in their place."""

from __future__ import annotations

import re
from dataclasses import dataclass, replace

from popliteal.reading.edit import Edit

#: Control words that stand for characters. [Rich Text Format specification 1.9.1, "Special Characters"]
_WORDS = {
    "par": "\n", "line": "\n", "row": "\n", "sect": "\n", "page": "\n", "softline": "\n", "tab": "\t", "cell": "\t",
    "nestcell": "\t", "nestrow": "\n", "emdash": "—", "endash": "–", "bullet": "•", "lquote": "‘", "rquote": "’",
    "ldblquote": "“", "rdblquote": "”", "emspace": " ", "enspace": " ",
}  # fmt: skip
#: Groups whose content is no text of the note.
_HIDDEN = frozenset((
    "fonttbl", "colortbl", "stylesheet", "info", "pict", "object", "header", "footer", "headerl", "headerr",
    "footerl", "footerr", "listtable", "revtbl", "rsidtbl", "listoverridetable", "themedata", "generator",
    "datastore", "latentstyles", "xmlnstbl", "fldinst",
))  # fmt: skip
_TOKEN = re.compile(
    r"\\(?:'(?P<hex>[0-9a-fA-F]{2})|(?P<word>[a-zA-Z]{1,32})(?P<number>-?\d{1,10})? ?|(?P<sign>[^a-zA-Z0-9]))|[{}\r\n]",
    re.DOTALL,
)


_SIGNS = {"~": "\xa0", "_": "-", "\n": "\n", "\r": "\n", "{": "{", "}": "}", "\\": "\\"}


def is_rtf(text: str) -> bool:
    """Whether a text is RTF from its first sign on."""
    return text[:64].lstrip("\ufeff \t\r\n").startswith("{\\rtf")


def edits(text: str) -> list[Edit]:
    """What is read otherwise than it stands: control words as characters or nothing, hidden groups as nothing."""
    scanner = _Scanner()
    found: list[Edit] = []
    at = 0
    for token in _TOKEN.finditer(text):
        gone = scanner.hides(token.start() - at)
        if gone:
            found.append(Edit(at, at + gone, ""))
        at = token.end()
        found.append(Edit(token.start(), at, scanner.words(token)))
    gone = scanner.hides(len(text) - at)
    return [*found, Edit(at, at + gone, "")] if gone else found


@dataclass(frozen=True, slots=True)
class _Group:
    """What holds between two braces: whether its text is hidden, and how many characters stand in for a ``\\u``."""

    hidden: bool = False
    stand_ins: int = 1


class _Scanner:
    """The state of reading: the groups that are open, and the characters that are still to be passed over."""

    def __init__(self) -> None:
        self._outer: list[_Group] = []
        self._group = _Group()
        self._pass_over = 0

    def hides(self, count: int) -> int:
        """How many of the next ``count`` characters are not shown."""
        if self._group.hidden:
            return count
        gone = min(self._pass_over, count)
        self._pass_over -= gone
        return gone

    def words(self, token: re.Match[str]) -> str:
        """What is read in the place of a brace, a control word or a control sign."""
        if token["word"]:
            words = self._word(token["word"], int(token["number"]) if token["number"] else None)
        elif token["hex"]:
            words = "" if self.hides(1) else bytes.fromhex(token["hex"]).decode("cp1252", "replace")
        elif token["sign"] == "*":
            self._group = replace(self._group, hidden=True)
            words = ""
        elif token["sign"]:
            words = _SIGNS.get(token["sign"], "")
        else:
            words = self._brace(token[0])
        return "" if self._group.hidden else words

    def _word(self, word: str, number: int | None) -> str:
        if word in _HIDDEN:
            self._group = replace(self._group, hidden=True)
        elif word == "uc":
            self._group = replace(self._group, stand_ins=min(max(number or 0, 0), 8))
        elif word == "u" and number is not None:
            self._pass_over = self._group.stand_ins
            return _character(number)
        return _WORDS.get(word, "")

    def _brace(self, brace: str) -> str:
        """Braces open and close groups; ends of lines, the other single characters, mean nothing in RTF."""
        if brace == "{":
            self._outer.append(self._group)
        elif brace == "}":
            self._group = self._outer.pop() if self._outer else _Group()
        self._pass_over = 0
        return ""


def _character(number: int) -> str:
    """The character of ``\\uN``, N being a signed 16-bit number; halves of a pair are no characters."""
    code = number % 65536
    return "\ufffd" if 0xD800 <= code < 0xE000 or not code else chr(code)
