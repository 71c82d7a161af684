"""Walks a syntax tree by a language's rules: definitions, comments, imports, and where chunks may be cut.

The walk goes only where it must: through containers and directly into function bodies, and deeper only into
what is too large for one chunk. That keeps it at a small part of the parser's own time.
"""

from __future__ import annotations

from collections.abc import Iterable, Sequence

from tree_sitter import Node

from indexer.chunking import grammars
from indexer.chunking.grammars import Compiled, Grammar
from indexer.chunking.lines import MERGED_BYTES, WHOLE_BYTES, LineIndex, line_cuts
from indexer.chunking.model import Definition, Import, ParsedSource
from indexer.chunking.rules.base import Found, Inside, child_of_type, text_of
from indexer.chunking.split import CODE, COMMENT, HEADER, IMPORTS, Piece, Scope, chunks_of
from indexer.languages import Language

DEEPEST = 60
"""How many levels the walk descends; what lies deeper is cut by lines. Keeps the stack shallow."""

MOST_PROBLEMS = 100

_MEMBER_KINDS = {"function": "method", "variable": "field"}
_OTHER = Compiled(-1)


def parse_syntax(text: bytes, language: Language, grammar: Grammar) -> ParsedSource | None:
    """Parse a text by its grammar. Never raises on any text.

    :return: None when the parser did not finish in time.
    """
    tree = grammar.parse(text)
    if tree is None:
        return None
    root = tree.root_node
    walk = _Walk(text, grammar)
    walk.visit(root.children, _Place(0, "", 0), cut=True)
    pieces = walk.pieces
    if len(pieces) > 1 and not text[: pieces[1].start].strip():
        pieces = pieces[1:]
    chunks = chunks_of(walk.index, pieces, walk.scopes, walk.definitions)
    return ParsedSource(
        language,
        tuple(chunks),
        tuple(walk.definitions),
        tuple(walk.comments),
        tuple(walk.imported),
        _problems(root),
    )


def _problems(root: Node) -> int:
    """Count syntax errors, an error inside another one not counted."""
    if not root.has_error:
        return 0
    count, open_nodes = 0, [root]
    while open_nodes and count < MOST_PROBLEMS:
        node = open_nodes.pop()
        if node.is_error or node.is_missing:
            count += 1
        else:
            open_nodes.extend(child for child in node.children if child.has_error)
    return min(count, MOST_PROBLEMS)


class _Place:
    """Where the walk is.

    :param owner: index of the scope that owns pieces here.
    :param scope: full name of the scope.
    :param depth: depth of definitions here.
    :param level: levels descended so far.
    """

    __slots__ = ("depth", "in_type", "level", "local", "owner", "scope")

    def __init__(
        self, owner: int, scope: str, depth: int, in_type: bool = False, local: bool = False, level: int = 0
    ) -> None:
        self.owner = owner
        self.scope = scope
        self.depth = depth
        self.in_type = in_type
        self.local = local
        self.level = level

    def deeper(self, local: bool | None = None) -> _Place:
        """Give the same scope one level further down the tree."""
        local = self.local if local is None else local
        return _Place(self.owner, self.scope, self.depth, self.in_type, local, self.level + 1)


class _Lead:
    """What waits for the node that it belongs to: comments and attributes before it.

    :param attribute: where the definition starts: the first attribute, or a wrapper around it; -1 for none.
    """

    __slots__ = ("attribute", "begin", "seen")

    def __init__(self, attribute: int = -1) -> None:
        self.attribute = attribute
        self.begin = -1  # where the piece starts: the first comment or attribute, -1 for none
        self.seen = -1  # end of what comes before that


