"""The language of criteria, case by case: a definition, a few notes, and what becomes of each patient."""

from __future__ import annotations

from collections.abc import Sequence
from pathlib import Path

import pytest

from support.batch_tables import N, f, write_batch
from support.screened import by_patient, screened, verdicts, write_criteria

DROP = f("foot_drop", "left")
WORSE = {"category": "reflex", "onset": "acute", "course": "worsening"}
WARM, SWOLLEN = f("knee_warmth", "left"), f("knee_swelling_effusion", "left")

INDEX = """
index:
  label: Foot drop
  any: [{find: [foot_drop]}]
"""
SURGERY = """
include:
  op:
    label: Operation
    any: [{find: [knee_surgery], temporality: [current, historical]}]
"""

#: name: (definition, notes, verdict of each patient)
CASES: dict[str, tuple[str, Sequence[N], dict[str, str]]] = {
    "what is said, denied, suspected, past, of a relative": (
        INDEX,
        [
            N("said", "2024-01-01", [DROP]),
            N("denied", "2024-01-01", [f("foot_drop", assertion="absent")]),
            N("suspected", "2024-01-01", [f("foot_drop", assertion="possible")]),
            N("past", "2024-01-01", [f("foot_drop", temporality="historical")]),
            N("relative", "2024-01-01", [f("foot_drop", assertion="family")]),
            N("silent", "2024-01-01"),
        ],
        {
            "said": "included", "denied": "excluded index", "suspected": "uncertain index", "past": "excluded index",
            "relative": "excluded index", "silent": "excluded index",
        },
    ),
    "doubt: false drops what is suspected": (
        INDEX.replace("[foot_drop]}", "[foot_drop], doubt: false}"),
        [N("a", "2024-01-01", [f("foot_drop", assertion="possible")])],
        {"a": "excluded index"},
    ),
    "what is suspected can be what is asked for": (
        INDEX.replace("[foot_drop]}", "[foot_drop], assertion: [present, possible]}"),
        [N("a", "2024-01-01", [f("foot_drop", assertion="possible")])],
        {"a": "included"},
    ),
    "category, site, side, onset, course, value and its wording": (
        """
index:
  label: X
  any:
    - {category: [reflex], site: [knee, null], side: [left], onset: [acute], course: [worsening]}
    - {find: [ankle_dorsiflexion_weakness], value: {max: 3}, text: ["3/5", "2/5"]}
    - {find: [numbness], onset_days: {max: 7}}
    - {find: [pvr_volume], value: {min: 200}, unmeasured: true}
""",
        [
            N("a", "2024-01-01", [f("clonus", "left", **WORSE, site="knee")]),
            N("b", "2024-01-01", [f("clonus", "left", **WORSE, site="foot")]),
            N("c", "2024-01-01", [f("clonus", "right", **WORSE)]),
            N("d", "2024-01-01", [f("ankle_dorsiflexion_weakness", value=3.0, value_text="3/5")]),
            N("e", "2024-01-01", [f("ankle_dorsiflexion_weakness", value=3.33, value_text="3/5")]),
            N("g", "2024-01-01", [f("ankle_dorsiflexion_weakness", value=None, value_text="3/5")]),
            N("h", "2024-01-01", [f("numbness", onset_days=7.0)]),
            N("i", "2024-01-01", [f("numbness", onset_days=8.0)]),
            N("j", "2024-01-01", [f("pvr_volume", value=None)]),
            N("k", "2024-01-01", [f("pvr_volume", value=199.0)]),
        ],
        {
            "a": "included", "b": "excluded index", "c": "excluded index", "d": "included", "e": "excluded index",
            "g": "excluded index", "h": "included", "i": "excluded index", "j": "included", "k": "excluded index",
        },
    ),
    "hypotheses by grade and rank": (
        "index:\n  label: X\n  any: [{hypothesis: [common_peroneal], rank: 1}]",
        [
            N("likely", "2024-01-01", (), [("common_peroneal", "left", "likely")]),
            N("possible", "2024-01-01", (), [("common_peroneal", "left", "possible")]),
            N("second", "2024-01-01", (), [("sural", "left", "likely"), ("common_peroneal", "left", "likely")]),
        ],
        {"likely": "included", "possible": "uncertain index", "second": "excluded index"},
    ),
    "rules, tiers, red flags and note types": (
        """
index:
  label: X
  any:
    - {rule: [E02_saddle]}
    - {tier: URGENT, note_type: ["ward"]}
    - {red_flag: [fever, cancer]}
    - {note_type: ["op's note", discharge]}
""",
        [
            N("rule", "2024-01-01", rules=["U01_foot_drop_subacute", "E02_saddle"]),
            N("tier", "2024-01-01", urgency="EMERGENCY", type="Ward round"),
            N("review", "2024-01-01", urgency="EMERGENCY", type="Ward round", review=True),
            N("low", "2024-01-01", urgency="SOON", type="Ward round"),
            N("other", "2024-01-01", urgency="URGENT"),
            N("flag", "2024-01-01", flags={"fever": "denied", "cancer": "present"}),
            N("maybe", "2024-01-01", flags={"fever": "possible"}),
            N("no", "2024-01-01", flags={"fever": "denied", "cancer": "not_documented"}),
            N("type", "2024-01-01", type="OP'S NOTE"),
            N("untyped", "2024-01-01", type=None),
        ],
        {
            "rule": "included", "tier": "included", "review": "uncertain index", "low": "excluded index",
            "other": "excluded index", "flag": "included", "maybe": "uncertain index", "no": "excluded index",
            "type": "included", "untyped": "excluded index",
        },
    ),
    "together in one note, on one side, and not beside what contradicts": (
        """
index:
  label: X
  any:
    - all: [{find: [knee_warmth]}, {find: [knee_swelling_effusion]}]
      unless: [{find: [gait_normal]}]
""",
        [
            N("both", "2024-01-01", [WARM, SWOLLEN]),
            N("unsaid", "2024-01-01", [f("knee_warmth"), f("knee_swelling_effusion", "right")]),
            N("apart", "2024-01-01", [f("knee_warmth", "left"), f("knee_swelling_effusion", "right")]),
            N("later", "2024-01-01", [f("knee_warmth", "left")]),
            N("later", "2024-01-02", [f("knee_swelling_effusion", "left")]),
            N("doubt", "2024-01-01", [f("knee_warmth", "left", assertion="possible"), SWOLLEN]),
            N("not", "2024-01-01", [WARM, SWOLLEN, f("gait_normal")]),
            N(
                "perhaps", "2024-01-01",
                [WARM, SWOLLEN, f("gait_normal", assertion="possible")],
            ),
        ],
        {
            "both": "included", "unsaid": "included", "apart": "excluded index", "later": "excluded index",
            "doubt": "uncertain index", "not": "excluded index", "perhaps": "uncertain index",
        },
    ),
    "within days before index; a day that the note names": (
        INDEX
        + SURGERY.replace("historical]}", "historical], dated: event}")
        + "    when: within 90 days before index\n",
        [
            N("near", "2024-03-30", [f("knee_surgery")]), N("near", "2024-04-10", [DROP]),
            N("edge", "2024-01-01", [f("knee_surgery")]), N("edge", "2024-03-31", [DROP]),
            N("far", "2024-01-01", [f("knee_surgery")]), N("far", "2024-04-01", [DROP]),
            N("after", "2024-01-01", [DROP]), N("after", "2024-01-02", [f("knee_surgery")]),
            N("told", "2024-01-01", [DROP, f("knee_surgery", temporality="historical", onset_days=90.0)]),
            N("long ago", "2024-01-01", [DROP, f("knee_surgery", temporality="historical", onset_days=91.0)]),
            N("some time", "2024-01-01", [DROP, f("knee_surgery", temporality="historical")]),
        ],
        {
            "near": "included", "edge": "included", "far": "excluded op", "after": "excluded op", "told": "included",
            "long ago": "excluded op", "some time": "uncertain op",
        },
    ),
    "before, on, after index, and in its note": (
        INDEX
        + """
include:
  before: {label: b, when: before index, any: [{find: [diabetes]}]}
  at: {label: a, when: on index, any: [{find: [back_pain]}]}
  note: {label: n, when: in the index note, any: [{find: [knee_pain]}]}
  later: {label: l, when: within 7 days after index, any: [{find: [afo_use]}]}
exclude:
  old: {label: o, when: more than 30 days before index, any: [{find: [dx_stroke]}]}
""",
        [
            N("a", "2024-01-31", [f("diabetes")]), N("a", "2024-02-01", [DROP, f("knee_pain")]),
            N("a", "2024-02-01", [f("back_pain")]), N("a", "2024-02-08", [f("afo_use")]),
            N("a", "2024-01-02", [f("dx_stroke")]),
            N("b", "2024-02-01", [DROP, f("diabetes"), f("back_pain"), f("knee_pain"), f("afo_use")]),
            N("c", "2024-01-31", [f("diabetes")]), N("c", "2024-02-01", [DROP]),
            N("c", "2024-02-01", [f("back_pain"), f("knee_pain")]), N("c", "2024-02-02", [f("afo_use")]),
            N("d", "2024-01-01", [f("diabetes"), f("dx_stroke")]),
            N("d", "2024-02-01", [DROP, f("back_pain"), f("knee_pain"), f("afo_use")]),
        ],
        {"a": "included", "b": "excluded before", "c": "excluded note", "d": "excluded old"},
    ),
    "same side as the index event": (
        INDEX + SURGERY + "    same_side: true\n",
        [
            N("same", "2024-01-01", [DROP, f("knee_surgery", "left")]),
            N("other", "2024-01-01", [DROP, f("knee_surgery", "right")]),
            N("both", "2024-01-01", [DROP, f("knee_surgery", "bilateral")]),
            N("unsaid", "2024-01-01", [DROP, f("knee_surgery")]),
            N("two", "2024-01-01", [DROP, f("foot_drop", "right"), f("knee_surgery", "right")]),
        ],
        {
            "same": "included", "other": "excluded op", "both": "included", "unsaid": "uncertain op", "two": "included",
        },
    ),
    "so many notes, and notes on so many days": (
        INDEX
        + """
include:
  notes: {label: n, at_least: {notes: 2}, any: [{find: [foot_drop]}]}
  days: {label: d, at_least: {days: 2}, any: [{find: [foot_drop]}]}
""",
        [
            N("one", "2024-01-01", [DROP, DROP]),
            N("day", "2024-01-01", [DROP]), N("day", "2024-01-01", [DROP]),
            N("days", "2024-01-01", [DROP]), N("days", "2024-01-02", [DROP]),
            N("doubt", "2024-01-01", [DROP]), N("doubt", "2024-01-02", [f("foot_drop", assertion="possible")]),
            N("copy", "2024-01-01", [DROP], chars=50), N("copy", "2024-01-01", [DROP], chars=50),
        ],
        {
            "one": "excluded notes", "day": "excluded days", "days": "included", "doubt": "uncertain notes",
            "copy": "excluded notes",
        },
    ),
    "washout of days": (
        INDEX + "  washout: 30\n  which: first\n",
        [
            N("new", "2024-01-01", [DROP]), N("new", "2024-01-20", [DROP]),
        ],
        {"new": "included"},
    ),
    "washout tries later events": (
        INDEX + "  washout: 30\n  dates: {first: 2024-01-10}\n",
        [
            N("gap", "2023-11-01", [DROP]), N("gap", "2024-01-20", [DROP]),
            N("run", "2024-01-01", [DROP]), N("run", "2024-01-20", [DROP]),
            N("doubt", "2024-01-01", [f("foot_drop", assertion="possible")]), N("doubt", "2024-01-20", [DROP]),
        ],
        {"gap": "included", "run": "excluded washout", "doubt": "uncertain washout"},
    ),
    "first ever": (
        INDEX + "  washout: ever\n  dates: {first: 2024-01-01, last: 2024-12-31}\n",
        [
            N("first", "2024-05-01", [DROP]),
            N("known", "2019-05-01", [DROP]), N("known", "2024-05-01", [DROP]),
            N("early", "2023-12-31", [DROP]), N("late", "2025-01-01", [DROP]),
        ],
        {"first": "included", "known": "excluded washout", "early": "excluded index", "late": "excluded index"},
    ),
    "of several events the first that fits, or the first of all": (
        INDEX + SURGERY + "    when: before index\n",
        [N("a", "2024-01-01", [DROP]), N("a", "2024-01-05", [f("knee_surgery")]), N("a", "2024-01-09", [DROP])],
        {"a": "included"},
    ),
    "which: first": (
        INDEX + "  which: first\n" + SURGERY + "    when: before index\n",
        [N("a", "2024-01-01", [DROP]), N("a", "2024-01-05", [f("knee_surgery")]), N("a", "2024-01-09", [DROP])],
        {"a": "excluded op"},
    ),
    "age on the index date, and sex": (
        INDEX
        + "include:\n  adult: {label: Adult, age: {min: 18, max: 60}}\n  women: {label: Women, sex: [F, female]}\n",
        [
            N("birthday", "2024-05-05", [DROP], born="2006-05-05", sex="f"),
            N("eve", "2024-05-04", [DROP], born="2006-05-05", sex="F"),
            N("old", "2024-05-04", [DROP], born="1963-05-04", sex="F"),
            N("unknown", "2024-05-04", [DROP], sex="F"),
            N("unborn", "2024-05-04", [DROP], born="2030-01-01", sex="F"),
            N("man", "2024-05-04", [DROP], born="1980-01-01", sex="M"),
            N("unsaid", "2024-05-04", [DROP], born="1980-01-01"),
            N("torn", "2024-05-04", [DROP], born="1980-01-01", sex="F"),
            N("torn", "2024-05-04", born="1981-01-01", sex="F"),
        ],
        {
            "birthday": "included", "eve": "excluded adult", "old": "excluded adult", "unknown": "uncertain adult",
            "unborn": "uncertain adult", "man": "excluded women", "unsaid": "uncertain women",
            "torn": "uncertain adult",
        },
    ),
    "notes without a date, and dated in the future": (
        INDEX + SURGERY + "    when: before index\n",
        [
            N("undated", None, [DROP]), N("undated", "2024-01-01", [f("knee_surgery")]),
            N("typo", "2071-01-01", [DROP]), N("typo", "2024-01-01", [f("knee_surgery")]),
            N("op", None, [f("knee_surgery")]), N("op", "2024-01-01", [DROP]),
            N("fine", None, [DROP]), N("fine", "2024-01-02", [DROP]), N("fine", "2024-01-01", [f("knee_surgery")]),
        ],
        {"undated": "uncertain op", "typo": "uncertain op", "op": "uncertain op", "fine": "included"},
    ),
    "words of the finding": (
        INDEX.replace("[foot_drop]}", "[foot_drop], words: [ZEHEN, \"it's\"]}"),
        [
            N("a", "2024-01-01", [f("foot_drop", text="die Zehen")]),
            N("b", "2024-01-01", [f("foot_drop", text="it's down")]),
            N("c", "2024-01-01", [f("foot_drop", text="foot drop")]), N("d", "2024-01-01", [f("foot_drop", text=None)]),
        ],
        {"a": "included", "b": "included", "c": "excluded index", "d": "uncertain index"},
    ),
    "uncertain exclusion, and its switch": (
        INDEX
        + """
exclude:
  stroke: {label: s, any: [{find: [dx_stroke]}]}
  cancer: {label: c, doubt: false, any: [{find: [cancer_history]}]}
""",
        [
            N("a", "2024-01-01", [DROP, f("dx_stroke", assertion="possible")]),
            N("b", "2024-01-01", [DROP, f("dx_stroke", assertion="absent")]),
            N("c", "2024-01-01", [DROP, f("cancer_history", assertion="possible")]),
            N("d", "2024-01-01", [DROP, f("dx_stroke", assertion="possible"), f("cancer_history")]),
        ],
        {"a": "uncertain stroke", "b": "included", "c": "included", "d": "excluded cancer"},
    ),
}  # fmt: skip


