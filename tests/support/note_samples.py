"""Notes written for these tests with an assessment of each, in the form of the contract's JSON."""

from __future__ import annotations

from typing import Any

from popliteal.explaining import Names, View

FOOT_DROP = """\
CLINIC NOTE - Neurology
Reason for visit: left foot drop, r/o peroneal neuropathy.

HPI: 58 y.o. carpenter, woke up six days ago with a left foot drop and numbness over the top of the left foot. He had \
been laying tile on his knees all weekend. No back pain. Denies bowel or bladder incontinence, denies saddle numbness. \
Mother had diabetic neuropathy. Had a right knee replacement in 2019.

Exam: L ankle dorsiflexion 2/5, EHL 2/5, eversion 3/5; inversion and plantar flexion 5/5. Sensation decreased over L \
dorsal foot. Ankle jerks 2+ and symmetric. SLR negative bilaterally. Tinel's at the fibular neck positive on the left. \
Feet warm, pulses intact.

A/P: Concern for common peroneal neuropathy at the fibular neck. L5 radiculopathy is less likely. EMG/NCS. AFO.
Return to the ED if he develops numbness in the groin or loss of bladder control.
"""

LEFT, RIGHT, ABSENT = {"laterality": "left"}, {"laterality": "right"}, {"assertion": "absent"}
#: words, which occurrence, concept, category, further attributes
_FOOT_DROP: list[tuple[str, int, str, str, dict[str, Any]]] = [
    ("foot drop", 0, "foot_drop", "motor", {**LEFT, "site": "foot", "section": "reason"}),
    ("peroneal neuropathy", 0, "dx_peroneal_neuropathy", "diagnosis", {"assertion": "possible", "cues": "r/o"}),
    ("foot drop", 1, "foot_drop", "motor", {**LEFT, "onset": "sudden", "onset_days": 6.0}),
    ("numbness", 0, "numbness", "sensory", {**LEFT, "site": "foot_dorsum", "onset": "acute", "onset_days": 6.0}),
    ("laying tile on his knees", 0, "squatting_kneeling", "cause_risk", {"section": "hpi"}),
    ("back pain", 0, "back_pain", "pain", {**ABSENT, "site": "lumbar", "cues": "No"}),
    ("bowel or bladder incontinence", 0, "bowel_incontinence", "sphincter", {**ABSENT, "cues": "Denies"}),
    ("bowel or bladder incontinence", 0, "bladder_incontinence", "sphincter", {**ABSENT, "cues": "Denies"}),
    ("saddle numbness", 0, "saddle_anesthesia", "sphincter", {**ABSENT, "cues": "denies"}),
    ("diabetic neuropathy", 0, "dx_polyneuropathy", "diagnosis", {"assertion": "family", "cues": "Mother"}),
    ("diabetic", 0, "diabetes", "cause_risk", {"assertion": "family", "cues": "Mother"}),
    ("knee replacement", 0, "knee_surgery", "cause_risk", {**RIGHT, "temporality": "historical"}),
    ("knee replacement", 0, "joint_prosthesis", "cause_risk", {**RIGHT, "site": "knee"}),
    ("ankle dorsiflexion 2/5", 0, "ankle_dorsiflexion_weakness", "motor", {**LEFT, "value": 2.0, "value_text": "2/5"}),
    ("EHL 2/5", 0, "great_toe_extension_weakness", "motor", {**LEFT, "value": 2.0, "value_text": "2/5"}),
    ("eversion 3/5", 0, "ankle_eversion_weakness", "motor", {**LEFT, "value": 3.0, "value_text": "3/5"}),
    ("inversion and plantar flexion 5/5", 0, "strength_normal", "motor", {"value_text": "ankle_inversion"}),
    ("Sensation decreased", 0, "sensory_loss", "sensory", {**LEFT, "site": "foot_dorsum"}),
    ("Ankle jerks 2+", 0, "reflexes_normal", "reflex", {"value": 2.0, "value_text": "2+", "laterality": "bilateral"}),
    ("SLR negative", 0, "slr_positive", "sign", {**ABSENT, "laterality": "bilateral"}),
    ("Tinel's at the fibular neck", 0, "tinel_fibular_neck", "sign", {**LEFT, "site": "fibular_neck"}),
    ("pulses intact", 0, "pulse_normal", "vascular", {}),
    ("common peroneal neuropathy", 0, "dx_peroneal_neuropathy", "diagnosis", {"assertion": "possible"}),
    ("L5 radiculopathy", 0, "dx_lumbar_radiculopathy", "diagnosis", {"assertion": "possible", "value_text": "L5"}),
    ("AFO", 0, "afo_use", "motor", {"assertion": "hypothetical", "section": "plan"}),
    ("numbness in the groin", 0, "saddle_anesthesia", "sphincter", {"assertion": "hypothetical"}),
    ("loss of bladder control", 0, "bladder_incontinence", "sphincter", {"assertion": "hypothetical"}),
]  # fmt: skip


