"""Onset, course and the past, from the words near a finding."""

from __future__ import annotations

import json
import time
from datetime import date
from pathlib import Path

import pytest

from popliteal.knowledge.concepts import Concept
from popliteal.knowledge.layers import Layers
from popliteal.knowledge.sections import load_sections
from popliteal.knowledge.timing import load_timing
from popliteal.reading.past import section_temporality
from popliteal.reading.timing import Timer, Timing
from popliteal.schema import WORSE_FOR

NOTE_DATE = date(2021, 3, 10)  # a Wednesday


@pytest.fixture(scope="module")
def timer() -> Timer:
    return Timer(load_timing(Layers()))


def read(timer: Timer, marked: str, *, event: bool = False, dated: bool = True) -> Timing:
    """The timing of what stands between brackets."""
    start, end = marked.index("["), marked.index("]") - 1
    sentence = marked.replace("[", "").replace("]", "")
    return timer.read(sentence, start, end, NOTE_DATE if dated else None, event=event)


ONSET = {
    "[Foot drop] x3d": ("acute", 3),
    "[Foot drop] x3d after TKA": ("acute", 3),
    "[Foot drop] since yest": ("sudden", 1),
    "[Can't pee] since 0600": ("sudden", 1),
    "[Numb] since 14:30": ("sudden", 1),
    "[Numbness] for 10 days after crossing legs": ("acute", 10),
    "[foot drop] x 3 days": ("acute", 3),
    "[Numbness] for 2 weeks": ("acute", 14),
    "[numbness] over the last month": ("subacute", 30.4),
    "[LBP] 2/52": ("acute", 14),
    "[LBP] ~3/52 gradual onset": ("subacute", 21),
    "[weakness] 3/7": ("acute", 3),
    "6/12 hx of [sciatica]": ("chronic", 182.4),
    "3-day history of [fever], chills and weakness": ("acute", 3),
    "3-day history of fever, chills and [weakness]": ("acute", 3),
    "a ten week history of [leg pain]": ("subacute", 70),
    "numbness, [tingling], and pain in both feet for 6 weeks": ("subacute", 42),
    "[numbness] and tingling x 3 weeks": ("subacute", 21),
    "[numbness] since last Monday": ("acute", 2),
    "[numbness] since Friday": ("acute", 5),
    "[numbness] since 3/4/2021": ("acute", 6),
    "[numbness] since 20.2.2021": ("subacute", 18),
    "[numbness] since March 1, 2021": ("acute", 9),
    "[numbness] since 28/2": ("acute", 10),
    "[numbness] since 2/25": ("acute", 13),
    "[numbness] since 3/4": ("acute", 6),
    "[numbness] since the 1st": ("acute", 9),
    "Onset 20/11: [foot drop]": ("chronic", 110),
    "[numbness] since 3/7": ("acute", 3),
    "[numbness] began last December": ("chronic", 85),
    "[weakness] since 2015": ("chronic", 2079),
    "On Monday she noticed [foot drop]": ("acute", 2),
    "He woke up with [foot drop]": ("sudden", None),
    "Yesterday he developed [foot drop]": ("sudden", 1),
    "This morning she noticed [numbness] of the foot": ("sudden", None),
    "[foot drop] since this morning": ("sudden", None),
    "Three weeks ago, she developed [numbness]": ("subacute", 21),
    "[back pain] started 3 weeks ago": ("subacute", 21),
    "POD#2 [foot drop]": ("acute", 2),
    "On post-op day 3 he has [foot drop] and numbness": ("acute", 3),
    "[numbness] since age 12": ("chronic", None),
    "[numbness] for years": ("chronic", None),
    "[numbness] of the toes for a long time": ("chronic", None),
    "chronic [back pain]": ("chronic", None),
    "Known [spinal stenosis]": ("chronic", None),
    "sudden onset of [leg weakness]": ("sudden", None),
    "acute [leg pain] x 2 months": ("acute", 60.8),  # words beat arithmetic
    "subacute [leg weakness]": ("subacute", None),
    "new onset [foot drop]": ("acute", None),
    "[numbness] for 10-14 days": ("acute", 12),
    "[numbness] since 20 February": ("subacute", 18),
    "[numbness] since the 6th of March": ("acute", 4),
    "[calf pain] started on 28 December": ("subacute", 72),
    "[foot drop] noted on 7 March": ("acute", 3),
    "POD 3: [numb heel] reported": ("acute", 3),
    "POD#1 - [foot drop]": ("sudden", 1),
    "Hospital day 5: [calf swelling]": ("acute", 5),
    "HD 4, [numbness] of the shin": ("acute", 4),
    "Day 3 post op [foot drop]": ("acute", 3),
    "D2 post surgery: [foot drop]": ("acute", 2),
    "Post-op day #1 [numbness]": ("sudden", 1),
    "[numbness] for a few days": ("acute", 3),
}