@pytest.mark.parametrize("name", CASES)
def test_language(name: str, tmp_path: Path) -> None:
    body, notes, expected = CASES[name]
    cohort = screened(write_batch(tmp_path / "b", notes), write_criteria(tmp_path, body), tmp_path / "c")
    assert verdicts(cohort) == expected


def test_index_date_side_age_and_notes(tmp_path: Path) -> None:
    notes = [
        N("a", "2024-03-01", [f("knee_surgery", "left")], born="1960-03-02"),
        N("a", "2024-03-02", [DROP], id="the one", born="1960-03-02"),
        N("a", "2024-03-02", [f("foot_drop", "right")], born="1960-03-02"),
        N("b", None, [DROP]),
        N("c", "2024-01-01"),
    ]
    found = by_patient(screened(write_batch(tmp_path / "b", notes), write_criteria(tmp_path, INDEX), tmp_path / "c"))
    asked = ("index_date", "index_note_id", "side", "age", "notes", "near_miss")
    assert [found["a"][key] for key in asked] == ["2024-03-02", "n3", "bilateral", 64, 3, False]
    assert [found["b"][key] for key in asked] == [None, "n4", "left", None, 1, False]
    assert [found["c"][key] for key in asked] == [None, None, None, None, 1, False]


def test_near_misses_meet_all_but_one_or_speak_of_it(tmp_path: Path) -> None:
    body = INDEX + "exclude:\n  a: {label: a, any: [{find: [dx_stroke]}]}\n  b: {label: b, any: [{find: [diabetes]}]}\n"
    notes = [
        N("one", "2024-01-01", [DROP, f("dx_stroke")]),
        N("two", "2024-01-01", [DROP, f("dx_stroke"), f("diabetes")]),
        N("denied", "2024-01-01", [f("foot_drop", assertion="absent")]),
        N("silent", "2024-01-01", [f("diabetes")]),
        N("in", "2024-01-01", [DROP]),
    ]
    cohort = screened(write_batch(tmp_path / "b", notes), write_criteria(tmp_path, body), tmp_path / "c")
    assert {name for name, row in by_patient(cohort).items() if row["near_miss"]} == {"one", "denied"}


