"""What was so then and is otherwise now, in whole sentences."""

from __future__ import annotations

import pytest

from popliteal.knowledge import Knowledge, load
from popliteal.knowledge.concepts import Concept
from popliteal.reading.contrast import Contrast
from popliteal.reading.mention import Mention
from popliteal.reading.reader import Reader


@pytest.fixture(scope="module")
def knowledge() -> Knowledge:
    return load()


@pytest.fixture(scope="module")
def reader(knowledge: Knowledge) -> Reader:
    return Reader(knowledge)


# text -> the concepts in it that are over
THEN = {
    "On arrival T 39.4; currently afebrile.": {"fever"},
    "T 39.4 on arrival, now afebrile.": {"fever"},
    "Yesterday febrile 39.1. Today afebrile.": {"fever"},
    "At the last review perianal numbness; today he denies this.": {"saddle_anesthesia"},
    "Two weeks ago he had numbness of the left foot. Now completely resolved.": {"numbness"},
    "At first could not pass urine, now passing urine normally.": {"bladder_retention"},
    "Last month left quadriceps 3/5, now left quadriceps 4/5.": {"knee_extension_weakness"},
    "Left TA was 1/5, today 3/5.": {"ankle_dorsiflexion_weakness"},
    "Preoperatively R EHL 2/5, postoperatively R EHL 5/5.": {"great_toe_extension_weakness"},
    # an examination further down takes back the signs that it can see
    "In Sept he could not lift the left foot.\nBack at work.\nO/E: no foot drop.": {"foot_drop"},
    "Wk 2: left knee hot.\nWell since.\nO/E: left knee not warm.": {"knee_warmth"},
    "She was numb in the saddle.\nO/E: perianal sensation intact.": set(),
    "Had fever at home.\nO/E: afebrile.": set(),
    "Yesterday acute left foot drop.\nIn bed.\nO/E: no foot drop.": set(),
    "The left knee was hot.\nO/E: right knee not warm.": set(),
    # what comes after takes nothing back
    "Presented with retention of urine and perianal numbness.": set(),
    "Initially sciatica, now incontinent of urine.": set(),
    "Initially retention of urine; now bowels opening normally.": set(),
    "Initially retention of urine and perianal numbness; now no back pain.": set(),
    "On arrival retention of urine. Now catheterised, sensation normal.": set(),
    "Last week perianal numbness; today sensation normal in both feet.": set(),
    "Initially perianal numbness, now partly resolved.": set(),
    "Last month left EHL 3/5, now right EHL 5/5.": set(),
    "Last month numb left foot; today numb left foot.": set(),
    "Today foot drop; yesterday well.": set(),
}


@pytest.mark.parametrize(("text", "over"), THEN.items(), ids=THEN.keys())
def test_then_and_now(text: str, over: set[str], reader: Reader) -> None:
    assert {found.concept for found in reader.read(text) if found.temporality == "historical"} == over


@pytest.mark.parametrize(("denied", "over"), [("perianal numbness", True), ("calf pain", False)])
def test_one_label_for_all_is_not_one_finding(denied: str, over: bool, knowledge: Knowledge) -> None:
    contrast = Contrast(
        knowledge.timing.contrast,
        lambda label: Concept(id=label, category="", label=label, src=""),
        knowledge.sections.kinds,
    )
    text = f"Initially perianal numbness, now no {denied}."
    then = Mention(10, 27, "symptom", "", assertion="present")
    now = Mention(text.index("no ") + 3, len(text) - 1, "symptom", "", assertion="absent")
    assert [one for one, new in contrast.changed(text, [(0, len(text))], [[then, now]]) if not new] == (
        [then] if over else []
    )


def test_what_stays_in_the_body_is_not_over(reader: Reader) -> None:
    found = reader.read("S/p left knee replacement 2012.")
    assert {one.concept: one.temporality for one in found} == {
        "joint_prosthesis": "current",
        "knee_surgery": "historical",
    }


def test_what_is_absent_has_lasted_no_time(reader: Reader) -> None:
    onset = {one.concept: one.onset for one in reader.read("L calf pain 2/7, no injury.")}
    assert onset["calf_pain"] == "acute"
    assert onset["trauma"] == "unknown"
