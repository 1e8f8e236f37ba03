"""Words that are taken for misspelled words of the patterns, in notes of your own or in a list of words.

    python misspelling/run.py NOTES [--words FILE]

NOTES is anything that ``popliteal batch`` reads. Every word that stands in no pattern and is read as one that does is
printed with its count, so that a person can see which of them are slips of the pen. ``--words`` names a list of correct
words, one a line; those of them that are taken for another go into ``ordinary`` of patterns/words.yaml.
"""

from __future__ import annotations

import argparse
from collections import Counter
from collections.abc import Iterable, Iterator
from functools import partial
from pathlib import Path

from rich.console import Console

from popliteal.knowledge import load
from popliteal.reading.lexicon import Lexicon
from popliteal.reading.tokens import TOKEN
from popliteal.running.sources import open_source
from popliteal.schema import Note


def main() -> None:
    """Counts and prints."""
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("notes", metavar="NOTES")
    parser.add_argument("--words", type=Path, metavar="FILE", help="correct words, one a line")
    asked = parser.parse_args()
    say = partial(Console(width=120).print, markup=False, highlight=False)
    lexicon = Lexicon(load())
    items = [item for item in open_source(asked.notes).items() if isinstance(item, Note)]
    words = Counter(match[0] for note in items for match in TOKEN.finditer(note.text) if match[0].isalpha())
    taken = dict(taken_for_slips(lexicon, words))
    count = Counter({f"{word} → {form}": words[word] for word, form in taken.items()})
    say(f"{len(items):,} notes, {words.total():,} words; {count.total():,} taken for slips, {len(count):,} different")
    say("; ".join(f"{number} {pair}" for pair, number in count.most_common()))
    if asked.words is not None:
        listed = [line.strip() for line in asked.words.read_text(encoding="utf-8", errors="replace").splitlines()]
        wrong = list(taken_for_slips(lexicon, (word for word in listed if word.isalpha() and word.islower())))
        say(f"{len(listed):,} correct words; {len(wrong):,} taken for another")
        say("; ".join(f"{word} → {form}" for word, form in wrong))


def taken_for_slips(lexicon: Lexicon, words: Iterable[str]) -> Iterator[tuple[str, str]]:
    """The words that are read as another one, each with that."""
    for word in words:
        form = lexicon.slip(word)
        if form is not None:
            yield word, form


if __name__ == "__main__":
    main()
