"""Whether a mention is asserted: present, absent, possible, hypothetical, or somebody else's.

Cue and scope in the manner of NegEx [S:Chapman2001] and ConText [S:Harkema2009], with scopes that follow lists: a cue
before a list reaches over it until a verb of having, a contrast or the end of the sentence; a cue after a finding
reaches it and what is joined to it. Cost is linear in the words of a sentence times its cues.
"""

from __future__ import annotations

from collections.abc import Sequence

from popliteal.knowledge import Knowledge
from popliteal.knowledge.concepts import Cue
from popliteal.reading.bare_lists import BareLists, offers_choice
from popliteal.reading.exemptions import Exemptions
from popliteal.reading.fields import answered, ends_field, is_answer
from popliteal.reading.informants import Informants
from popliteal.reading.item import Item
from popliteal.reading.lexicon import Lexicon
from popliteal.reading.scopes import LIST_REACH, Scopes, explains
from popliteal.reading.sentence import OPPOSITE, Hit, Sentence, covered
from popliteal.reading.tokens import NUMBER, UNKNOWN
from popliteal.reading.verdict import Verdict, verdict, written

_NEXT_REACH = 6
_AMONG = 12  # of alternatives ("could be a cyst or a solid mass or a tumor")
_AFTER_REACH = 7
#: A denial ends before so many others: what stands behind them is theirs ("no fever, no rash, no pain, ...").
_OTHERS = 8
#: What may stand between a field and its answer ("Fever......No", "| foot drop | no |").
_LEADERS = frozenset("().|_")
#: What stands between the title of a field and its answer.
_ANSWERED = frozenset(":=?-–—")


