"""A note as a careful typist would have left it: spaces, dashes and capitals evened out, every character in its place.

Many notes are typed without capitals ("slr neg, aj absent, crp 42, l foot numb"), some in nothing else, and word
processors leave spaces and dashes of their own. The patterns need not know: what is read has the same length as what
was written, and offsets hold for both.
"""

from __future__ import annotations

import re
from collections.abc import Iterable, Mapping
from string import ascii_lowercase, ascii_uppercase, digits

from popliteal.knowledge import Knowledge
from popliteal.knowledge.concepts import Acronyms, Sides
from popliteal.knowledge.literals import Literals
from popliteal.knowledge.sentences import SentenceWords
from popliteal.reading.capitals import count
from popliteal.reading.sentence import OPPOSITE
from popliteal.reading.tokens import singulars

#: Spaces of word processors and of Windows' ends of lines.
_SPACES = re.compile("[\xa0\u2000-\u200a\u202f\u205f\u3000]|\r(?=\n)")
#: A dash inside a word or behind a grade ("follow–up", "4–/5") is a hyphen or a minus.
_DASH = re.compile(r"(?<=[A-Za-z])[‐‑‒–−](?=[A-Za-z])|(?<=[0-5])[‐‑‒–−](?=/5)")
#: One that parts two clauses is as long as the patterns write it.
_LONG_DASH = ("—", "–")
_RETURN = re.compile("\r")
#: Line breaks as HL7, mail and spreadsheets escape them, and as a program leaves them that escaped them once too often.
_BREAK = re.compile(r"\\\.br\\|(?:\\X0[DA]\\)+|=0D=0A|_x000D_", re.IGNORECASE)
_ESCAPED = re.compile(r"(?:\\r)?\\n|\\r")
_SURELY_ESCAPED = re.compile(r"\\n(?:[A-Z\s\\•*-]|$)|[.:;,!?]\\n")
_WORD = re.compile(r"(?<![^\W_])[a-z][a-z0-9]+(?![^\W_])")
_SMALL, _CAPITALS = ascii_lowercase.encode(), ascii_uppercase.encode()
#: Small letters and digits as they are, anything else a blank: what is left between blanks are words or parts of words.
_PARTS = bytes(sign if sign in _SMALL + digits.encode() else ord(" ") for sign in range(256))
_WITHIN_WORD, _BEHIND_WORD = re.compile(r"[\w.]"), re.compile("[a-z] ")
#: Fewer capitals than one in so many letters are slips in a note without capitals, and the other way round.
_NONE_IN = 200
#: So few capitals are acronyms, not a writer's habit ("L AT 0/5").
_FEW = 20
#: So many signs behind its first word tell that a row of words may stand there.
_TOLD_BY = 3
_LOWER = str.maketrans(ascii_uppercase, ascii_lowercase)
#: What begins a line or a sentence, a spinal level, a temperature, and "n" for normal, in a note without capitals.
_CAPITAL = re.compile(
    r"(?:^[ \t]*(?:[-•*#]+[ \t]*|\d{1,2}[.)][ \t]*)?|[.!?],?[ \t]+)[a-z]"
    r"|(?<![^\W_])[clst](?=[1-9]\d?(?![^\W_]))|(?<![^\W_])t(?= ?[:=]? ?(?:3[4-9]|4[0-2]|9\d|10\d)(?:\.\d|\b))"
    r"|(?<=[a-z] )n(?=[.,;)\n]|$)",
    re.MULTILINE,
)


#: Choices by letters, the second of which in a line is no "both": "(A) lumbar strain (B) spinal stenosis".
_CHOICES = re.compile(r"(?<![\w/.(])\(?[aA]\)[ \t][^\n]{1,200}?(?<![\w/.(])\(?[bB]\)[ \t][^\n]*")
_CHOICE = re.compile(r"(?<![\w/.(])(\(?)([a-hA-H])(?=\)\s)")


def evener(knowledge: Knowledge, acronyms: Iterable[str]) -> Evener:
    """An evener for the patterns; ``acronyms`` are those of their phrases and measurements."""
    legs = (word for site in knowledge.sites.values() if site.leg for word in site.phrases if word.isalpha())
    titles = [title for title in knowledge.sections.bare if title.isupper()]
    known = (*acronyms, *filter(str.isalpha, titles))
    stops = _Stops(knowledge.sentence_words)
    return Evener(
        known,
        knowledge.words.acronyms,
        titles,
        knowledge.sides,
        (*legs, *knowledge.sides.before_parts),
        stops,
        knowledge.words.read_as,
    )


