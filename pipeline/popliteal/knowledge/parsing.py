"""YAML with the line of every node."""

from __future__ import annotations

import re
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import yaml

from popliteal.errors import PatternError
from popliteal.knowledge.source import Path_, Source

try:  # libyaml is ten times faster; the pure-Python loader gives the same nodes
    from yaml import CSafeLoader as _Base
except ImportError:  # pragma: no cover - depends on how PyYAML was built
    from yaml import SafeLoader as _Base  # type: ignore[assignment]  # another class, the same use


class _Loader(_Base):
    """YAML 1.2's idea of a truth value: ``no``, ``on`` and ``yes`` are words that clinicians write."""

    def resolve(self, kind: type[yaml.Node], value: Any, implicit: Any) -> str:
        """The tag of a node; that of a word that can be nothing but a string is known by its first letter."""
        if kind is yaml.ScalarNode and (not implicit[0] or value[:1] not in self.yaml_implicit_resolvers):
            return _STR
        return str(super().resolve(kind, value, implicit))  # type: ignore[no-untyped-call]  # PyYAML has no types


_BOOL = "tag:yaml.org,2002:bool"
_MAP, _SEQ, _STR = "tag:yaml.org,2002:map", "tag:yaml.org,2002:seq", "tag:yaml.org,2002:str"
_Loader.yaml_implicit_resolvers = {
    first: [(tag, pattern) for tag, pattern in resolvers if tag != _BOOL]
    for first, resolvers in _Base.yaml_implicit_resolvers.items()
}
_Loader.add_implicit_resolver(_BOOL, re.compile(r"^(?:true|True|TRUE|false|False|FALSE)$"), list("tTfF"))


def read(file: Path) -> Source:
    """Parse one YAML file.

    Raises:
        PatternError: the file cannot be read, is not YAML, or has a key twice in one mapping.
    """
    try:
        text = file.read_text(encoding="utf-8")
    except (OSError, UnicodeDecodeError) as error:
        raise PatternError([f"{file}: cannot be read ({error}); expected a UTF-8 YAML file"]) from error
    loader = _Loader(text)
    building = _Building(file, loader, {}, [])
    try:
        node = loader.get_single_node()
        data = building.data(node, ()) if node is not None else None
    except yaml.MarkedYAMLError as error:
        mark = error.problem_mark
        at = f":{mark.line + 1}" if mark else ""
        raise PatternError([f"{file}{at}: not valid YAML: {error.problem}"]) from error
    finally:
        loader.dispose()
    if building.problems:
        raise PatternError(building.problems)
    return Source(file, data, building.lines)


@dataclass(frozen=True, slots=True)
class _Building:
    """Makes plain data of the nodes of ``file`` and notes their lines and the keys that stand twice.

    Mappings, lists and strings, which is nearly all there is, take a third of the time that PyYAML needs for them.
    """

    file: Path
    loader: _Loader
    lines: dict[Path_, int]
    problems: list[str]

    def data(self, node: yaml.Node, path: Path_) -> Any:
        """The data of ``node``, which stands at ``path``."""
        self.lines[path] = node.start_mark.line + 1
        made: Any = node.value
        if isinstance(node, yaml.MappingNode):
            made = self._mapping(node, path)
            plain = node.tag == _MAP and all(key.tag == _STR for key, _ in node.value)
        elif isinstance(node, yaml.SequenceNode):
            made = [self.data(value, (*path, index)) for index, value in enumerate(node.value)]
            plain = node.tag == _SEQ
        else:
            plain = node.tag == _STR
        return made if plain else self._scalar(node)

    def _scalar(self, node: yaml.Node) -> Any:
        try:
            return self.loader.construct_object(node, deep=True)
        except ValueError as error:  # what looks like a date, and is none
            self.problems.append(f"{self.file}:{node.start_mark.line + 1}: {node.value!r:.80}: {error}; quote it")
            return None

    def _mapping(self, node: yaml.MappingNode, path: Path_) -> dict[str, Any]:
        made: dict[str, Any] = {}
        for key, value in node.value:
            name, line = str(key.value), key.start_mark.line + 1
            if name in made:
                self.problems.append(f"{self.file}:{line}: key {name!r} stands twice in one mapping; keep one")
            made[name] = self.data(value, (*path, name))
            self.lines[(*path, name)] = line
        return made
