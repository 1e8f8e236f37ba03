"""Text as the stages read it: of the same length, with capitals, spaces and dashes as the patterns have them."""

from __future__ import annotations

from functools import lru_cache

import pytest
from hypothesis import given
from hypothesis import strategies as st

from popliteal.knowledge import load
from popliteal.reading.reader import Reader
from popliteal.running.engine import Engine
from popliteal.schema import Note

CASES = [
    ("slr neg, aj absent, crp 42, l foot numb", "SLR neg, AJ absent, CRP 42, L foot numb"),
    ("numb foot l. t 38.5, l5 pain\npmh: ra\n- r knee", "Numb foot L. T 38.5, L5 pain\nPMH: RA\n- R knee"),
    ("power n. weak r>l.", "Power N. Weak R>L."),
    ("ajs absent", "AJs absent"),
    # with capitals only what cannot be a word, and a side beside a part of the leg
    ("Slr neg, crp 42, l foot numb and r tkr.", "Slr neg, CRP 42, L foot numb and R TKR."),
    ("Pad at the L knee, he got 4 l of fluid.", "Pad at the L knee, he got 4 l of fluid."),
    ("Ali has a pad. Pt had als? Also aka MND.", "Ali has a pad. Pt had als? Also aka MND."),
    ("L AT 0/5, PT 2+", "L AT 0/5, PT 2+"),
    ("NUMB AT THE LEFT FOOT SINCE MONDAY.", "Numb at the left foot since monday."),
    # sides in brackets
    ("numb (L) foot, drop on the (R), pain (b/l) in legs", "numb Lt  foot, drop on the Rt , pain b/l   in legs"),
    ("Release (L) May 2021, Lyrica(R) for (R)-sided pain", "Release (L) May 2021, Lyrica(R) for (R)-sided pain"),
    # words that are never acronyms
    ("from the low back he fell at us", "From the low back he fell at us"),
    # spaces, ends of lines and dashes of word processors
    ("No\xa0fever.\r\nL\u202ffoot", "No fever. \nL foot"),
    ("EHL 4–/5, follow–up in 2–3 days – C6–7", "EHL 4-/5, follow-up in 2–3 days – C6–7"),
    ("numb foot — must exclude DVT", "numb foot – must exclude DVT"),
    # line breaks that an export escaped: HL7, mail, spreadsheets, and once too often
    ("No pain.\\.br\\Foot drop", "No pain.    \nFoot drop"),
    ("No pain.=0D=0AFoot drop", "No pain.     \nFoot drop"),
    ("No pain._x000D_\nFoot drop", "No pain.      \n\nFoot drop"),
    ("No pain.\\nFoot\\tdrop", "No pain. \nFoot  drop"),
    ("no pain\\r\\nno fever\\r\\nfoot drop\n", "No pain   \nNo fever   \nFoot drop\n"),
    ("Pain and\\nor numbness", "Pain and\\nor numbness"),
    ("No pain\nin C:\\notes\\new", "No pain\nin C:\\notes\\new"),
    ("old\rlines", "Old\nLines"),
]


@lru_cache(maxsize=1)
def reader() -> Reader:
    return Reader(load())


@pytest.mark.parametrize(("written", "read"), CASES)
def test_evened(written: str, read: str) -> None:
    assert reader().readable(written)[0] == read


@given(st.text(alphabet=st.sampled_from("lrbtnaj slcrp5.,;:/>–\xa0\r\nFootKknee"), max_size=60))
def test_every_character_keeps_its_place(text: str) -> None:
    evened, _ = reader().readable(text)
    assert len(evened) == len(text)
    assert evened.casefold().split() == text.replace("–", "-").casefold().split() or "–" in text


@pytest.mark.parametrize(
    "text",
    [
        "RTA 3/7 ago. L foot drop, EHL 2/5, TA 3/5, AJ present. SLR neg. CRP 4.",
        "PMH: T2DM, AF, L TKR\nHPC: R foot numb 2/52, LBP. No CES sx.\nO/E: R KJ absent, plantars down. Power N.",
        "FH: nil. BLE edema, CRT 2s. L>R weakness of DF.",
    ],
)
def test_a_note_without_capitals_says_the_same(text: str) -> None:
    engine = Engine()

    def read(text: str) -> list[tuple[object, ...]]:
        found = engine.assess_note(Note(note_id="n", text=text))["findings"]
        columns = ("start", "end", "concept", "site", "laterality", "assertion", "temporality")
        return [tuple(one[column] for column in columns) for one in found]

    assert read(text) == read(text.lower())
    found = engine.assess_note(Note(note_id="n", text=text.lower()))["findings"]
    assert all(one["text"] == text.lower()[one["start"] : one["end"]] for one in found)