@pytest.mark.parametrize(("marked", "expected"), ONSET.items(), ids=ONSET.keys())
def test_onset(marked: str, expected: tuple[str, float | None], timer: Timer) -> None:
    timing = read(timer, marked)
    assert timing.onset == expected[0]
    assert timing.onset_days == (None if expected[1] is None else pytest.approx(expected[1], abs=0.1))
    assert timing.cues


@pytest.mark.parametrize(
    "marked",
    [
        "[foot drop]",
        "55-year-old man with [foot drop]",
        "Chronic back pain with new [foot drop]",  # chronic is the pain's
        "sudden back pain; [numbness] of the foot",
        "chronic cough, but [foot drop]",
        "[foot drop] worse over the last 3 days",  # how long it has been worse, not when it began
        "No known [diabetes]",
        "no acute [fracture]",
        "Follow up in 2 weeks for [foot drop]",
        "Antibiotics for 10 days, [fever] gone",
        "He was seen on Monday for [foot drop]",
        "5/5 strength, [sensation] intact",
        "[foot drop]: TA 3/5",
    ],
)
def test_no_onset(marked: str, timer: Timer) -> None:
    assert read(timer, marked).onset == "unknown"


def test_dates_say_nothing_without_a_note_date(timer: Timer) -> None:
    for marked in ("[numbness] since 3/4/2021", "[numbness] since 28/2", "[numbness] began last December"):
        assert read(timer, marked, dated=False).onset == "unknown"


def test_a_weekday_is_a_week_ago_at_most_without_a_note_date(timer: Timer) -> None:
    for marked in ("[foot drop] since Tuesday", "[foot drop] since Sun", "The foot [dropped] on Saturday"):
        assert read(timer, marked, dated=False).onset_days == 7
        assert read(timer, marked).onset_days in range(1, 8)


def test_a_date_behind_the_note_is_no_onset(timer: Timer) -> None:
    assert read(timer, "[numbness] since 3/4/2031").onset_days is None


COURSE = {
    "[numbness] which cleared in the arm but persists in the leg": "improving",
    "[numbness] which cleared in May": "resolved",
    "new [leg weakness]": "new",
    "No new [leg weakness]": "new",
    "newly diagnosed [diabetes]": "new",
    "worsening [leg weakness]": "worsening",
    "rapidly progressive [leg weakness]": "worsening",
    "progressive knee and [calf swelling]": "worsening",
    "[foot drop] getting worse": "worsening",
    "[leg weakness] is worsening": "worsening",
    "[numbness], worse since yesterday": "worsening",
    "increasing [numbness] in the feet": "worsening",
    "The legs have slowly [weakened].": "worsening",
    "The foot has become steadily [weak].": "worsening",
    "Both feet are getting gradually [numb].": "worsening",
    "[back pain] that has increased every day": "worsening",
    "Now [dorsiflexion] has dropped to 3/5.": "worsening",
    "[Weakness]; the scan shows no recurrence.": "unknown",
    "[pain] unchanged": "stable",
    "[sciatica], stable": "stable",
    "[numbness] is unchanged from before": "stable",
    "[foot drop] has not progressed": "stable",
    "[foot drop] improving": "improving",
    "[numbness] has improved": "improving",
    "improvement in his [leg pain]": "improving",
    "[numbness] has resolved": "resolved",
    "Both feet have [gone numb]": "unknown",
    "[Tone ↑] in the legs": "unknown",
    "no longer has [numbness]": "resolved",
    "[shin pain] far better since the nerve block": "improving",
    "[calf pain] is worse after the operation": "worsening",
    "[tingling] of the left sole for 3 weeks, now weaker": "worsening",
    "[tingling] of the sole for 3 weeks, today a bit better": "improving",
    "[tingling] of the sole for 3 years, no real change": "stable",
    "[limp] on the left for a decade, about the same": "stable",
    "Old [foot drop], static": "stable",
    "Settled: heel pain, [tingling]": "resolved",
    "Had [fever], no further episodes since": "resolved",
    "[pain] is better after rest": "unknown",
    "Never free of [leg pain]": "unknown",
    "known neuropathy, unchanged [burning]": "stable",
    "[foot drop]": "unknown",
    "[numbness], worsening weakness": "unknown",
    "No improvement in [leg pain]": "unknown",
    "[leg pain] has not improved": "unknown",
    "[pain] worse with sitting": "unknown",
    "[pain] is better when lying": "unknown",
    "Vital signs stable, [numbness]": "unknown",
    "increased tone, [clonus]": "unknown",
    "[foot drop] should have resolved by June": "unknown",
    "[foot drop] will have fully recovered by spring": "unknown",
    "[numbness] may be improving": "unknown",
    "[numbness] is expected to have settled by then": "unknown",
    "[foot drop], full recovery expected": "unknown",
    "[foot drop], complete resolution is likely": "unknown",
    "[foot drop] with full recovery": "resolved",
    "New patient with [foot drop]": "unknown",
}