class _Walk:
    """One walk over one tree. It is the `Context` of readers."""

    def __init__(self, text: bytes, grammar: Grammar) -> None:
        self.text = text
        self.index = LineIndex(text)
        self.table = grammar.table
        self.merges_clauses = grammar.merges_clauses
        self.pieces = [Piece(0, 0)]
        self.scopes = [Scope("", -1)]
        self.definitions: list[Definition] = []
        self.comments: list[tuple[int, int]] = []
        self.imported: list[Import] = []
        self.local = False
        self.in_type = False
        self._seen = 0  # end of what the walk has passed, for telling whether a node starts a line

    def comment(self, node: Node) -> None:
        """Note documentation that is not a comment node."""
        self.comments.append((node.start_byte, node.end_byte))

    def imports(self, module: str, node: Node, names: tuple[str, ...] = ()) -> None:
        """Note an import that is not an import node."""
        if module:
            self.imported.append(Import(module, self.index.line(node.start_byte), names))

    def visit(
        self, nodes: Iterable[Node], place: _Place, cut: bool, outer: int = -1, head: Piece | None = None
    ) -> None:
        """Walk over siblings.

        :param cut: whether chunks may be cut between them.
        :param outer: where the first definition starts, when a wrapper starts earlier; -1 for its own start.
        :param head: the wrapper's piece.
        """
        table = self.table
        lead = _Lead(outer)
        for node in nodes:
            rule = table.get(node.kind_id, _OTHER)
            op = rule.op
            if op == grammars.TOKEN:
                if cut:
                    self._seen = node.end_byte
            elif op == grammars.COMMENT:
                self.comments.append((node.start_byte, node.end_byte))
                if cut:
                    self._comment(node.start_byte, node.end_byte, lead, place.owner)
            elif op == grammars.LEAD:
                self._attribute(node, lead, place, cut)
            elif self._statement(node, rule, place, cut, lead, head):
                lead, head = _Lead(), None
        if cut and lead.begin >= 0:
            self._piece(lead.begin, place.owner, COMMENT, lead.seen)

    def _statement(
        self, node: Node, rule: Compiled, place: _Place, cut: bool, lead: _Lead, head: Piece | None
    ) -> bool:
        """Deal with one node that is no comment, attribute or token.

        :return: False when the node belongs to the next one.
        """
        first = lead.attribute if lead.attribute >= 0 else node.start_byte
        piece = head
        if cut:
            piece = self._begin(node.start_byte, lead, place.owner) or head
        if not self._handle(node, rule, place, cut, first, piece):
            self._attribute(node, lead, place, cut)
            return False
        if cut and node.end_byte > self._seen:
            self._seen = node.end_byte
        return True

    def _begin(self, start: int, lead: _Lead, owner: int) -> Piece | None:
        """Start a piece for a node with the comments and attributes before it."""
        if lead.begin < 0:
            return self._piece(start, owner, CODE, self._seen)
        if lead.attribute < 0 and self._breaks(self._seen, start) > 1:
            self._piece(lead.begin, owner, COMMENT, lead.seen)
            return self._piece(start, owner, CODE, self._seen)
        return self._piece(lead.begin, owner, CODE, lead.seen)

    def _breaks(self, seen: int, start: int) -> int:
        """Count line breaks before a node; a comment may end with one of its own."""
        return self.text.count(b"\n", max(seen - 1, 0), start)

    def _attribute(self, node: Node, lead: _Lead, place: _Place, cut: bool) -> None:
        """Keep an attribute for the definition that follows it; a large one is cut by itself."""
        start, end = node.start_byte, node.end_byte
        if lead.attribute < 0:
            lead.attribute = start
        if not cut:
            return
        if lead.begin < 0:
            lead.begin, lead.seen = start, self._seen
        if end - start > WHOLE_BYTES and place.level < DEEPEST:
            self._piece(lead.begin, place.owner, CODE, lead.seen)
            self._split(node.children, node, place.deeper(local=True))
            lead.begin = -1
        self._seen = max(self._seen, end)

    def _comment(self, start: int, end: int, lead: _Lead, owner: int) -> None:
        """Keep a comment for what follows it, unless it ends a line of code or the comments grow too long."""
        seen = self._seen
        self._seen = end
        if lead.begin >= 0:
            if lead.attribute >= 0 or (end - lead.begin <= MERGED_BYTES and self._breaks(seen, start) <= 1):
                return
            self._piece(lead.begin, owner, COMMENT, lead.seen)
        elif start > seen and self._breaks(seen, start) == 0:
            return
        lead.begin, lead.seen = start, seen
        if end - start > WHOLE_BYTES:
            self._piece(start, owner, COMMENT, seen)
            self._cut_lines(start, end, owner, COMMENT)

    def _piece(self, start: int, owner: int, role: int, seen: int) -> Piece | None:
        """Note that a chunk may start at a node, if the node is the first on its line.

        :param seen: end of what comes before the node.
        :return: the piece that starts there, None when the line began with something else.
        """
        last = self.pieces[-1]
        line_start = self.text.rfind(b"\n", 0, start) + 1
        if line_start <= last.start:
            if line_start < last.start or self.text[line_start:start].strip():
                return None
            last.role = max(last.role, role) if last.definition < 0 else last.role
            return last
        if seen > line_start:
            return None
        piece = Piece(line_start, owner, -1, role)
        self.pieces.append(piece)
        return piece

    def _cut_lines(self, start: int, end: int, owner: int, role: int) -> None:
        """Cut a token that is too large for a chunk by lines."""
        for cut in line_cuts(self.text, self.index.line_start(start), end):
            if self.text[cut - 1] == 10 and cut > self.pieces[-1].start:
                self.pieces.append(Piece(cut, owner, -1, role))

    def _handle(
        self, node: Node, rule: Compiled, place: _Place, cut: bool, first: int, piece: Piece | None
    ) -> bool:
        """Apply a node's rule.

        :return: False when the node belongs to the next one.
        """
        op = rule.op
        large = cut and node.end_byte - node.start_byte > WHOLE_BYTES
        if op < 0:
            if large:
                self._split(node.children, node, place.deeper(local=True))
        elif op == grammars.DEFINE:
            self._define(node, rule, place, large, first, piece)
        elif op == grammars.READ:
            self.local, self.in_type = place.local, place.in_type
            found = rule.read(node, self) if rule.read is not None else ()
            if found is None:
                return False
            self._found(node, found, place, large, first, piece)
        elif op == grammars.IMPORTS:
            if rule.imports is not None:
                line = self.index.line(node.start_byte)
                modules = [module for module in rule.imports(node, self.text) if module]
                names = tuple(rule.exports(node, self.text)) if rule.exports is not None else ()
                self.imported += [Import(module, line, names) for module in modules]
            if piece is not None:
                piece.role = IMPORTS
        else:
            self._through(node, op, place, cut, large, first, piece)
        return True

    def _through(
        self, node: Node, op: int, place: _Place, cut: bool, large: bool, first: int, piece: Piece | None
    ) -> None:
        """Look through a node that is no definition itself."""
        if place.level >= DEEPEST:
            if large:
                self._split((), node, place)
            return
        before = len(self.definitions)
        if op == grammars.OPEN:
            self.visit(node.children, place.deeper(), cut, head=piece)
            return
        if op == grammars.WRAP:
            self.visit(node.children, place.deeper(), large, outer=first, head=piece)
        else:
            self.visit(node.children, place.deeper(), large, head=piece)
        if piece is not None and piece.definition < 0 and len(self.definitions) > before:
            piece.definition = before

    def _define(
        self, node: Node, rule: Compiled, place: _Place, large: bool, first: int, piece: Piece | None
    ) -> None:
        """Record the definition of a node whose rule tells everything."""
        name = (
            node.child_by_field_id(rule.name_field) if rule.name_field >= 0 else _child(node, rule.name_types)
        )
        body = (
            node.child_by_field_id(rule.body_field) if rule.body_field >= 0 else _child(node, rule.body_types)
        )
        if name is None:
            found: Sequence[Found] = ()
        else:
            at = name.start_byte
            found = (Found(node, text_of(name, self.text), at, rule.kind, body, "", rule.inside),)
        self._found(node, found, place, large, first, piece)

    def _found(
        self, node: Node, found: Sequence[Found], place: _Place, large: bool, first: int, piece: Piece | None
    ) -> None:
        """Record definitions and go on into their bodies."""
        if len(found) != 1:
            before = len(self.definitions)
            for one in found:
                if one.name:
                    self._record(one, place, one.node.start_byte)
                self._members(one, place, False, None)
            if piece is not None and len(self.definitions) > before:
                piece.definition = before
            if large:
                self._split(node.children, node, place.deeper(local=True))
            return
        one = found[0]
        if one.name:
            number = self._record(one, place, first)
            if piece is not None:
                piece.definition = number
        if large or one.inside:
            self._members(one, place, large, piece)

    def _record(self, found: Found, place: _Place, start: int) -> int:
        """Add a definition.

        :return: its index.
        """
        node, name, at, kind, body, scope, _ = found
        line = self.index.line
        end = node.end_byte
        if self.merges_clauses and self.definitions:
            last = self.definitions[-1]
            if (
                last.name == name
                and last.scope == place.scope
                and last.kind in (kind, _MEMBER_KINDS.get(kind))
            ):
                self.definitions[-1] = last._replace(end_byte=end, end_line=line(end - 1))
                return len(self.definitions) - 1
        depth = place.depth
        if scope:
            scope = f"{place.scope}.{scope}" if place.scope else scope
            depth = max(depth, 1)
            kind = _MEMBER_KINDS.get(kind, kind)
        else:
            scope = place.scope
            if place.in_type:
                kind = _MEMBER_KINDS.get(kind, kind)
        own = node.start_byte
        if body is not None:
            signature = body.start_byte
        else:
            signature = self.text.find(b"\n", at, end)
            signature = end if signature < 0 else signature
        self.definitions.append(
            Definition(
                name,
                kind,
                scope,
                start,
                end,
                line(start),
                line(end - 1),
                line(at),
                depth,
                min(own, at),
                signature,
            )
        )
        return len(self.definitions) - 1

    def _members(self, found: Found, place: _Place, large: bool, piece: Piece | None) -> None:
        """Look for definitions in a body, and cut it when it is large."""
        body = found.body
        if place.level >= DEEPEST or (body is None and not large):
            if large:
                self._split((), found.node, place)
            return
        parts = [part for part in (place.scope, found.scope, found.name) if part]
        number = len(self.definitions) - 1 if found.name else -1
        inside = found.inside
        same = inside == Inside.SAME
        inner = _Place(
            place.owner,
            ".".join(parts),
            place.depth + (inside < Inside.SPACE),
            inside == Inside.TYPE or (same and place.in_type),
            inside in (Inside.LOCAL, Inside.CALLBACK, Inside.NOTHING) or (same and place.local),
            place.level + 1,
        )
        if large:
            self.scopes.append(Scope(inner.scope, number))
            inner.owner = len(self.scopes) - 1
            if piece is not None:
                piece.owner = inner.owner
                piece.role = HEADER
        if body is None:
            self._split(found.node.children, found.node, inner)
        elif large:
            self._seen = max(self._seen, body.start_byte)
            self._split(body.children, body, inner)
        elif found.inside:
            self.visit(body.children, inner, cut=False)

    def _split(self, children: Sequence[Node], node: Node, place: _Place) -> None:
        """Cut a large node between its children, or by lines when it has none or the walk is too deep."""
        if children and place.level < DEEPEST:
            self.visit(children, place, cut=True)
        else:
            self._cut_lines(node.start_byte, node.end_byte, place.owner, CODE)


def _child(node: Node, types: tuple[str, ...]) -> Node | None:
    return child_of_type(node, *types) if types else None
