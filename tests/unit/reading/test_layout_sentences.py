"""Sentences of clinical text: where they end and where they do not."""

from __future__ import annotations

import time

import pytest

from popliteal.knowledge.layers import Layers
from popliteal.knowledge.sentences import SentenceWords, load_sentence_words
from popliteal.reading.layout import LONGEST, sentences


@pytest.fixture(scope="module")
def sentence_words() -> SentenceWords:
    return load_sentence_words(Layers())


# The text with a "¦" at each end of a sentence; the marks are taken out before reading.
CASES = {
    "a line that begins with or": "Denies cough, calf pain\nor numbness.¦ Lives alone.¦\nor so he says.¦",
    "plain": "Pain in the left foot.¦ No weakness.¦",
    "abbreviation that never ends": "Seen by Dr. Example for approx. 3 weeks.¦ Better now.¦",
    "abbreviation before a capital": "Takes gabapentin b.i.d.¦ Reports numbness.¦",
    "abbreviation before lower case": "Takes gabapentin 300 mg p.o. b.i.d. for pain.¦",
    "versus": "L5 radiculopathy vs. peroneal palsy.¦",
    "initials are a disease": "Mother with MS.¦ Smoker.¦",
    "initials before lower case": "Mother has MS.¦ cannot lift the foot.¦",
    "a title before lower case": "Seen by Ms. van Dyke.¦",
    "decimals": "T 37.4 today, TA 4.5/5 and ABI 0.5 on the left.¦",
    "dates": "Fell on 12.3.2020 at work.¦ Improving.¦",
    "level before a stop": "Herniation at L5.¦ No stenosis.¦",
    "numbered list": "1. Diabetes.¦\n2. Back pain.¦\n3) Hypertension¦",
    "numbers in a line": "1)Foot drop¦ 2)No back pain¦ 3)DM¦",
    "numbers in brackets": "(1) No fever¦ (2) foot drop L¦",
    "letters in a line": "Reports: ¦a) numbness¦ b) no weakness¦",
    "glued numbers": "1.foot drop¦ 2.no pain¦",
    "bullets in a line": "No fever¦ • Foot drop¦ • DM¦",
    "dashes in a line": "- No fever¦ - Foot drop¦ - DM¦",
    "two dashes are no list": "- Numbness - Left foot¦",
    "numbers within a sentence": "Denies (1) fever, (2) chills and (3) pain.¦",
    "numbers that count nothing": "Grade 2) weakness, S1) root, 1-2 weeks, 2.5 mg¦",
    "number behind a title": "PLAN: 1. MRI of the spine.¦ 2. Review.¦",
    "number sign": "Took aspirin No. 3 daily.¦",
    "ellipsis runs on": "Walks a bit... then stops.¦",
    "ellipsis ends": "Walks a bit...¦ Then he stops.¦",
    "question in front": "?CES, ? cauda equina.¦ MRI today.¦",
    "question in front within a bracket": "Swollen calf (? DVT).¦ Scan today.¦",
    "question in front within quotes": 'He wrote "? DVT" and "? Stroke".¦',
    "question": "Any weakness?¦ None.¦",
    "question of quoted words": 'Is it "numb"?¦ No.¦',
    "slashes": "s/p TKA w/o complication, c/o foot drop.¦",
    "semicolon": "No fever; no chills; has numbness.¦",
    "bullets": "Denies:¦\n- numbness¦\n• weakness¦\n* falls¦",
    "lines without stops": "Nil numbness¦\nNil weakness¦\nNil saddle anaesthesia¦",
    "a denial at the end of a line": "L TKR 3/52 ago, now calf swollen.¦ No\nSOB.¦ Scan today.¦",
    "blank line": "Numbness of the foot\n\nand a new line¦",
    "wrapped line": (
        "The patient has had numbness over the dorsum of the left foot and\n"
        "trips over rugs since the operation on his knee last week, and he\n"
        "denies back pain.¦"
    ),
    "wrapped in a narrow column": (
        "Her left leg has been weak and\nnumb since Friday, and she has\nnot felt her bladder fill all\n"
        "day.¦ No back pain.¦"
    ),
    "short lines in a column": "Left knee pain 3 weeks\n¦No numbness\n¦Weak dorsiflexion, 4/5\n¦worse on stairs¦",
    "shorthand in lower case": (
        "woke with a dead leg on Monday, catches the toes on kerbs, no pain\n¦"
        "numb over the shin and the foot, not worse on coughing, no fever\n¦"
        "lost weight on the new injections and drives a van all day with a knee on the door, as for years.¦\n"
        "Works on a roof in the afternoon, where he squats for hours to fix the sheets and then cannot get up.¦"
    ),
    "wrapped before a capital": (
        "He was seen in the clinic on the ward by the registrar and then by Doctor\n"
        "Example who found weakness of dorsiflexion of the ankle and toes and sent\n"
        "him for studies.¦"
    ),
    "the longest of two lines": "Sudden complete loss of feeling in the left foot today¦\nReturn precautions given¦",
    "flattened": "HISTORY:,¦ The foot is numb.,¦PAST HISTORY:,¦ 1. Diabetes.,¦2. Gout.,¦NECK:,¦ Supple.¦",
    "flattened comma before a title": "no fever,¦NECK: supple¦",
    "comma in prose": "Numbness, tingling, and pain.¦",
    "missing space": "He was seen today.¦The foot is weak.¦",
    "carriage returns": "Foot drop¦\r\nNo back pain.¦\r\n\r\nPlan: AFO¦",
    "page break": "Foot drop\f¦and so on¦",
    "table": "TA | 3 | 5¦\nEHL | 2 | 5¦",
    "tabs": "TA\t3/5¦\nehl\t2/5¦",
    "capitals": "PATIENT DENIES WEAKNESS.¦ HAS NUMBNESS.¦",
    "no-break space": "Left\u00a0foot numb.\u00a0¦No weakness.¦",
    "quotation": 'He says "my foot is dead."¦ Then he left.¦',
}