class Assertion:
    """Compiled from ``assertion.yaml`` and the word lists of ``words.yaml``."""

    def __init__(self, knowledge: Knowledge, lexicon: Lexicon) -> None:
        words = knowledge.words
        self._cues = knowledge.cues
        self._stops = frozenset(cue.id for cue in knowledge.cues.values() if cue.effect == "stop" or cue.firm)
        self._exempt, self._lists = Exemptions(knowledge, lexicon), BareLists(knowledge, lexicon)
        self._scopes = Scopes(knowledge, lexicon, self._lists)
        self._informants = Informants(words, lexicon)
        self._gap = lexicon.skippable
        self._joiners = lexicon.word_set(words.joiners)
        self._linking = lexicon.word_set(words.linking)
        self._prepositions = lexicon.word_set(words.prepositions)
        self._about = lexicon.word_set(words.classes["about"])
        self._of_field = lexicon.word_set(words.classes["field_qualifier"])
        self._affirming = lexicon.word_set(words.classes["affirming"])
        self._closers = self._joiners | self._linking | self._prepositions | self._gap | self._affirming
        self._closing = lexicon.word_set(words.classes["closing"])
        self._closers |= self._closing
        self._signs = frozenset(words.classes["sign_of_a_noun"])
        self._persons = frozenset(words.classes["person"])
        self._studies = lexicon.word_set(words.classes["study"])
        self._tests = frozenset(words.classes["test_by_name"])
        named = {name for cue in self._cues.values() for name in (cue.behind, cue.apart, cue.ahead) if name}
        self._behind = {name: frozenset(words.classes[name]) for name in named}
        self._parting = frozenset(words.classes["parting"])
        self._before_doubt = frozenset(words.classes["before_doubt"])
        self._introducing, self._or, self._and, self._plural = (
            frozenset(words.classes[name]) for name in ("introducing", "alternatives", "joining", "plural_being")
        )
        self._strokes = self._or | {"/"}
        self._begins = frozenset(words.classes["article"])

    def decide(self, sentence: Sentence, items: Sequence[Item]) -> list[Verdict]:
        """A verdict for each of ``items``, which stand in order of their first token."""
        cues = self._active(sentence, items)
        if not cues:
            return [Verdict(None, ()) for _ in items]
        stops = [(hit.first, hit.entry.id) for hit in cues if hit.entry.id in self._stops]
        until = self._until(cues)
        covered = [False] * (len(sentence.words) + 1)
        for item in items:
            for token in range(item.first, item.last):
                covered[token] = True
        found: list[dict[str, list[Hit]]] = [{} for _ in items]
        answered: set[int] = set()  # cues that a finding before them has taken ("X ruled out by MRI, low volume")
        for hit in sorted(cues, key=lambda one: self._cues[one.entry.id].direction != "backward"):
            cue = self._cues[hit.entry.id]
            if cue.effect in {"none", "stop"} or (cue.direction == "forward" and hit.first in answered):
                continue
            within = until.get(hit.first, len(sentence.words))
            for index in self._reached(sentence, hit, cue, items, stops, covered, within):
                unclear = cue.effect == "absent" and self._lists.unclear(sentence, hit, items, items[index])
                found[index].setdefault("possible" if unclear else _kind(cue), []).append(hit)
                if cue.direction == "backward":
                    answered.add(hit.first)
        return [verdict(sentence, item, one, self._before_doubt) for item, one in zip(items, found, strict=True)]

    def _until(self, cues: Sequence[Hit]) -> dict[int, int]:
        """Where a denial ends that many others follow, by its first token."""
        denials = [hit.first for hit in cues if self._cues[hit.entry.id].effect == "absent"]
        return dict(zip(denials, denials[_OTHERS:], strict=False))

    def open_effect(self, sentence: Sentence, items: Sequence[Item]) -> tuple[str, str] | None:
        """Effect and words of a forward cue that ends its sentence open ("Denies:"), for the bullets that follow."""
        if not sentence.words or sentence.raw(len(sentence.words) - 1) != ":":
            return None
        for hit in reversed(self._active(sentence, items)):
            cue = self._cues[hit.entry.id]
            ahead = cue.direction == "forward" or _announces(sentence, hit, cue)
            if ahead and cue.scope in {"list", "phrase", "sentence"}:
                if any(item.first >= hit.last for item in items):
                    return None
                return cue.effect, written(sentence, hit)
        return None

    def _active(self, sentence: Sentence, items: Sequence[Item]) -> list[Hit]:
        """Cues that hold and do not lie inside a mention ("absent ankle jerk" is the finding, not its negation).

        The negation of a list that begins a mention, or that its words denies, goes on behind it ("no focal weakness or
        numbness", "shows no evidence of DVT, abscess or edema").
        """
        inside = {token for item in items for token in range(item.first, item.last)}
        denied = [item for item in items if item.normal or item.denied]
        begins = {item.first for item in denied}
        return [
            hit
            for hit in sentence.cues_that(lambda hit: not self._withheld(sentence, hit, items))
            if (hit.first not in inside and hit.last - 1 not in inside)
            or (
                (hit.first in begins or self._lists.goes_past(sentence, hit, denied))
                and self._negates_list(sentence, hit)
            )
        ]

    def _withheld(self, sentence: Sentence, hit: Hit, items: Sequence[Item]) -> bool:
        """Whether a cue that tells what holds of everybody stands in a sentence about somebody, or about one side, one
        of a relative means the patient, or one that counts only behind, apart from or not before certain words, as a
        command or before a list, does not."""
        cue = self._cues[hit.entry.id]
        if cue.effect == "family" and self._informants.tell_of(sentence, hit, items):
            return True
        before = sentence.low[: hit.first] if cue.behind or cue.apart else []
        missing = cue.behind is not None and self._behind[cue.behind].isdisjoint(before)
        if missing or (cue.apart and not self._behind[cue.apart].isdisjoint(before)):
            return True
        if cue.ahead and not self._behind[cue.ahead].isdisjoint(sentence.low[hit.last :]):
            return True
        said = zip(sentence.low[hit.first : hit.last], sentence.words[hit.first : hit.last], strict=True)
        if cue.command and any(low in (f"{word}s", f"{word}es") for low, word in said):
            return True
        if cue.listed and not self._lists.bare_list(sentence, hit, items, marked=cue.listed == "marked"):
            return True
        if cue.choice:
            return not offers_choice(sentence, hit, items)
        if not cue.impersonal:
            return False
        if cue.disease and not any(item.diagnosis and item.last == hit.first for item in items):
            return True
        return any(side.entry.id in OPPOSITE for side in sentence.sides) or not (self._persons.isdisjoint(sentence.low))

    def _negates_list(self, sentence: Sentence, hit: Hit) -> bool:
        """Whether a denial goes on behind what it stands in: that of a list, of a clause as far as an "or" ("knee not
        tender, red or swollen")."""
        cue = self._cues[hit.entry.id]
        listed = cue.scope == "clause" and not self._or.isdisjoint(sentence.words[hit.last :])
        return (cue.effect, cue.direction) == ("absent", "forward") and (listed or cue.scope in {"list", "phrase"})

    def _reached(
        self,
        sentence: Sentence,
        hit: Hit,
        cue: Cue,
        items: Sequence[Item],
        stops: list[tuple[int, str]],
        covered: list[bool],
        within: int,
    ) -> list[int]:
        reached: list[int] = []
        if (cue.direction in {"forward", "both"} or _announces(sentence, hit, cue)) and not ends_field(sentence, hit):
            if not is_answer(sentence, hit):
                reached += self._forward(sentence, hit, cue, items, stops, within)
            if not reached and cue.scope in {"list", "phrase"} and self._closes(sentence, hit):
                reached += self._near(sentence, hit, items)
        if cue.direction in {"backward", "both"} and not (
            cue.effect == "family" and self._goes_on(sentence, hit, items)
        ):
            reached += self._backward(sentence, hit, cue, items, stops, covered)
            if reached and cue.effect == "absent":
                reached += self._in_brackets(sentence, hit, items, items[reached[0]])
                for others in (self._lists.of_all, self._lists.of_label):
                    reached += [one for one in others(sentence, hit, items, reached[0]) if one not in reached]
        if cue.effect == "family":  # "Wife: leg swollen, ?DVT" is all of the patient
            return reached if reached and items[reached[0]].is_of(cue.only) else []
        return [index for index in reached if items[index].takes(cue.effect, cue.only)]

    def _forward(
        self, sentence: Sentence, hit: Hit, cue: Cue, items: Sequence[Item], stops: list[tuple[int, str]], within: int
    ) -> list[int]:
        end = self._scopes.reach(sentence, hit, cue, items, min(within, self._scopes.end(sentence, hit, cue, stops)))
        if cue.scope == "phrase":
            end = self._first_part(sentence, hit, items, end)
        reached: list[int] = []
        previous = hit.last
        # "no root compression" is itself what its "no" denies
        served = any(item.first <= hit.first < item.last for item in items)
        for index, item in enumerate(items):
            if item.first < hit.last:
                continue
            if item.first >= end:
                break
            between = sentence.words[previous : item.first]
            if cue.scope == "next":
                if not (reached or self._next_to(cue, between)):
                    break
                if reached and not self._only_joined(sentence, previous, item.first):
                    break
                if cue.effect == "absent" and reached and items[reached[-1]].elicited > item.elicited:
                    break  # "negative SLR and left foot drop"
            if item.well and cue.effect == "absent" and self._lists.apart(between, again=served or bool(reached)):
                break
            if self._exempt.ends(cue, sentence, hit, item):
                break
            if self._exempt.passes(cue, sentence, hit, item, items):
                continue
            if cue.effect == "possible" and reached:
                if self._lists.beside(cue, between, items[reached[-1]], item):
                    break
                if explains(sentence, items[reached[-1]], item):
                    continue
            reached.append(index)
            previous = max(previous, item.last)
        if cue.effect == "family":
            reached += self._of_relative(sentence, hit, items, reached)
        return reached

    def _next_to(self, cue: Cue, between: list[str]) -> bool:
        """Whether the words between a cue and a finding leave it the next; not "MRI negative, left foot drop"."""
        parted = between[:1] == [","] or (cue.effect == "absent" and not self._parting.isdisjoint(between[:1]))
        reach = _AMONG if cue.effect == "possible" and not self._or.isdisjoint(between) else _NEXT_REACH
        return len(between) <= reach and not parted

    def _of_relative(self, sentence: Sentence, hit: Hit, items: Sequence[Item], reached: Sequence[int]) -> list[int]:
        """The items behind those that a cue has ``reached`` that still tell of the relative, or behind a word that is
        no finding by itself ("his brother was paralysed by a tumour")."""
        more: list[int] = []
        if reached:
            last, first = items[reached[-1]].last, reached[-1] + 1
        else:
            last = next((one.last for one in sentence.content if one.first == hit.last), 0)
            first = next((index for index, item in enumerate(items) if item.first >= last), len(items))
        for index in range(first, len(items)) if last else ():
            item = items[index]
            if not self._informants.go_on(sentence, hit, last, item.first):
                break
            if self._exempt.ends(self._cues[hit.entry.id], sentence, hit, item):
                break
            more.append(index)
            last = item.last
        return more

    def _closes(self, sentence: Sentence, hit: Hit) -> bool:
        """Whether a cue of one word ends its phrase: "Fever: no", "numbness - none, pain - yes", "Rash: no so far"."""
        if hit.last - hit.first > 1:
            return False
        if hit.last == len(sentence.words) or sentence.raw(hit.last) in {",", ".", ";", ")", "/", "|"}:
            return True
        return sentence.words[hit.last] in self._closing and hit.first > 0 and sentence.raw(hit.first - 1) == ":"

    def _backward(
        self,
        sentence: Sentence,
        hit: Hit,
        cue: Cue,
        items: Sequence[Item],
        stops: list[tuple[int, str]],
        covered: list[bool],
    ) -> list[int]:
        before = [(index, item) for index, item in enumerate(items) if item.last <= hit.first]
        if not before:
            return []
        if cue.scope == "next" or (cue.direction == "both" and cue.scope == "sentence"):
            return self._near(sentence, hit, items)  # "radiculopathy versus neuropathy", "DVT warning signs given: ..."
        if cue.scope != "near":
            limit = max((t for t, kind in stops if t < hit.first and self._cues[kind].turns), default=-1)
            return [index for index, item in before if item.first > limit and hit.first - item.last <= LIST_REACH]
        beyond = cue.reach is not None and hit.first - before[-1][1].last >= cue.reach
        if beyond or (not cue.closing and cue.reach is None and self._belongs_forward(sentence, hit, cue, covered)):
            return []
        near = [i for i in self._near(sentence, hit, items) if not (items[i].normal and cue.effect == "absent")]
        return [i for i in near if not (cue.closing and self._exempt.presupposed(sentence, hit, items[i]))]

    def _in_brackets(self, sentence: Sentence, hit: Hit, items: Sequence[Item], item: Item) -> list[int]:
        """What stands in brackets behind the denial of symptoms or signs: "CES red flags: nil (saddle numbness)"."""
        opens, words = hit.last, sentence.words
        listed = not self._about.isdisjoint(words[item.first : hit.first])
        if not listed or opens >= len(words) or sentence.raw(opens) != "(":
            return []
        closes = words.index(")", opens) if ")" in words[opens:] else len(words)
        return [index for index, one in enumerate(items) if opens < one.first < closes]

    def _near(self, sentence: Sentence, hit: Hit, items: Sequence[Item]) -> list[int]:
        """The finding right before a cue, and those joined to it."""
        before = [(index, item) for index, item in enumerate(items) if item.last <= hit.first]
        reached: list[int] = []
        limit = hit.first
        for index, item in reversed(before):
            after = items[reached[-1]] if reached else item
            if limit == hit.first:
                if not self._leads_to(sentence, item.last, hit.first) or self._of_study(sentence, item, hit):
                    return []
            elif (item.first, item.last) == (after.first, after.last) or _stroke(sentence, item, limit):
                pass  # the same words twice: "bladder or bowel incontinence"; "epidural haematoma/abscess unlikely"
            elif not self._only_joined(sentence, item.last, limit) or answered(sentence, item):
                break
            elif after.diagnosis > item.diagnosis:
                break  # "left foot drop, DVT excluded"
            elif self._cues[hit.entry.id].effect == "absent" and self._lists.stated(sentence, item, after, items):
                break
            elif after.elicited > item.elicited and not self._of_all(sentence.words[item.last : hit.first]):
                break  # "back pain, SLR neg"; but "pain, swelling and a Tinel sign were absent"
            elif self._by_name(sentence, after) > self._by_name(sentence, item) and sentence.raw(item.last) == ",":
                break  # "tender over the fibular neck, Tinel negative"
            reached.append(index)
            limit = min(limit, item.first)
        return reached

    def _by_name(self, sentence: Sentence, item: Item) -> bool:
        """Whether an item is a test by its name, of which only what stands behind says what it showed."""
        return not self._tests.isdisjoint(sentence.low[item.first : item.last])

    def _goes_on(self, sentence: Sentence, hit: Hit, items: Sequence[Item]) -> bool:
        """Whether a cue tells of what follows it ("left foot drop, mother has lupus", "he is diabetic and his wife had
        a stroke")."""
        if hit.last == len(sentence.words):
            return False
        behind = hit.last
        while behind < len(sentence.words) and sentence.raw(behind).lower() in self._begins:
            behind += 1
        if any(item.first == behind > hit.last for item in items):
            return True
        return sentence.raw(hit.last).isalpha() and sentence.words[hit.last] not in self._closers

    def _of_study(self, sentence: Sentence, item: Item, hit: Hit) -> bool:
        """Whether what a cue answers is a study beside a complaint ("left foot drop (MRI negative)")."""
        return not item.diagnosis and not self._studies.isdisjoint(sentence.words[item.last : hit.first])

    def _belongs_forward(self, sentence: Sentence, hit: Hit, cue: Cue, covered: list[bool]) -> bool:
        """Whether the cue belongs to what follows it ("numbness, negative SLR", "hesitancy nil dysuria")."""
        token = hit.last
        if cue.effect == "hypothetical" or "  " in sentence.between(token - 1, token):
            return False  # "stroke prevention, diabetes"; or a field ends here
        if token < len(sentence.words) and sentence.raw(token) == "(" and sentence.raw(hit.first - 1) != ",":
            return False  # "DVT less likely (anticoagulated)"
        goes_on = token < len(sentence.words) and sentence.raw(token).isalpha()
        if goes_on and sentence.parted(hit.first - 1, hit.first + 1):
            return sentence.words[token] not in self._closers  # "nil SOB    nil calf pain"
        behind = hit.first - 2 if sentence.words[hit.first - 1] in self._gap else hit.first - 1
        if goes_on and cue.effect == "possible" and behind > 0 and sentence.words[behind] in self._introducing:
            return True  # "a fall with a questionable loss of consciousness"
        sides = {at for side in sentence.sides for at in range(side.first, side.last)}  # "LBP, nil bilat p+n"
        while token < len(sentence.words) and (sentence.words[token] in self._gap or token in sides):
            token += 1
        if token == len(sentence.words) or covered[token] or token > hit.last or hit.last - hit.first > 1:
            return token < len(sentence.words) and covered[token]
        place = any(one.first <= token < one.last for one in (*sentence.sites, *sentence.sides))
        raw = sentence.raw(token)
        if cue.effect == "possible" and raw[:1].isalpha() and (not raw.isalpha() or sentence.raw(hit.first - 1) == ","):
            return token not in sides and sentence.words[token] not in self._closers  # "weakness, likely L5/S1 disc"
        noun = raw.isalpha() or raw in self._signs  # "knee pain nil # on film"
        return noun and not place and sentence.words[token] not in self._closers

    def _leads_to(self, sentence: Sentence, start: int, end: int) -> bool:
        """Whether only linking words, sites and a few others stand between a finding and the cue after it."""
        if end - start > _AFTER_REACH and sentence.raw(start) not in _LEADERS:
            return False
        doubts = (hit for hit in sentence.cues if self._cues[hit.entry.id].effect == "possible")
        hits = (*sentence.sites, *sentence.sides, *sentence.content, *doubts)
        places = covered(hits)
        unknown, affirmed = 0, sentence.words[start - 1] in self._affirming
        plural = not self._plural.isdisjoint(sentence.words[end - 1 : end + 1])
        if sentence.parted(start - 1, end):
            return False  # "PAD (SFA stenosis)    AAA screen neg"; but "fever       no"
        for token in range(start, end):
            word = sentence.words[token]
            if word == "," and affirmed:
                return False  # "Tinel positive on the right, negative on the left"
            affirmed |= word in self._affirming
            if token in places or word in self._gap or word in self._linking or word in self._prepositions:
                continue
            if word in self._about or (word == "," and token == end - 1):
                continue
            if (word in self._of_field or sentence.raw(token).isdigit()) and sentence.raw(end) in _ANSWERED:
                continue  # "Falls in the last year: none"
            if word in self._joiners and (token + 1 in places or sentence.raw(token) in self._strokes or plural):
                continue  # "HIV/syphilis negative", "HIV and syphilis were negative"; not "weakness, COVID negative"
            if (
                word in {UNKNOWN, NUMBER}
                or (plural and sentence.raw(token).isalpha())
                # "chills/night sweats: no", "epidural abscess or haematoma unlikely"
                or not self._strokes.isdisjoint(sentence.words[max(start, token - 2) : token])
            ):
                unknown += 1
                if unknown > 2:
                    return False
                continue
            if sentence.raw(token) not in _LEADERS:
                return False
        return True

    def _only_joined(self, sentence: Sentence, start: int, end: int) -> bool:
        places = covered((*sentence.sites, *sentence.sides))
        return end - start <= 8 and all(
            token in places
            or sentence.words[token] in self._joiners
            or sentence.words[token] in self._gap
            or sentence.words[token] in self._prepositions
            for token in range(start, end)
        )

    def _first_part(self, sentence: Sentence, hit: Hit, items: Sequence[Item], end: int) -> int:
        """Where "without" ends: at a comma before any finding ("without aura, numb foot"), unless it lists."""
        comma = next((token for token in range(hit.last, end) if sentence.words[token] == ","), end)
        begun = any(hit.last <= item.first < comma or item.first == hit.first for item in items)
        return end if begun or self._or.intersection(sentence.words[comma:end]) else comma

    def _of_all(self, between: Sequence[str]) -> bool:
        """Whether what is said behind a list is of all of it: "pain or swelling absent", "pain and swelling were"."""
        return not self._or.isdisjoint(between) or (
            not self._and.isdisjoint(between) and not self._plural.isdisjoint(between)
        )


def _stroke(sentence: Sentence, item: Item, end: int) -> bool:
    """Whether a stroke without blanks ties a disease or what a test shows to what is said of the word behind it."""
    tied = end == item.last + 1 and sentence.raw(item.last) == "/" and not sentence.between(item.last, end)
    return tied and (item.diagnosis or item.elicited)


def _announces(sentence: Sentence, hit: Hit, cue: Cue) -> bool:
    """Whether what is said of the words before it holds of a list behind it ("precautions given: numbness, fever")."""
    listed = hit.last < len(sentence.words) and sentence.words[hit.last] == ":"
    return listed and (cue.effect, cue.scope) == ("hypothetical", "sentence")


def _kind(cue: Cue) -> str:
    """The kind of a cue among others that reach the same mention."""
    kinds = {"choice": cue.choice, "weak": cue.weak, "listed": cue.over_doubt, "reopened": cue.over_denial}
    kinds["done"] = cue.settles
    kinds["fulfilled"] = cue.fulfils
    return next((kind for kind, holds in kinds.items() if holds), cue.effect)