def test_evidence_is_what_counted_with_its_place(tmp_path: Path) -> None:
    body = INDEX + SURGERY + "    when: before index\nexclude:\n  s: {label: s, any: [{find: [dx_stroke]}]}\n"
    notes = [
        N("a", "2024-01-01", [f("knee_surgery", "left", start=7, end=9, text="op", site="knee")]),
        N("a", "2024-01-05", [f("knee_surgery", "right", assertion="possible")]),
        N("a", "2024-01-09", [DROP, f("dx_stroke", assertion="absent")]),
        N("a", "2024-01-10", [f("knee_surgery", "left")]),
    ]
    cohort = screened(write_batch(tmp_path / "b", notes), write_criteria(tmp_path, body), tmp_path / "c")
    rows = cohort.evidence().to_pylist()
    told = [(row["criterion"], row["role"], row["strength"], row["note_id"], row["what"]) for row in rows]
    assert told == [
        ("op", "include", "certain", "n1", "knee_surgery"),
        ("op", "include", "uncertain", "n2", "knee_surgery"),
        ("index", "index", "certain", "n3", "foot_drop"),
    ]
    keys = ("patient_id", "note_date", "finding_id", "start", "end", "site", "laterality", "assertion", "text")
    assert [rows[0][key] for key in keys] == ["a", "2024-01-01", 0, 7, 9, "knee", "left", "present", "op"]
