"""From composed YAML nodes to plain data with places, within limits that no honest file reaches."""

from typing import Any

from ruamel.yaml.nodes import MappingNode, Node, ScalarNode, SequenceNode

from simulator.catalogue.place import Document, Keys, Place, Source
from simulator.catalogue.problems import Problem, SpecError
from simulator.catalogue.scalar import scalar

_DEEPEST = 40  # Specs nest six deep.
_MOST_NODES = 20_000  # A few bytes of aliases can stand for billions of nodes.
_YAML = "tag:yaml.org,2002:"
_PLAIN_TAGS = {None, "!"} | {
    _YAML + t for t in ("str", "int", "float", "bool", "null", "timestamp", "merge", "value", "map", "seq")
}


class _LimitError(Exception):
    """The file is not worth reading on."""


def convert(root: Node, source: Source) -> Document:
    """Turn the node tree of a file into a document.

    Parameters
    ----------
    root
        Top-level node, a mapping.
    source
        The file, for places.

    Returns
    -------
    Document
        Data of dictionaries with text keys, lists and scalars.

    Raises
    ------
    SpecError
        With all duplicate keys, tags and keys that are not text; or with the limit that was exceeded.
    """
    conversion = _Conversion(source)
    try:
        data = conversion.value(root, ())
    except _LimitError as limit:
        place, message = limit.args
        raise SpecError(place.problem(message)) from None
    if conversion.problems:
        raise SpecError(*conversion.problems)
    return Document(source, data, conversion.keys, conversion.values)


class _Conversion:
    def __init__(self, source: Source) -> None:
        self.source = source
        self.keys: dict[Keys, Place] = {}
        self.values: dict[Keys, Place] = {}
        self.problems: list[Problem] = []
        self.count = 0

    def value(self, node: Node, path: Keys) -> Any:
        self.count += 1
        place = self._place(node)
        if self.count > _MOST_NODES:
            raise _LimitError(
                place,
                f"the file stands for more than {_MOST_NODES:,} values, which no spec does; "
                "write values out instead of repeating them with aliases (`*name`)",
            )
        if len(path) > _DEEPEST:
            raise _LimitError(place, f"nested more than {_DEEPEST} deep, which no spec is")
        self.values[path] = place
        if node.tag not in _PLAIN_TAGS:
            message = (
                f"tag `{str(node.tag).removeprefix(_YAML)}`: a spec file holds plain values only; remove it"
            )
            self.problems.append(place.problem(message))
        if isinstance(node, MappingNode):
            return self._mapping(node, path)
        if isinstance(node, SequenceNode):
            return [self.value(child, (*path, i)) for i, child in enumerate(node.value)]
        if isinstance(node, ScalarNode):
            return self._scalar(node, place)
        raise TypeError(f"no node of YAML: {node}")

    def _scalar(self, node: ScalarNode, place: Place) -> Any:
        if node.style is None:
            # `!!str 3` is text by the author's own word.
            return node.value if node.tag == _YAML + "str" else scalar(node.value)
        if node.style == '"' and not _encodes(node.value):
            self.problems.append(
                place.problem("half of a surrogate pair is no character; remove the `\\u` escape")
            )
            return ""
        return node.value

    def _mapping(self, node: MappingNode, path: Keys) -> dict[str, Any]:
        data: dict[str, Any] = {}
        for key_node, value_node in node.value:
            place = self._place(key_node)
            if not isinstance(key_node, ScalarNode):
                self.problems.append(place.problem("a key is a word, not a list or a block"))
                continue
            key = str(self._scalar(key_node, place))
            if key == "<<" and key_node.style is None:
                self.problems.append(place.problem("merge keys (`<<`) are not read; use `extends:`"))
                continue
            if key in data:
                first = self.keys[(*path, key)]
                self.problems.append(
                    place.problem(
                        f"duplicate key `{key}`",
                        f"first stated in line {first.line}; keep one of them",
                        excerpt=True,
                    )
                )
                continue
            self.keys[(*path, key)] = place
            data[key] = self.value(value_node, (*path, key))
        return data

    def _place(self, node: Node) -> Place:
        start, end = node.start_mark, node.end_mark
        length = end.column - start.column if end.line == start.line else 1
        return Place(self.source, start.line + 1, start.column + 1, max(1, length))


def _encodes(text: str) -> bool:
    try:
        text.encode()
    except UnicodeEncodeError:
        return False
    return True