@pytest.mark.parametrize(("marked", "expected"), COURSE.items(), ids=COURSE.keys())
def test_course(marked: str, expected: str, timer: Timer) -> None:
    assert read(timer, marked).course == expected


# sentence -> over how many days it got worse; 0: rapidly
WORSE_OVER: dict[str, float | None] = {
    "[foot weakness] worse over three days": 3,
    "[leg weakness] has deteriorated over the past 48 hours": 2,
    "[leg weakness], worsening over the last 2 weeks": 14,
    "rapidly progressive [weakness]": 0,
    "[weakness] is rapidly worsening": 0,
    "[weakness] getting worse by the hour": 0,
    "[weakness] progressing quickly": 0,
    "[weakness] worse since yesterday": 0,
    "[weakness] getting worse over months": None,
    "[weakness] slowly getting worse": None,
    "[weakness] is worse today": None,
    "[weakness] for three days": None,
    "[weakness] rapidly improving": None,
}


@pytest.mark.parametrize(("marked", "days"), WORSE_OVER.items(), ids=WORSE_OVER.keys())
def test_over_how_many_days_it_got_worse(marked: str, days: float | None, timer: Timer) -> None:
    told = [cue.removeprefix(WORSE_FOR) for cue in read(timer, marked).cues if cue.startswith(WORSE_FOR)]
    assert told == ([] if days is None else [f"{days:g}"])


# sentence -> over as a finding, over as an event (an operation, an injury)
PAST = {
    "prior [foot drop]": (True, True),
    "previous [laminectomy]": (True, True),
    "remote history of [sciatica]": (True, True),
    "s/p [TKA]": (True, True),
    "[sciatica] in the past": (True, True),
    "[sciatica] as a child": (True, True),
    "used to have [sciatica]": (True, True),
    "[numbness] resolved": (True, True),
    "[foot drop] 12 years ago": (True, True),
    "He started having [back pain] 3 years ago": (False, True),
    "history of [spinal stenosis]": (False, True),
    "3-day history of [weakness]": (False, False),
    "[laminectomy] in 2015": (False, True),
    "underwent [decompression]": (False, True),
    "The [fracture] was repaired": (False, True),
    "She fell and [knee replacement] is scheduled": (False, False),
    "Will consider [knee replacement]": (False, False),
    "[fall] 4 days ago": (False, False),
    "[fall] 2 months ago": (False, True),
    "[numbness] prior to surgery": (False, False),
    "55-year-old man with [foot drop]": (False, False),
    "previous visit for [foot drop]": (False, False),
    "In 2011 she suffered a bout of [sciatica]": (True, True),
    "In 2011 she had [foot drop] that persisted": (False, False),
    "In January 2021 he had [numbness]": (False, False),
    "Last winter he had an episode of [calf swelling]": (True, True),
    "[heel abscess] last spring, treated": (True, True),
    "[bone tumour] 2003, in remission": (True, True),
    "Hospitalised 2/10-2/14 for fever, rigors and [leg pain]": (True, True),
    "Hospitalised 2/10-2/14 for fever, [rigors] and leg pain": (True, True),
    "Hospitalised 2/10-2/14 for fever, [leg pain]": (False, True),
    "Hospitalised 2/10-2/14 for fever and new [leg pain]": (False, False),
    "old scan shows [stenosis]": (False, False),
    "Since the [crash] four years ago his leg is weak": (False, True),
    "S/p [fall] this morning": (False, False),
    "[numb saddle] cleared before surgery": (True, True),
    "Had [chills] last month, none since": (True, True),
    "Resolved symptoms: heel pain, [tingling]": (True, True),
    "Previous problems: [sciatica]": (True, True),
    "Old [tibial fracture], static": (False, True),
    "Not free of [tingling]": (False, False),
    "Not yet settled: [numbness]": (False, False),
    "[foot drop] since a fall years ago": (False, False),
    "On admission [retention]": (False, False),
    "Seen 5 hours after a [fall]": (False, False),
    "8 weeks after a [fall]": (False, True),
    "Impression: [infected THR] likely": (False, False),
}


