"""Movements whose joint stands apart: ``knee: flexion 4/5, extension 5/5``, ``abduction of the left hip``."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import replace

from popliteal.knowledge.forms import expand
from popliteal.knowledge.measurements import Joints as JointRules
from popliteal.knowledge.measurements import Subject
from popliteal.reading.measurements.lexer import Entry, Token, Vocabulary

_BETWEEN = frozenset({"link", "sep", "side", "prep"})
_APART = frozenset({"motion", "joint", "place"})
#: A joint behind its motion stands at most so many tokens from it.
NEAR = 8


class Joints:
    """Knows the motions of each joint, and which subject each is."""

    def __init__(self, rules: JointRules, subjects: Mapping[str, Subject]) -> None:
        self._rules = rules
        self._subjects = subjects
        self._joint_of = {form: key for key, one in rules.joints.items() for form in one.words}
        self._made = {(key, motion): part for key, one in rules.joints.items() for motion, part in one.motions.items()}
        self._bare = {wording for forms in rules.motions.values() for form in forms for wording in expand(form)}
        self._parts = {part: (joint, motion) for (joint, motion), part in self._made.items()}

    def add(self, vocabulary: Vocabulary) -> None:
        """Make a vocabulary know motions and joints; what it knows already keeps its meaning."""
        for motion, forms in self._rules.motions.items():
            vocabulary.add(forms, Entry("motion", motion))
        vocabulary.add(self._joint_of, Entry("joint"))

    def resolve(self, tokens: list[Token]) -> list[Token]:
        """``tokens`` with subjects for the motions whose joint is named; other motions and joints become words."""
        if not any(token.kind in _APART or token.role == "place" or token.region == "arm" for token in tokens):
            return tokens
        done: list[Token] = []
        joint: str | None = None
        owner = -1
        for at, token in enumerate(tokens):
            token = self._of_arm(token, joint)
            here = self._named(token)
            joint = here or (None if token.kind in {"word", "hard", "num"} else joint)
            if token.kind == "motion" and not _in_degrees(tokens, at):
                behind = self._behind(tokens, at)
                owner = behind or owner
                token = self._subject(token, self._named(tokens[behind]) if behind else joint, token.id)
            elif here is not None and token.weak and self._behind(tokens, at) is not None:
                token = replace(token, weak=False)  # "abduction of the left hip"
            elif at == owner:
                token = replace(token, kind="place", role="place")
            elif here is not None and self._parts.get(token.id, ("",))[0] != here:
                token = self._subject(token, here, self._shared(tokens, at))
            done.append(replace(token, kind="word") if token.kind in {"motion", "joint"} else token)
        return done

    def _of_arm(self, token: Token, joint: str | None) -> Token:
        """A motion of the hip that names no joint, as that of a joint before it that has it, too:
        ``shoulder abductors/adductors``."""
        bare = token.kind == "subject" and token.weak and token.wording.casefold() in self._bare
        own, motion = self._parts.get(token.id, (None, None)) if bare else (None, None)
        return token if own is None or own == joint else self._subject(token, joint, motion)

    def _named(self, token: Token) -> str | None:
        """The joint that a token names, by itself or as part of a movement."""
        if token.kind == "subject" and token.id in self._parts:
            return self._parts[token.id][0]
        if token.kind in {"joint", "place"} or token.role == "place":
            return self._joint_of.get(token.wording.casefold())
        return None

    def _subject(self, token: Token, joint: str | None, motion: str | None) -> Token:
        part = self._made.get((joint or "", motion or ""))
        if part is None:
            return token
        region = self._subjects[part].region
        return replace(token, kind="subject", id=part, role="part", region=region, weak=False)

    def _behind(self, tokens: Sequence[Token], at: int) -> int | None:
        """Where the joint of a motion or of a list of motions stands: ``flexion and extension of the left knee``."""
        led = False
        for n, token in enumerate(tokens[at + 1 : at + NEAR], at + 1):
            if led and self._named(token) is not None and (token.role != "part" or token.weak):
                return n
            led = led or token.kind == "prep"
            if token.kind not in _BETWEEN and token.kind != "motion":
                return None
        return None

    def _shared(self, tokens: Sequence[Token], at: int) -> str | None:
        """The motion of a joint that stands in a list before another joint's: ``hip and knee flexion``."""
        parted = False
        for token in tokens[at + 1 : at + NEAR]:
            if token.kind == "subject" and token.id in self._parts:
                return self._parts[token.id][1] if parted else None
            if token.kind not in _BETWEEN and self._named(token) is None:
                return None
            parted = parted or token.kind == "sep"
        return None


def _in_degrees(tokens: Sequence[Token], at: int) -> bool:
    """Whether a motion is measured, so that no grade behind it is its own: ``flexion is 110 degrees, quads 4/5``."""
    for token in tokens[at + 1 : at + NEAR]:
        if token.kind not in {"link", "prep", "num"}:
            return token.kind == "block"
    return False