class Evener:
    """Made once from the acronyms of the patterns."""

    def __init__(
        self,
        acronyms: Iterable[str],
        words: Acronyms,
        titles: Iterable[str],
        sides: Sides,
        beside: Iterable[str],
        stops: _Stops,
        read_as: Mapping[str, str],
    ) -> None:
        """``acronyms`` count in capitals only, ``titles`` are acronyms that begin a line, ``beside`` are words beside
        which a small letter of ``sides`` is a side in any note ("l foot"), ``stops`` end no more than a word,
        ``read_as`` are words for others, no longer than they."""
        known = {word.lower(): word for word in acronyms if word.lower() not in words.never}
        known |= {f"{word}s": f"{capitals}s" for word, capitals in known.items() if f"{word}s" not in known}
        shorts = {*words.ambiguous, *(f"{word}s" for word in words.ambiguous)}
        plain = {word: it for word, it in known.items() if len(it.rstrip("s")) > 2 and word not in shorts}
        self._of_bare, self._of_any = (known, _encoded(known)), (plain, _encoded(plain))
        self._title = re.compile(rf"^[ \t]*(?:{'|'.join(re.escape(title.lower()) for title in titles)})\b", re.M)
        self._bracketed = {short.lower(): word.ljust(len(short)) for short, word in sides.bracketed.items()}
        self._limbs = {short: word.ljust(len(short)) for short, word in sides.limbs.items()}
        limbs = "|".join(map(re.escape, self._limbs))
        self._limb = re.compile(rf"(?<![\w/.])(?<!\d )(?:{limbs})(?![\w/])") if limbs else None
        within = rf"(?:{'|'.join(map(re.escape, self._bracketed))})"
        starts = r"(?<![^\n])|(?<=[:;,.>/] )|(?<=[:;,>/])"
        self._bracket = re.compile(
            rf"(?:{starts}){within}(?!-)|(?<=\s){within}(?!-|\s*$|\s+(?-i:[A-Z]))", re.IGNORECASE
        )
        letters = "".join(side.lower() for side in sides.letters)
        self._side = re.compile(rf"(?<![^\s(/,;<>=])[{letters}](?=[\s,.;)<>=/]|$)")
        self._letters = _encoded(letters)
        self._sided = re.compile(rf"[{letters}](?<![^\s(/,;].)(?= ([A-Za-z]+))")
        one = "".join(side for side, name in sides.letters.items() if name in OPPOSITE)  # "B. Ankle brace" is a choice
        letter, word = f"[{one.lower()}{one.upper()}]", "(?=([A-Za-z]{3,}))"
        self._slash = re.compile(rf"/(?<=(?<![\w/.]){letter}/){word}")  # the slash first: it is told fast
        self._slashed = re.compile(rf"(?<![\w/.])({letter})/{word}")  # "L/knee pain"
        # but not behind a grade ("4/5 L. Feet cool"), nor before a wide gap and a capital
        no_grade = r"(?<!/\d .\.)(?<!\ds .\.)(?<!\d[+°] .\.)"
        self._side_stop = re.compile(  # "L. foot", "the Lt. leg"
            rf"\.(?:(?<![\w.].\.){no_grade}(?<={letter}\.)|(?<=\b{letter}[Tt]\.))(?= ([A-Za-z]+)|  ([a-z]+))"
        )
        self._beside = frozenset(beside) | plain.keys()
        self._stops = stops
        self._read_as = {word: _as_long(other, len(word)) for word, other in read_as.items()}
        self._read_as_begin = Literals(word[: word.find(" ") + _TOLD_BY] if " " in word else word for word in read_as)
        self._other = re.compile(rf"(?<!\w)(?:{'|'.join(map(re.escape, read_as))})(?!\w)") if read_as else None

    def __call__(self, text: str) -> str:
        """``text``, as long as it was, with capitals, spaces and dashes as the patterns have them."""
        if not text.isascii():
            text = _DASH.sub("-", _SPACES.sub(" ", text)).replace(*_LONG_DASH)
        if "\r" in text:
            text = _RETURN.sub("\n", _SPACES.sub(" ", text))
        if "\\" in text or "=0D" in text or "_x0" in text:
            text = _unescaped(text)
        if self._limb is not None and "/L" in text:
            text = self._limb.sub(lambda limb: self._limbs[limb[0]], text)
        if self._slash.search(text):
            text = self._slashed.sub(self._beside_part, text)
        if "." in text:
            text = self._stops.opened(text)
            text = self._side_stop.sub(self._in_side, text)
        if self._other is not None and self._read_as_begin.stand_in(text):
            text = self._other.sub(lambda word: self._read_as[word[0]], text)
        small, capital = count(text)
        shouted = small * _NONE_IN <= capital > _FEW
        if shouted:
            text = text.translate(_LOWER)
        if "b)" in text or "B)" in text:
            text = _CHOICES.sub(lambda line: _CHOICE.sub(_counted, line[0]), text)
        if "(" in text and any(map(text.lower().__contains__, self._bracketed)):
            text = self._bracket.sub(lambda side: self._bracketed[side[0].lower()], text)
        bare = shouted or capital * _NONE_IN <= small
        known, words = self._of_bare if bare else self._of_any
        parts = set(text.encode("ascii", "replace").translate(_PARTS).split())
        if not words.isdisjoint(parts):  # no word of these is in it otherwise
            text = _WORD.sub(lambda word: known.get(word[0], word[0]), text)
        if bare:
            return self._side.sub(_raised, _CAPITAL.sub(_raised, self._title.sub(_raised, text)))
        if self._letters.isdisjoint(parts):
            return text
        return self._sided.sub(lambda one: _raised(one) if self._is_part(one[1].lower()) else one[0], text)

    def _beside_part(self, side: re.Match[str]) -> str:
        """A side that a slash joins to its part, apart from it; "R/O" and "L/S spine" stay."""
        return f"{side[1].upper()} " if self._is_part(side[2].lower()) else side[0]

    def _in_side(self, stop: re.Match[str]) -> str:
        """A blank for the stop behind a side, if a part follows ("L. foot")."""
        return " " if self._is_part((stop[1] or stop[2]).lower()) else "."

    def _is_part(self, word: str) -> bool:
        """Whether a word, or what it is the plural of, is one that a side may stand before."""
        return word in self._beside or any(single in self._beside for single in singulars(word))