def findings(text: str, marked: list[tuple[str, int, str, str, dict[str, Any]]]) -> list[dict[str, Any]]:
    """Finding dicts from words and which occurrence of them is meant."""
    out = []
    for number, (words, occurrence, concept, category, extra) in enumerate(marked):
        start = -1
        for _ in range(occurrence + 1):
            start = text.index(words, start + 1)
        out.append({
            "finding_id": number, "start": start, "end": start + len(words), "text": words, "concept": concept,
            "category": category, "site": None, "laterality": "unspecified", "assertion": "present",
            "temporality": "current", "section": "unknown", "value": None, "value_text": None, "unit": None,
            "onset": "unknown", "onset_days": None, "course": "unknown", "cues": "", "pattern": f"{concept}.1", **extra,
        })  # fmt: skip
    return out


def assessment(note_id: str, found: list[dict[str, Any]], **parts: Any) -> dict[str, Any]:
    """The JSON of a note about which nothing is concluded, with ``parts`` in place of what is."""
    return {
        "note_id": note_id,
        "findings": found,
        "primary": {"hypothesis": "none", "side": "none", "grade": None},
        "hypotheses": [],
        "urgency": {"tier": "NONE", "rules": [], "needs_review": False},
        "red_flags": {},
        "not_documented": [],
        "provenance": {"pipeline_version": "0.1.0", "patterns_version": "0123456789ab"},
        **parts,
    }


def foot_drop() -> dict[str, Any]:
    """A compression of the common peroneal nerve, with everything that the JSON can hold."""
    denied = ("bladder_dysfunction", "bowel_dysfunction", "saddle_anesthesia", "pulseless_or_cold_foot")
    silent = ("fever", "cancer", "anal_tone_reduced", "sexual_dysfunction", "face_arm_speech", "infection_risk")
    return assessment(
        "0042",
        findings(FOOT_DROP, _FOOT_DROP),
        primary={"hypothesis": "common_peroneal", "side": "left", "grade": "likely"},
        hypotheses=[
            {
                "side": "left", "rank": 1, "hypothesis": "common_peroneal", "grade": "likely", "score": 9.0,
                "name": "Common peroneal (fibular) neuropathy at the fibular neck",
                "supporting": [
                    *({"finding_id": n, "feature": "df_weak", "weight": 3.0} for n in (0, 2, 13)),
                    {"finding_id": 15, "feature": "eversion_weak", "weight": 2.0},
                    *({"finding_id": n, "feature": "sens_dorsum_foot", "weight": 2.0} for n in (3, 17)),
                    {"finding_id": 20, "feature": "tinel_fibular", "weight": 2.0},
                    {"finding_id": 4, "feature": "cause_kneeling", "weight": 1.0},
                ],
                "opposing": [], "named_by": ["E05_acute_severe_motor"], "tests": ["nerve conduction studies"],
            },
            {
                "side": "left", "rank": 2, "hypothesis": "l5_radiculopathy", "grade": "possible", "score": 2.0,
                "name": "L5 radiculopathy",
                "supporting": [
                    *({"finding_id": n, "feature": "df_weak", "weight": 3.0} for n in (0, 2, 13)),
                    {"finding_id": 14, "feature": "ehl_weak", "weight": 2.0},
                ],
                "opposing": [
                    {"finding_id": 16, "feature": "inversion_normal", "weight": -2.0},
                    {"finding_id": 19, "feature": "slr_negative", "weight": -1.0},
                ],
            },
        ],
        urgency={
            "tier": "EMERGENCY",
            "rules": [
                {"id": "E05_acute_severe_motor", "tier": "EMERGENCY", "why": "Acute foot drop or MRC 3 or less",
                 "findings": [2, 13], "possible": False},
                {"id": "S02_focal_sensory", "tier": "SOON", "findings": [3, 17], "possible": True,
                 "why": "Focal leg or foot numbness, tingling or examined sensory loss, no weakness"},
            ],
            "needs_review": False,
        },
        competing=[{"id": "old_knee", "why": "Knee replaced years ago", "findings": [11]}],
        red_flags={"foot_drop": "present", "leg_weakness": "present", **dict.fromkeys(denied, "denied"),
                   **dict.fromkeys(silent, "not_documented")},
        red_flag_findings={"foot_drop": [0, 2, 13], "leg_weakness": [13, 14, 15], "bowel_dysfunction": [6]},
        not_documented=[{"feature": "hip_abd_weak", "why": "separates common_peroneal from l5_root"}],
    )  # fmt: skip


