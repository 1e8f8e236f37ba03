"""By which word a note means the patient, whom a relative speaks for."""

import pytest

from popliteal.knowledge import load
from popliteal.reading.callers import Callers


@pytest.fixture(scope="module")
def callers():
    return Callers(load().words)


@pytest.mark.parametrize(
    ("text", "word"),
    [
        ("Daughter on the phone. Since 5 am her mother cannot feel the leg.", "mother"),
        ("Wife calling. Husband has not passed urine.", "husband"),
        ("Call from son. His father is weak.", "father"),
        ("Caller: daughter. Mum has fallen.", "mum"),
        ("Mother reports that her son limps.", "son"),
    ],
)
def test_the_patient_is_meant_by_a_relatives_name(callers, text, word):
    patient = callers.patient(text, frozenset(text.lower().replace(".", " ").split()))
    assert patient is not None
    assert patient.word == word
    assert text[patient.start :].lower().startswith(word)


@pytest.mark.parametrize(
    "text",
    [
        "Her mother has diabetes. Daughter rang to rebook.",  # nobody of the daughter's is named behind it
        "Daughter rang. The patient's mother had a stroke.",
        "Mother reports that his father has gout.",  # of a mother's call the patient is a child
        "Lives with his wife. His mother had a stroke.",
        "No relatives.",
    ],
)
def test_nobody_is_meant(callers, text):
    assert callers.patient(text, frozenset(text.lower().replace(".", " ").split())) is None
