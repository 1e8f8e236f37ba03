"""``reports.yaml``: how a published report is known, and what in it tells of everybody and what of the patient."""

from __future__ import annotations

from popliteal.knowledge.forms import Regex
from popliteal.knowledge.model import Model


class Stories(Model):
    """What :class:`popliteal.reading.stories.Stories` goes by, for text in small letters.

    A story begins where somebody ``came`` with something, was ``treated`` by an operation (not ``before``) and it
    ``ended`` well, or by ``medical`` means and was ``cured``, unless ``spoilt``; ``well``: how the patient is at the
    end. None is told in a note that is ``active``, as one with a plan is. What is ``of_pain`` says nothing else.
    A scene of ``later``, in which nothing begins ``afresh``, may tell the end too; ``long_after`` says that months have
    gone by.
    """

    came: list[Regex]
    treated: list[Regex]
    medical: list[Regex]
    before: list[Regex]
    ended: list[Regex]
    cured: list[Regex]
    spoilt: list[Regex]
    well: list[Regex]
    active: list[Regex]
    of_pain: list[Regex]
    later: list[Regex]
    afresh: list[Regex]
    long_after: list[Regex]


class Reports(Model):
    """What :class:`popliteal.reading.general.General` goes by; all expressions are for text in small letters.

    A note with one of ``marks``, plain words, is a report. In it, and behind the key of a question, a sentence that
    ``teaches`` and neither speaks of ``somebody`` nor goes on with the ``story`` is general; ``anybody`` are words of
    ``somebody`` that mean nobody in particular. In other notes one is that ``opens`` before somebody
    of an ``age`` comes; in an explanation, ``comes`` is of the next patient; behind a
    question, what ``opens`` or ``states`` how a disease is, is general, too. Where a title ``tells`` of the patient,
    all under one that ``frames`` it is general.
    """

    marks: list[str]
    tells: list[Regex]
    frames: list[Regex]
    anybody: list[Regex]
    somebody: list[Regex]
    story: list[Regex]
    teaches: list[Regex]
    opens: list[Regex]
    age: list[Regex]
    comes: list[Regex]
    states: list[Regex]
    stories: Stories
