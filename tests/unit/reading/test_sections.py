"""Sections: headers in their many shapes, and words that are none."""

from __future__ import annotations

import time

import pytest

from popliteal.knowledge import load
from popliteal.knowledge.layers import Layers
from popliteal.knowledge.sections import KINDS, SectionRules, load_sections, normal
from popliteal.reading.sections import find_sections, section_at


@pytest.fixture(scope="module")
def rules() -> SectionRules:
    return load_sections(Layers())


# text -> (kind, title, side) of each section that has a title
CASES: dict[str, list[tuple[str, str, str | None]]] = {
    "HPI: foot drop": [("hpi", "HPI", None)],
    "PAST MEDICAL HISTORY: gout": [("past_history", "PAST MEDICAL HISTORY", None)],
    "Past Medical History\nGout": [("past_history", "Past Medical History", None)],
    "Past Medical/Surgical History:\nGout": [("past_history", "Past Medical/Surgical History", None)],
    "**Exam**\nnormal": [("exam", "Exam", None)],
    "**Plan:** AFO": [("plan", "Plan", None)],
    "# Plan\nAFO": [("plan", "Plan", None)],
    "== ROS ==\nnegative": [("ros", "ROS", None)],
    "Family History\n--------------\nnil": [("family_history", "Family History", None)],
    "[Assessment]\nsciatica": [("assessment", "Assessment", None)],
    "O/E (brief)\nSLR neg\nImp: fine\nA/P\nrest": [
        ("exam", "O/E (brief)", None),
        ("assessment", "Imp", None),
        ("assessment", "A/P", None),
    ],
    "Plan - AFO and physio": [("plan", "Plan", None)],
    "PMHx T2DM\nFHx nil": [("past_history", "PMHx", None), ("family_history", "FHx", None)],
    "S: numb foot\nO: weak\nA: palsy\nP: AFO": [
        ("hpi", "S", None),
        ("exam", "O", None),
        ("assessment", "A", None),
        ("plan", "P", None),
    ],
    "PMH: DM, HTN. FH: mother with MS. SH: smoker.": [
        ("past_history", "PMH", None),
        ("family_history", "FH", None),
        ("social_history", "SH", None),
    ],
    "HISTORY:, Numb.,PAST SURGICAL HISTORY:, TKA.,PHYSICAL EXAMINATION:, Weak.,NECK:, supple": [
        ("hpi", "HISTORY", None),
        ("surgical_history", "PAST SURGICAL HISTORY", None),
        ("exam", "PHYSICAL EXAMINATION", None),
        ("exam", "NECK", None),
    ],
    "EXAM:\nRIGHT LOWER EXTREMITY:\nMotor: 5/5\nSensation: intact\nLeft leg - weak\nGait: ok": [
        ("exam", "EXAM", None),
        ("exam", "RIGHT LOWER EXTREMITY", "right"),
        ("exam", "Motor", "right"),
        ("exam", "Sensation", "right"),
        ("exam", "Left leg", "left"),
        ("exam", "Gait", None),
    ],
    "EXAM: L knee: effusion. R knee: none. BLE: no edema": [
        ("exam", "EXAM", None),
        ("exam", "L knee", "left"),
        ("exam", "R knee", "right"),
        ("exam", "BLE", "bilateral"),
    ],
    "L-spine MRI: disc at L5": [("imaging", "L-spine MRI", None)],
    "EXAM:\nSPECIAL MANEUVERS: nil\nPLAN: AFO": [
        ("exam", "EXAM", None),
        ("exam", "SPECIAL MANEUVERS", None),
        ("plan", "PLAN", None),
    ],
    "FAMILY HISTORY: gout\nDIVING LOG: none": [
        ("family_history", "FAMILY HISTORY", None),
        ("unknown", "DIVING LOG", None),
    ],
    "VITALS: BP 120/80\nHEENT: normal": [("vitals", "VITALS", None), ("exam", "HEENT", None)],
    "ROS\nNeuro: numb feet\nMusculoskeletal: back pain": [
        ("ros", "ROS", None),
        ("ros", "Neuro", None),
        ("ros", "Musculoskeletal", None),
    ],
    "Neurological Exam: normal": [("exam", "Neurological Exam", None)],
    "Return precautions given\nLeft foot drop": [],
    "Risks discussed\n- foot drop": [("consent", "Risks discussed", None)],
    "Return precautions: new weakness": [("instructions", "Return precautions", None)],
    "Safety net back\n- new weakness": [("instructions", "Safety net back", None)],
    "Risks: nerve injury, foot drop": [("consent", "Risks", None)],
    "INDICATION FOR PROCEDURE: foot drop": [("indication", "INDICATION FOR PROCEDURE", None)],
    "NCS/EMG: peroneal block": [("electrodiagnostics", "NCS/EMG", None)],
    "Hospital Course: treated": [("hospital_course", "Hospital Course", None)],
    "Interval history: worse": [("interval_history", "Interval history", None)],
    "Copied from prior note: foot drop": [("prior_note", "Copied from prior note", None)],
    "PREOPERATIVE DIAGNOSIS: foot drop": [("diagnosis_list", "PREOPERATIVE DIAGNOSIS", None)],
    "Plan back/sciatica today: rest": [("plan", "Plan back/sciatica today", None)],
}