def _counted(letter: re.Match[str]) -> str:
    """The number of a letter that counts."""
    return f"{letter[1]}{ascii_lowercase.index(letter[2].lower()) + 1}"


def _encoded(words: Iterable[str]) -> frozenset[bytes]:
    return frozenset(word.encode("ascii", "replace") for word in words)


class _Stops:
    """Shortened words, each with a stop behind it that ends no sentence: small letters, a number, an acronym, a side or
    another such word follow."""

    def __init__(self, words: SentenceWords) -> None:
        self._anywhere, self._behind = (
            frozenset(form for word in forms for form in (word, word.capitalize(), word.upper()))
            for forms in (words.shortened, words.shortened_behind)
        )
        every = self._anywhere | self._behind
        self._sizes = sorted({*map(len, every)})
        short = "|".join(map(re.escape, sorted(every))) or "(?!)"
        # the stop first: there are far fewer of them than of words
        self._stop = re.compile(rf"\.(?= {{0,2}}/?[a-z0-9(+<>=,]| {{0,2}}[A-Z](?:[A-Z]|[ ,;.)])| {{1,2}}(?:{short})\.)")

    def opened(self, text: str) -> str:
        """``text`` with a blank for each of these stops."""
        return self._stop.sub(self._blank, text)

    def _blank(self, stop: re.Match[str]) -> str:
        text, end = stop.string, stop.start()
        return " " if any(self._is_short(text, end - size, end) for size in self._sizes if size <= end) else "."

    def _is_short(self, text: str, start: int, end: int) -> bool:
        word = text[start:end]
        if word in self._anywhere and (start == 0 or _WITHIN_WORD.match(text, start - 1) is None):
            return True
        return word in self._behind and _BEHIND_WORD.match(text, start - 2) is not None


def _as_long(words: str, length: int) -> str:
    """``words`` with blanks before the last of several, or behind a single one, so that they end where others did."""
    head, blank, last = words.rpartition(" ")
    return head + last.rjust(length - len(head)) if blank else last.ljust(length)


def _raised(match: re.Match[str]) -> str:
    return match[0].upper()


def _unescaped(text: str) -> str:
    """``text`` with the line breaks that an export escaped; a backslash and "n" only in a text without any other.

    >>> _unescaped(r"Foot drop.\\nNo pain.\\nNo fever.")
    'Foot drop. \\nNo pain. \\nNo fever.'
    """
    text = _BREAK.sub(_broken, text)
    if "\n" in text.strip() or not (text.count("\\n") > 1 or _SURELY_ESCAPED.search(text)):
        return text
    return _ESCAPED.sub(_broken, text).replace("\\t", "  ")


def _broken(match: re.Match[str]) -> str:
    return " " * (len(match[0]) - 1) + "\n"
