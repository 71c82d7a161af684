r"""What parsing a file yields: chunks, definitions, imports.

Bytes are offsets into the UTF-8 text that was parsed; lines are 1-based and inclusive. A line ends at ``\n``.

These are named tuples rather than frozen dataclasses: a large repository yields hundreds of thousands of
them, and a frozen dataclass of twelve fields takes four times as long to make.
"""

from __future__ import annotations

from dataclasses import dataclass
from typing import NamedTuple

from indexer.languages import Language


class Definition(NamedTuple):
    """A name that the file defines.

    :param name: the bare name, such as ``parse``; a section's is its heading.
    :param kind: ``function``, ``method``, ``constructor``, ``class``, ``interface``, ``trait``, ``struct``,
        ``enum``, ``union``, ``record``, ``type``, ``object``, ``module``, ``namespace``, ``implementation``,
        ``constant``, ``variable``, ``field``, ``property``, ``macro``, ``declaration`` (a prototype or
        overload signature, with no body), ``section``, ``table``, ``view``, ``index``, ``trigger``,
        ``schema``, ``element``, ``rule``.
    :param scope: enclosing definitions joined with ``.``, namespaces that have braces included; ``""`` at
        top level. A file's ``package`` or ``namespace`` statement is not part of it.
    :param start_byte: start of the definition with its decorators or attributes, without its leading comment.
    :param end_byte: end of the definition, exclusive.
    :param start_line: line of ``start_byte``.
    :param end_line: line of the last byte.
    :param name_line: line of the name.
    :param depth: 0 at top level; enclosing types and functions count one each, namespaces, modules and
        packages none. A member written outside its type (a Go receiver, ``A::b`` in C++, ``A.prototype.b
        =``) has depth 1; for a heading, its level less one.
    :param signature_start_byte: start of the definition without decorators.
    :param signature_end_byte: end of the signature, exclusive: where the body starts, or the end of the
        first line.
    """

    name: str
    kind: str
    scope: str
    start_byte: int
    end_byte: int
    start_line: int
    end_line: int
    name_line: int
    depth: int
    signature_start_byte: int
    signature_end_byte: int


class Chunk(NamedTuple):
    """A run of whole lines that search shows as one result.

    :param start_byte: start of the first line (a line too long for one chunk is cut inside).
    :param end_byte: end of the last line, its line break included.
    :param start_line: first line.
    :param end_line: last line.
    :param scope: what encloses the chunk's main definition, or its text: ``PdfReader`` for methods of that
        class.
    :param kind: the kind of its main definition, else ``imports``, ``comment`` or ``text``.
    :param name: the main definition's name, ``""`` when it has none. A later piece of a large definition
        keeps that definition's name and kind.
    """

    start_byte: int
    end_byte: int
    start_line: int
    end_line: int
    scope: str
    kind: str
    name: str


class Import(NamedTuple):
    """A module, file or package that the file imports, as it is written there.

    :param module: ``os.path``, ``./parser``, ``vector``, ``crate::error::Error``, ``com.acme.Reader``.
    :param line: line of the import.
    :param names: what it makes a part of this file's own interface (``pub use a::{B, C}``, ``export { D } from``);
        empty for an import that only this file uses.
    """

    module: str
    line: int
    names: tuple[str, ...] = ()


@dataclass(frozen=True, slots=True)
class ParsedSource:
    """Everything that parsing one file yields.

    :param language: the language that the text was read as.
    :param chunks: in file order; they do not overlap and cover every line that is not blank.
    :param definitions: in file order, an enclosing definition before its members.
    :param comments: ``(start_byte, end_byte)`` of documentation: comments and docstrings at top level, in
        types and directly in function bodies that were looked into; comments deeper inside code are not
        listed.
    :param imports: top-level imports in file order.
    :param problems: syntax errors, at most 100; 0 where there is no grammar.
    """

    language: Language
    chunks: tuple[Chunk, ...]
    definitions: tuple[Definition, ...] = ()
    comments: tuple[tuple[int, int], ...] = ()
    imports: tuple[Import, ...] = ()
    problems: int = 0
