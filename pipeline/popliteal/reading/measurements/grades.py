"""How grades of muscle strength are written: patterns for every spelling, and the number each stands for."""

from __future__ import annotations

import re

_MINUS = "−–⁻-"  # the hyphen last: it stands in a character class
_PLUS = "+⁺"
_MARK = rf"[{_PLUS}{_MINUS}]"
_DEGREE = r"[0-5](?:\.5)?"
_ROMAN = r"(?:0|IV|V|I{1,3})"
#: What a sentence with a grade holds one of: a number, or a Roman one.
DEGREES = ("0", "1", "2", "3", "4", "5", "I", "II", "III", "IV", "V", "five")
#: Words and signs of which a sentence with a grade out of five, or with one such as ``M4``, holds at least one.
OVER = ("/", "out", "over", "of", "M", "grade", "graded", "mrc")
#: What is graded after ``of``: ``5/5 of the left leg``, not ``1/5 of the cases``.
_OF_A_LIMB = r"\s+(?:(?:the|his|her|their)\s+)?(?:left|right|both|bilateral|upper|lower|[LRB][UL]Es?)\b"
#: ``four plus out of five``
_SPELLED = r"(?<!\w)(?i:zero|one|two|three|four|five)(?:\s(?i:plus|minus))?\s(?i:out\sof|over)\sfive(?!\w)"
#: ``4/5``, ``4-/5``, ``+4/5``, ``4.5/5``, ``4 to 4+/5``, ``5 out of 5``, ``3 of 5``; never a date, a list position, or
#: ``1/5 of``.
GRADE = (
    rf"(?P<grade>(?<![\d./]){_MARK}?{_DEGREE}\s?(?:\(?{_MARK}?\)?|plus|minus)"
    rf"(?:\s?(?:[-–/]|to)\s?{_DEGREE}\s?{_MARK}?)?\s?(?:/|out\s+of|over|of(?=\s+5\b(?!\s+[a-z]+s\b)))\s?5"
    rf"(?![\d/]|\.\d|\s?/\s?\d|\s+of\b(?!{_OF_A_LIMB})|-\d\d)(?:\s?{_MARK}(?![\w+>-]))?"
    # IV/V, 4/V, M4+: the same in Roman numerals and as the Council wrote it
    rf"|(?<![\w/.-])(?:{_ROMAN}|[0-5])\s?{_MARK}?\s?/\s?V(?![\w/])|(?<![\w/.+-])M[0-5]{_MARK}?(?![\w/]|\.\d)"
    rf"|{_SPELLED}"
    # by its name; what is "grade 3 chondromalacia" is no strength
    rf"|(?<!\w)(?i:(?:graded?|(?<=[a-z]\s)MRC(?:\sgrade)?)\s(?:as\s|at\s)?)[0-5]{_MARK}?(?=\s?(?:[.,;)]|\Z)|\s(?i:and|on|in|left|right|bilaterally|[lr])\b))"
)
#: ``weakness 2/2 stroke``: secondary to it, where neither a place, a side nor another graded movement follows.
_DUE_TO = (
    r"(?!2/2\s(?!(?:in|on|at|for|bilat\w*|both|throughout|right|left|and|but|lower|upper|[LR]|[LRB]?[LU]Es?)\b"
    r"|(?:[A-Z]+\s){1,2}[0-5])[A-Za-z])"
)
#: A grade for each side (``4+/5-`` under ``right/left``); plain ``4/5`` is one only where the text says the order.
PAIR = rf"(?P<both>(?<![\w./]){_DUE_TO}[0-5]{_MARK}?\s?/\s?(?:[0-4]{_MARK}?|5{_MARK})(?![\w/+-]|\.\d))"
#: A grade without its ``/5``: only read where the words around it leave no doubt.
BARE = (
    r"(?P<bare>(?<=[Gg]rade\s)(?:IV|V|I{1,3})(?![\w/-])"
    rf"|(?:(?<![\w./%+-])[+-]?|(?<=\b[LR]))[0-5](?:\.5)?{_MARK}?(?:-[0-5]{_MARK}?)?"
    r"(?![\w/%°+]|\.\d|\s?/(?!\s?[RL]\b)|-\d|\s?(?:cm|mm|kg|lb|x|mg)\b))"
)
#: Three or more grades with nothing but space, bars or commas between: a table's row.
_CELL = rf"(?:\.5)?{_MARK}?(?:/5)?"  # behind its digit
ROW = re.compile(rf"[0-5](?<![\w/.+-][0-5]){_CELL}(?:(?:[ \t]*[|,][ \t]*|[ \t]+)[0-5]{_CELL}){{2,20}}[ \t|]*\.?$", re.M)
#: Text in which a grade may stand, with its ``/5`` or as ``M4``.
GRADED = re.compile(
    r"(?=[0-5IVMGg])(?:"  # soon told of most letters
    rf"(?<![\d/])[0-5](?:\.5)?\s?(?:\(?{_MARK}\)?|plus|minus)?\s?(?:/|out of|over|of)\s?[0-5V](?!\d)"
    rf"|(?<!\w)(?:(?:[IV0]{{1,3}}{_MARK}?\s?/\s?V|M[0-5])(?!\w)|(?i:graded?)\s(?:as\s|at\s)?(?:[0-5]|IV|V|I{{1,3}}(?!\w))))"
)
_NUMBERS = re.compile(r"(\d(?:\.\d)?)\s?\(?([+-]?)\)?")
_SIGNS = str.maketrans({**dict.fromkeys(_MINUS, "-"), **dict.fromkeys(_PLUS, "+")})
_DIGITS = {"IV": "4", "V": "5", "III": "3", "II": "2", "I": "1"}
_WORDS = {"zero": "0", "one": "1", "two": "2", "three": "3", "four": "4", "five": "5"}
_WORD = re.compile("|".join(_WORDS), re.IGNORECASE)


def degree(wording: str) -> float | None:
    """The number a grade's wording stands for; + and - are thirds; of a range the lower end.

    >>> degree("4-/5"), degree("3 to 3+/5"), degree("4(+)/5"), degree("5−/5"), degree("IV/V"), degree("M3")
    (3.67, 3.0, 4.33, 4.67, 4.0, 3.0)
    """
    plain = _WORD.sub(lambda word: _WORDS[word[0].lower()], wording.strip().translate(_SIGNS))
    body = re.sub(r"\s?(?:/|out\s+of|over|of)\s?[5V]\s?([+-]?)$", r"\1", plain).removeprefix("M")
    body = re.sub("^(?:IV|V|I{1,3})", lambda roman: _DIGITS[roman[0]], body)
    body = re.sub(r"\s?plus$", "+", re.sub(r"\s?minus$", "-", body))
    lead = body[0] if body[:1] in {"+", "-"} else ""
    found = _NUMBERS.search(body)
    if found is None:
        return None
    third = {"+": 1 / 3, "-": -1 / 3}.get(found[2] or lead, 0.0)
    if found[2] == "-" and re.match(r"\s?\d", body[found.end() :]):
        third = 0.0
    return max(0.0, min(5.0, round(float(found[1]) + third, 2)))