@pytest.mark.parametrize(("marked", "expected"), PAST.items(), ids=PAST.keys())
def test_temporality(marked: str, expected: tuple[bool, bool], timer: Timer) -> None:
    said = tuple(read(timer, marked, event=event).temporality for event in (False, True))
    assert said == tuple("historical" if past else None for past in expected)


@pytest.mark.parametrize(
    ("kind", "past"),
    [
        ("past_history", {"event"}),
        ("surgical_history", {"symptom", "event", "drug"}),
        ("prior_note", {"symptom", "event", "drug"}),
        ("procedure", {"drug"}),
        ("hospital_course", set()),
        ("hpi", set()),
        ("plan", set()),
        ("unknown", set()),
    ],
)
def test_sections_put_into_the_past(kind: str, past: set[str]) -> None:
    rules = load_sections(Layers())
    symptom = Concept(id="x", category="", label="X", src="")
    concepts = {
        "symptom": symptom,
        "event": symptom.model_copy(update={"event": True}),
        "drug": symptom.model_copy(update={"treatment": "drug"}),
    }
    assert {name for name, one in concepts.items() if section_temporality(kind, one, rules) == "historical"} == past


@pytest.mark.parametrize(
    "unit", ["since ", "3 days ", "worse, ", "x ", "((", "12/", "for 3 ", "new acute chronic ", "a "]
)
def test_time_grows_with_length_not_faster(unit: str, timer: Timer) -> None:
    sentence = unit * (2000 // len(unit))
    begun = time.process_time()
    for start in range(0, len(sentence), 50):
        timer.read(sentence, start, min(start + 4, len(sentence)))
    assert time.process_time() - begun < 3.0


def test_what_may_stand_around_a_cue_is_told_by_the_patterns(tmp_path: Path) -> None:
    layers = Layers()
    gap = dict(layers.entries("timing.yaml")["gap"][2])  # type: ignore[call-overload]  # an entry of this file is a mapping
    gap |= {"opened_by": ["kurz"], "goes_on": ["seither"], "asides": [" however mild *$"], "last_joins": ["und"]}
    (tmp_path / "timing.yaml").write_text(json.dumps({"gap": gap}), encoding="utf-8")
    theirs, ours = (Timer(load_timing(one)) for one in (Layers(tmp_path), layers))
    said = {
        "er war kurz 3 days [tingling]": "acute",
        "[numbness] resolved seither": "resolved",
        "the [numbness] however mild resolved": "resolved",
        "[numbness], cramps und tingling x 3 days": "acute",
    }
    for marked, found in said.items():
        assert found in {read(theirs, marked).onset, read(theirs, marked).course}
        assert found not in {read(ours, marked).onset, read(ours, marked).course}


#: Courses: the words of a finding's place do not count, another one that is only joined to it does not take its course.
SAID = {
    "[numbness] in the sole of her right foot is new": "new",
    "[sciatica] has resolved and back pain is mild": "resolved",
    "sciatica has resolved and [back pain] is mild": "unknown",
    "the leg pain is improving but [numbness] is there": "unknown",
    "[foot pain] (worsening), knee pain": "worsening",
    "foot pain (worsening) and [knee pain]": "unknown",
    "worsening [foot pain] and numbness": "worsening",
    "worsening foot pain and [numbness]": "worsening",
    "[back pain] is much worse with sitting": "unknown",
    "[back pain] is much worse": "worsening",
    "[knee pain] eased by ice": "unknown",
    "[knee pain] has eased": "improving",
}


@pytest.mark.parametrize("marked", SAID)
def test_a_course_is_of_the_finding_that_it_is_said_of(timer: Timer, marked: str) -> None:
    assert read(timer, marked).course == SAID[marked]


def test_a_time_set_off_by_a_comma_is_not_of_what_is_joined_behind_it(timer: Timer) -> None:
    assert read(timer, "back pain for 5 weeks, with [tingling]").onset == "unknown"
    assert read(timer, "for 5 weeks, [tingling]").onset == "subacute"