#: Text that tries to be markup, to move a cursor, to reorder a line; findings that lie across and in each other.
HOSTILE = (
    "<script>alert(1)</script> numb \x1b[31mfoot\u202e pord\u202c </div><img src=x onerror=alert(2)> & \"weak\" 'foot' "
    "[bold]not bold[/bold] {{x}} \u200b \ufeff end\r\nbilateral foot drop and weakness of both feet\n"
)


def hostile() -> dict[str, Any]:
    """Findings on hostile text: twice the same span, nested, crossing, and one that reaches the end."""

    def at(words: str) -> tuple[int, int]:
        start = HOSTILE.index(words)
        return start, start + len(words)

    spans = [
        at("<script>alert(1)</script>"), at("foot drop"), at("foot drop"), at("foot drop and weakness"),
        at("weakness of both feet"), at("drop"), at("<img src=x onerror=alert(2)>"), at("[bold]not bold[/bold]"),
    ]  # fmt: skip
    kinds = ["present", "present", "absent", "possible", "hypothetical", "family", "absent", "possible"]
    found = [
        {"finding_id": n, "start": a, "end": b, "text": HOSTILE[a:b], "concept": "foot_drop", "category": "motor",
         "assertion": kind, "cues": "</td>\n\n\u202e<b>", "value_text": "<i>4/5</i>", "pattern": "<u>"}
        for n, ((a, b), kind) in enumerate(zip(spans, kinds, strict=True))
    ]  # fmt: skip
    return assessment(
        "<b>7</b>",
        found,
        urgency={"tier": "SOON", "rules": [{"id": "<r>", "tier": "SOON", "why": "a<b & c", "findings": [0, 6, 99]}]},
        red_flags={"<flag>": "present"},
        not_documented=[{"feature": "<f>", "why": "<w>"}],
        hypotheses=[{"side": "left", "rank": 1, "hypothesis": "x", "name": "<x>", "grade": "likely", "score": 4,
                     "supporting": [{"finding_id": 0, "feature": "<f>", "weight": 4}], "opposing": []}],
    )  # fmt: skip


NAMES = Names(
    concepts={"foot_drop": "Foot drop"},
    sources={"E05_acute_severe_motor": ("seed", "S:NG127")},
    citations={"NG127": "NICE guideline NG127, Suspected neurological conditions", "seed": "The founding article"},
    red_flags={"leg_weakness": "Weakness of a leg or foot", "fever": "Fever or rigors"},
)


def view(json: dict[str, Any], text: str, note_date: str | None = None) -> View:
    """A view of one of these."""
    return View.of(json, text, note_date)
