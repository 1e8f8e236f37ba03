"""Who is meant by the name of a relative: the patient, where another relative tells of him."""

import pytest

from popliteal.knowledge import load
from popliteal.reading.informants import Informants
from popliteal.reading.item import Item
from popliteal.reading.lexicon import Lexicon


@pytest.fixture(scope="module")
def told():
    knowledge = load()
    lexicon = Lexicon(knowledge)
    informants = Informants(knowledge.words, lexicon)

    def tell(text, patient=None):
        sentence = lexicon.find(text, 0, len(text))
        sentence.patient = patient
        of_kin = [hit for hit in sentence.cues if knowledge.cues[hit.entry.id].effect == "family"]
        items = [Item(hit.first, hit.last) for hit in sentence.content]
        return [informants.tell_of(sentence, hit, items) for hit in of_kin]

    return tell


@pytest.mark.parametrize(
    "text",
    [
        "The husband says his wife has had back pain.",
        "Per the daughter, her mother has had fever.",
        "Parents report that their son has had fever.",
        "His wife had trouble getting him up because of back pain.",
        "Her brother had to carry her upstairs with back pain.",
    ],
)
def test_the_patient_of_whom_a_relative_tells(told, text):
    assert True in told(text)


@pytest.mark.parametrize(
    "text",
    [
        "Her husband says his mother has had a stroke.",
        "His wife has had back pain.",
        "His wife has had her back pain treated.",
        "Her husband has had a stroke and cooks for her.",
        "Husband with gout, his wife has had a stroke.",
        "Lives with a son, her mother has had a stroke.",
        "The husband says the wife has had a stroke.",
    ],
)
def test_a_relative_who_is_none(told, text):
    found = told(text)
    assert found
    assert True not in found


@pytest.mark.parametrize("text", ["Dad's leg has gone white.", "dad’s foot is cold.", "Dad has a cold leg."])
def test_a_possessive_names_the_patient(told, text):
    assert set(told(text, patient="dad")) == {True}
