"""How the literals of the patterns are best looked for: engines of many patterns beside the words of the note.

    python benchmarks/speed/scan.py NOTES [--count 300]

Each engine that is installed (``pip install ahocorasick-rs pyahocorasick google-re2 hyperscan``) looks for all literals
in the text in lower case; that finds neither plurals that end otherwise nor slips of the pen, which the words of the
note do. ``left`` is the share of sentences that hold a literal, so that each would have to be read all the same. Prints
Markdown.
"""

from __future__ import annotations

import argparse
import re
import sys
import time
from collections.abc import Callable, Collection, Iterator
from importlib import import_module
from pathlib import Path

from popliteal.knowledge import load
from popliteal.reading.focus import Focus
from popliteal.reading.layout import sentences
from popliteal.reading.lexicon import Lexicon
from popliteal.reading.measurements import Measurer
from popliteal.reading.tokens import written
from popliteal.running.sources import open_source
from popliteal.schema import Note

#: How an engine is called: a text in, the number of hits out.
Scan = Callable[[str], int]


def ahocorasick_rs(literals: Collection[str]) -> Scan:
    """Aho-Corasick in Rust."""
    automaton = import_module("ahocorasick_rs").AhoCorasick(list(literals))
    return lambda text: len(automaton.find_matches_as_indexes(text.lower()))


def pyahocorasick(literals: Collection[str]) -> Scan:
    """Aho-Corasick in C."""
    automaton = import_module("ahocorasick").Automaton()
    for literal in literals:
        automaton.add_word(literal, literal)
    automaton.make_automaton()
    return lambda text: sum(1 for _ in automaton.iter(text.lower()))


def re2(literals: Collection[str]) -> Scan:
    """RE2: one expression of all literals."""
    module = import_module("re2")
    options = module.Options()
    options.max_mem = 1 << 28
    pattern = module.compile("|".join(map(re.escape, sorted(literals))), options)
    return lambda text: sum(1 for _ in pattern.finditer(text.lower()))


def hyperscan(literals: Collection[str]) -> Scan:
    """Hyperscan: all literals as a database."""
    module = import_module("hyperscan")
    database = module.Database()
    database.compile(expressions=[re.escape(literal).encode() for literal in literals], flags=module.HS_FLAG_CASELESS)

    def scan(text: str) -> int:
        hits: list[int] = []
        database.scan(text.encode(), match_event_handler=lambda number, *_: hits.append(number))
        return len(hits)

    return scan


def words(literals: Collection[str], lexicon: Lexicon) -> Scan:
    """What the focus does: the words of the text by one expression, their forms from a table."""
    wanted = frozenset(literals)
    return lambda text: sum(form in wanted for form in lexicon.forms(written(text, 0, len(text))))


def engines(focus: Focus, lexicon: Lexicon) -> Iterator[tuple[str, Scan]]:
    """The engines that are installed."""
    for make in (ahocorasick_rs, pyahocorasick, re2, hyperscan):
        try:
            yield make.__name__, make(focus.literals)
        except ImportError:
            say(f"| {make.__name__} | not installed | |")
    yield "words of the note", words(focus.literals, lexicon)


def say(line: str) -> None:
    """A line of the answer."""
    sys.stdout.write(line + "\n")


def main() -> None:
    """Measure and print."""
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("notes", type=Path)
    parser.add_argument("--count", type=int, default=300)
    chosen = parser.parse_args()
    items = open_source(str(chosen.notes)).items()
    texts = [item.text for item in items if isinstance(item, Note)][: chosen.count]
    knowledge = load()
    lexicon = Lexicon(knowledge)
    focus = Focus(lexicon, Measurer(knowledge.measurements))
    parts = [text[start:end] for text in texts for start, end in sentences(text, knowledge.abbreviations)]
    say(f"{len(focus.literals):,} literals, {len(texts):,} notes\n")
    say("| engine | notes/s | sentences left |\n|---|---|---|")
    for name, scan in engines(focus, lexicon):
        for text in texts[:20]:
            scan(text)
        start = time.process_time()
        for text in texts:
            scan(text)
        took = time.process_time() - start
        left = sum(scan(part) > 0 for part in parts) / len(parts)
        say(f"| {name} | {len(texts) / took:,.0f} | {left:.0%} |")


if __name__ == "__main__":
    main()
