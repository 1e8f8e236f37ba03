"""What was decided, as Label Studio takes it: tasks with the pipeline's findings and the reviewers' corrections.

The only export that holds text of notes.
"""

from __future__ import annotations

import json
from collections.abc import Iterable, Iterator, Mapping, Sequence
from typing import Any
from xml.sax.saxutils import quoteattr

from popliteal.cohort.review.charts import ChartNote, Charts
from popliteal.cohort.review.estimates import BELONGS, NOT, UNSURE
from popliteal.cohort.review.exports import Files
from popliteal.cohort.review.mechanisms import MISSED, SPURIOUS, WRONG_CONCEPT
from popliteal.cohort.review.review import Review
from popliteal.cohort.review.store import Adjudications, Answer, Chart, Mark
from popliteal.schema import ASSERTIONS, Finding

Part = dict[str, Any]
#: Of a reviewer, in a chart: name, answer, marks.
_Given = tuple[str, Answer, Sequence[Mark]]


def as_label_studio(store: Adjudications, found: Review, charts: Charts) -> Files:
    """``label_studio.json``, a task for each note of an answered chart, and ``label_studio.xml``, the labelling set-up.

    A task's prediction is what the pipeline found; each reviewer of the chart has an annotation with the wrong findings
    corrected. Offsets are characters of the note, as Label Studio counts them.
    """
    marks = {name: store.marks(name) for name in found.roles}
    tasks: list[Part] = []
    for chart in found.charts:
        given: list[_Given] = [
            (name, answers[chart.number], marks[name].get(chart.number, []))
            for name, answers in found.answers.items()
            if chart.number in answers
        ]
        if given:
            tasks += [_task(chart, note, given) for note in charts.chart(chart.patient_id).notes]
    return {
        "label_studio.json": json.dumps(tasks, ensure_ascii=False, indent=1) + "\n",
        "label_studio.xml": _config(set(_labels(tasks))),
    }


def _task(chart: Chart, note: ChartNote, given: Iterable[_Given]) -> Part:
    regions = [
        _region(f"f{item.finding_id}", item.start, item.end, item.concept, item.assertion) for item in note.findings
    ]
    version = str(note.decided.get("patterns_version"))
    return {
        "data": {
            "text": note.note.text,
            "note_id": note.note.note_id,
            "copy": note.copy,
            "note_date": note.note.note_date,
            "patient_id": chart.patient_id,
            "chart": chart.number,
            "stratum": chart.stratum,
        },
        "predictions": [{"model_version": version, "result": _flat(regions)}],
        "annotations": [_annotation(chart, note, *one) for one in given],
    }


def _region(key: str, start: int, end: int, concept: str, assertion: str) -> list[Part]:
    """A span with its concept, and its assertion as a choice of that span."""
    common = {"id": key, "to_name": "text"}
    span = {"start": start, "end": end}
    return [
        {**common, "from_name": "concept", "type": "labels", "value": {**span, "labels": [concept]}},
        {**common, "from_name": "assertion", "type": "choices", "value": {**span, "choices": [assertion]}},
    ]


def _annotation(chart: Chart, note: ChartNote, reviewer: str, answer: Answer, marks: Sequence[Mark]) -> Part:
    here = [mark for mark in marks if (mark.note_id, mark.copy) == (note.note.note_id, note.copy)]
    wrong: dict[int | None, list[Mark]] = {}
    for mark in here:
        wrong.setdefault(mark.finding_id, []).append(mark)
    regions = [region for item in note.findings if (region := _corrected(item, wrong.get(item.finding_id, ())))]
    missed = [mark for mark in here if mark.mechanism == MISSED]
    regions += [_region(f"m{mark.id}", mark.start, mark.end, mark.concept, "present") for mark in missed]
    verdict = {
        "from_name": "belongs",
        "to_name": "text",
        "type": "choices",
        "value": {"choices": [chart.belongs(answer.answer)]},
    }
    return {"result": [*_flat(regions), verdict], "completed_by": {"email": reviewer}}


def _corrected(finding: Finding, marks: Iterable[Mark]) -> list[Part] | None:
    """A finding as the reviewer has it; None for one that is not there, or whose right concept was not said."""
    should_be = {mark.mechanism: mark.should_be for mark in marks}
    if SPURIOUS in should_be or should_be.get(WRONG_CONCEPT) == "":
        return None
    concept = should_be.get(WRONG_CONCEPT) or finding.concept
    assertion = should_be.get("assertion") or finding.assertion
    return _region(f"f{finding.finding_id}", finding.start, finding.end, concept, assertion)


def _flat(regions: Iterable[list[Part]]) -> list[Part]:
    return [part for region in regions for part in region]


def _labels(tasks: Iterable[Mapping[str, Any]]) -> Iterator[str]:
    for task in tasks:
        for given in (*task["predictions"], *task["annotations"]):
            yield from (part["value"]["labels"][0] for part in given["result"] if part["type"] == "labels")


def _config(labels: Iterable[str]) -> str:
    concepts = "\n".join(f"    <Label value={quoteattr(label)}/>" for label in sorted(labels))
    assertions = "\n".join(f"    <Choice value={quoteattr(value)}/>" for value in ASSERTIONS)
    belongs = "\n".join(f"    <Choice value={quoteattr(value)}/>" for value in (BELONGS, NOT, UNSURE))
    return f"""<View>
  <Labels name="concept" toName="text">
{concepts}
  </Labels>
  <Choices name="assertion" toName="text" perRegion="true">
{assertions}
  </Choices>
  <Text name="text" value="$text"/>
  <Header value="Does the patient belong in the cohort?"/>
  <Choices name="belongs" toName="text" choice="single">
{belongs}
  </Choices>
</View>
"""