@pytest.mark.parametrize(("text", "expected"), CASES.items(), ids=[text[:40] for text in CASES])
def test_headers(text: str, expected: list[tuple[str, str, str | None]], rules: SectionRules) -> None:
    assert [(s.kind, s.title, s.side) for s in find_sections(text, rules) if s.title] == expected


@pytest.mark.parametrize(
    "text",
    [
        "We made a plan with the patient about the pain.",
        "Our simple plan: rest",
        "He has a history of gout, and his exam was normal.",
        "the assessment\nwas normal",
        "Foot drop.",
        "Hypertension.",
        "P: 80 R: 16 T: 37",
        "At 10:30 he fell; ratio 2:1.",
        "The patient denies pain: none",
    ],
)
def test_no_header_in_running_text(text: str, rules: SectionRules) -> None:
    assert {s.kind for s in find_sections(text, rules)} == {"unknown"}


@pytest.mark.parametrize(
    "label", ["Weakness: denied", "Sensation: intact", "Knee: no effusion", "Pain: 3/10", "BP: 120/80"]
)
@pytest.mark.parametrize(
    ("header", "kind"), [("HPI:", "hpi"), ("ROS:", "ros"), ("EXAM:", "exam"), ("PMH:", "past_history")]
)
def test_labels_stay_in_their_section(label: str, header: str, kind: str, rules: SectionRules) -> None:
    for text in (f"{header} text.\n{label}", f"{header} text. {label}", f"{header}\n- {label}"):
        assert find_sections(text, rules)[-1].kind == kind


def test_instructions_after_if_end_at_a_blank_line(rules: SectionRules) -> None:
    text = "PLAN: rest\nED if:\n- new weakness\n- numbness\n\nSeen with the registrar."
    sections = find_sections(text, rules)
    assert section_at(sections, text.index("numbness")).kind == "instructions"
    assert section_at(sections, text.index("Seen")).kind == "plan"


def test_rule_between_problems_resets(rules: SectionRules) -> None:
    text = "Plan: return if worse\n\n---\n\nBack pain\n- known sciatica"
    assert section_at(find_sections(text, rules), text.index("known")).kind == "unknown"


def test_before_the_first_header_and_behind_the_end(rules: SectionRules) -> None:
    sections = find_sections("Seen today.\nPLAN: rest", rules)
    assert (sections[0].kind, sections[0].title, sections[0].start) == ("unknown", "", 0)
    assert section_at(sections, 10_000) is sections[-1]
    assert [s.kind for s in find_sections("", rules)] == ["unknown"]


def test_every_kind_has_a_rule_and_titles(rules: SectionRules) -> None:
    assert set(rules.kinds) == set(KINDS)
    assert set(rules.titles.values()) == set(KINDS) - {"unknown"}


@pytest.mark.parametrize(
    ("kind", "assertion", "temporality"),
    [
        ("family_history", "family", None),
        ("instructions", "hypothetical", None),
        ("consent", "hypothetical", None),
        ("surgical_history", None, "historical"),
        ("past_history", None, "historical_events"),
        ("exam", None, None),
        ("indication", None, None),
    ],
)
def test_defaults(kind: str, assertion: str | None, temporality: str | None, rules: SectionRules) -> None:
    assert (rules.kinds[kind].assertion, rules.kinds[kind].temporality) == (assertion, temporality)


def test_normal_form() -> None:
    assert normal("Review of Systems") == normal("REVIEW-SYSTEMS")
    assert normal("Today's A/P") == "todays a p"


@pytest.mark.parametrize(
    "unit", ["A: ", "PMH: x. ", "x\n", "NECK:,", "a:b:", "((((", "-\n", "**", ". ", ",", "AB ", "Exam - "]
)
def test_time_grows_with_length_not_faster(unit: str, rules: SectionRules) -> None:
    text = unit * (100_000 // len(unit))
    begun = time.process_time()
    find_sections(text, rules)
    assert time.process_time() - begun < 4.0


REPORTS = {
    "MRI left knee\nTechnique: T1.\nFindings: tear.\nImpression: tear.": ["", *["MRI left knee"] * 3],
    "US right calf veins.\nFindings: clear.": ["", "US right calf veins."],
    "MRI left knee: tear.\nImpression: sciatica.\nPlan: rest.": ["", "", ""],  # of the note, not of the report
    "Seen in clinic.\nFindings: tear.": ["", ""],
    "X-ray hip: normal.\nPlan: rest.\nFindings: none.": ["", "", ""],
}


@pytest.mark.parametrize("text", REPORTS)
def test_parts_of_a_report_know_its_title(text: str, rules: SectionRules) -> None:
    assert [section.report for section in find_sections(text, rules)] == REPORTS[text]


def test_titles_that_run_on_without_a_stop() -> None:
    text = "Chief Complaint: foot drop Past Medical History: stroke Family History: diabetes Exam: weak foot Plan: EMG"
    kinds = [section.kind for section in find_sections(text, load().sections)]
    assert kinds == ["chief_complaint", "past_history", "family_history", "exam", "plan"]


def test_capitals_inside_a_phrase_open_nothing() -> None:
    text = "He brought the Plan: a sheet of paper, the day of Exam: 3 May, and her Diary: numb again."
    assert [section.kind for section in find_sections(text, load().sections)] == ["unknown"]


def test_a_title_in_capitals_that_nothing_stands_before() -> None:
    text = "ROS Heart: steady.\n\nROS Legs and Feet: Patient has numb toes."
    assert find_sections(text, load().sections)[-1].end == len(text)