@pytest.mark.parametrize("marked", CASES.values(), ids=CASES.keys())
def test_ends(marked: str, sentence_words: SentenceWords) -> None:
    if "\n\nand" in marked:
        marked = marked.replace("\n\nand", "¦\n\nand")
    text = marked.replace("¦", "")
    expected = [part.strip() for part in marked.split("¦") if part.strip()]
    assert [text[a:b] for a, b in sentences(text, sentence_words)] == expected


@pytest.mark.parametrize("text", ["", "   ", "\n\n\t\u00a0\r\n"])
def test_nothing_to_read(text: str, sentence_words: SentenceWords) -> None:
    assert sentences(text, sentence_words) == []


def test_no_sentence_is_too_long(sentence_words: SentenceWords) -> None:
    spans = sentences("numb " * 5000 + "x" * 5000, sentence_words)
    assert max(b - a for a, b in spans) <= LONGEST


@pytest.mark.parametrize("between", [", ", "; "])
def test_a_long_sentence_is_cut_between_two_things(between: str, sentence_words: SentenceWords) -> None:
    text = between.join(["no fever", "no swelling of the calf", "no rash or itch"] * 100)
    assert {text[a:b].split(maxsplit=1)[0] for a, b in sentences(text, sentence_words)} == {"no"}


@pytest.mark.parametrize(
    "unit", ["numb ", ".", " ", ".,", "e.g. ", "a, ", "(", "A B", "\n", "1. ", ":,", "\n- x", "\r", "—"]
)
def test_time_grows_with_length_not_faster(unit: str, sentence_words: SentenceWords) -> None:
    text = unit * (200_000 // len(unit))
    begun = time.process_time()
    sentences(text, sentence_words)
    assert time.process_time() - begun < 3.0
