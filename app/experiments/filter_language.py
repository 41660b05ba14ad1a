"""The language of filters and of what a table is sorted by: text becomes a tree. Nothing of it ever becomes SQL.

metrics.loss < 0.3 and params.lr = 1e-3 and tags.team = "nlp"
min(metrics."train/loss") <= 0.1 and not (status in ("failed", "cancelled") or name like "draft-%")
"""

import re
from dataclasses import dataclass
from functools import cache
from typing import Any

import lark

from app.experiments.filter_tree import (
    DEPTH,
    Absence,
    All,
    AnyOf,
    Column,
    Comparison,
    Given,
    Membership,
    Not,
    Of,
    Operator,
    Place,
    Tree,
    value_of,
)

LENGTH = 4000
"""Characters of a filter."""

_GRAMMAR = r"""
filter: disjunction
sort: [_sort_key ("," _sort_key)*]
_sort_key: sort_key
sort_key: column [ASCENDING | DESCENDING]

?disjunction: conjunction (_OR conjunction)* -> any_of
?conjunction: negation (_AND negation)* -> all_of
?negation: _NOT negation -> no
         | "(" disjunction ")"
         | column OPERATOR literal -> comparison
         | column WORD_OPERATOR literal -> comparison
         | column _NOT WORD_OPERATOR literal -> no_match
         | column _IN "(" literal ("," literal)* ")" -> membership
         | column _NOT _IN "(" literal ("," literal)* ")" -> no_member
         | column _IS _NULL -> absence
         | column _IS _NOT _NULL -> presence

column: PLACE _DOT (KEY | QUOTED | BACKTICKED) -> placed
      | BACKTICKED -> whole
      | OF "(" column ")" -> of
      | NAME -> attribute
literal: NUMBER -> number
       | QUOTED -> text
       | TRUE -> true
       | FALSE -> false

_OR.2: /or\b/i
_AND.2: /and\b/i
_NOT.2: /not\b/i
_IN.2: /in\b/i
_IS.2: /is\b/i
_NULL.2: /null\b/i
TRUE.2: /true\b/i
FALSE.2: /false\b/i
ASCENDING.2: /asc\b/i
DESCENDING.2: /desc\b/i
PLACE.2: /(metrics|params|tags|summary|attributes)(?=\.)/
OF.2: /(latest|min|max)(?=\s*\()/i
WORD_OPERATOR.2: /(like|ilike|contains)\b/i
OPERATOR: /==|=|!=|<>|<=|>=|<|>/
_DOT: "."
KEY: /\w[\w.\/-]*/
NAME: /[a-z_]\w*/i
NUMBER: /[+-]?(\d+\.?\d*|\.\d+)(e[+-]?\d+)?/i
QUOTED: /"(\\.|[^"\\])*"|'(\\.|[^'\\])*'/s
BACKTICKED: /`[^`]+`/
%ignore /\s+/
"""

_WORDS = {
    "_OR": "`or`",
    "_AND": "`and`",
    "_NOT": "`not`",
    "_IN": "`in`",
    "_IS": "`is`",
    "_NULL": "`null`",
    "TRUE": "true",
    "FALSE": "false",
    "ASCENDING": "`asc`",
    "DESCENDING": "`desc`",
    "PLACE": "a column such as metrics.loss, params.lr, tags.team or status",
    "OF": "",
    "NAME": "",
    "WORD_OPERATOR": "`like`, `ilike`, `contains`",
    "OPERATOR": "a comparison such as = or <",
    "_DOT": "a dot",
    "KEY": "a name",
    "BACKTICKED": "",
    "NUMBER": "a number",
    "QUOTED": "a text in quotes",
    "LPAR": "`(`",
    "RPAR": "`)`",
    "COMMA": "a comma",
    "$END": "the end",
}
"""What a terminal is to somebody who writes a filter; those that are told by another have none."""


class LanguageError(ValueError):
    """`position` counts characters from 0."""

    def __init__(self, message: str, position: int) -> None:
        super().__init__(message)
        self.position = position


@dataclass(frozen=True, slots=True)
class SortKey:
    column: Column
    descending: bool = False


def parse_filter(text: str) -> Tree:
    """Raises `LanguageError`."""
    tree: Tree = _parse("filter", text)
    return tree


def parse_sort(text: str) -> tuple[SortKey, ...]:
    """`metrics.loss asc, created_at desc`; raises `LanguageError`."""
    keys: tuple[SortKey, ...] = _parse("sort", text)
    return keys


def parse_column(text: str) -> Column:
    """Raises `LanguageError`."""
    column: Column = _parse("column", text).read
    return column


def _parse(start: str, text: str) -> Any:
    if len(text) > LENGTH:
        raise LanguageError(f"it has {len(text)} characters, and {LENGTH} are allowed", LENGTH)
    if (nul := text.find("\0")) >= 0:
        raise LanguageError(f"at character {nul + 1} stands a NUL, which no value has", nul)
    try:
        return _parser(start).parse(text)
    except lark.UnexpectedToken as error:
        where = len(text) if error.token.type == "$END" else error.token.start_pos or 0
        raise LanguageError(_told(text, where, error.accepts or error.expected), where) from None
    except lark.UnexpectedCharacters as error:
        # The class it derives from says None, and mypy believes that.
        place: Any = error.pos_in_stream
        where = place or 0
        raise LanguageError(_told(text, where, error.allowed or set()), where) from None
    except _Refused as error:
        raise LanguageError(f"at character {error.position + 1}: {error}", error.position) from None


def _told(text: str, where: int, expected: set[str]) -> str:
    found = f"{text[where : where + 20]!r} stands" if where < len(text) else "it ends"
    words = sorted({_WORDS[each] for each in expected} - {""})
    # A name that is not quoted reads on as far as it can: what comes after it is the next word.
    return f"at character {where + 1} {found} where this is expected: {', '.join(words)}"


@cache
def _parser(start: str) -> lark.Lark:
    """One for each, so that none expects what only another has."""
    return lark.Lark(_GRAMMAR, parser="lalr", start=start, transformer=_Reader(), maybe_placeholders=False)


class _Refused(Exception):
    def __init__(self, message: str, position: int) -> None:
        super().__init__(message)
        self.position = position


@dataclass(frozen=True, slots=True)
class _At:
    """Something read, and where: what comes of it may be refused later."""

    read: Any
    position: int
    depth: int = 0


@lark.v_args(inline=True)
class _Reader(lark.Transformer[lark.Token, Any]):
    """Called as the parser goes, innermost first, so that nothing here recurses."""

    def filter(self, tree: _At) -> Tree:
        read: Tree = tree.read
        return read

    def sort(self, *keys: SortKey) -> tuple[SortKey, ...]:
        return keys

    def sort_key(self, column: _At, direction: lark.Token | None = None) -> SortKey:
        return SortKey(column.read, descending=direction is not None and direction.type == "DESCENDING")

    def any_of(self, *parts: _At) -> _At:
        return _joined(AnyOf, parts)

    def all_of(self, *parts: _At) -> _At:
        return _joined(All, parts)

    def no(self, part: _At) -> _At:
        return _no(part)

    def comparison(self, column: _At, operator: lark.Token, literal: _At) -> _At:
        named = Operator({"==": "=", "<>": "!="}.get(operator, operator.lower()))
        # A pattern is a text, and no value of the column.
        value = literal.read if named.is_of_text else _value(column, literal)
        return _made(column, lambda: Comparison(column.read, named, value))

    def no_match(self, column: _At, operator: lark.Token, literal: _At) -> _At:
        return _but_there(self.comparison(column, operator, literal), column)

    def membership(self, column: _At, *literals: _At) -> _At:
        return _made(column, lambda: Membership(column.read, tuple(_value(column, each) for each in literals)))

    def no_member(self, column: _At, *literals: _At) -> _At:
        return _but_there(self.membership(column, *literals), column)

    def absence(self, column: _At) -> _At:
        return _At(Absence(column.read), column.position)

    def presence(self, column: _At) -> _At:
        return _At(Not(Absence(column.read)), column.position)

    def placed(self, place: lark.Token, name: lark.Token) -> _At:
        return _column(Place(place), _unquoted(name) if name.type != "KEY" else str(name), place)

    def whole(self, name: lark.Token) -> _At:
        place, dot, rest = _unquoted(name).partition(".")
        if not dot or place not in set(Place) or not rest:
            raise _Refused("in backticks stands a place and a name, such as `metrics.a b`", name.start_pos or 0)
        return _column(Place(place), rest, name)

    def of(self, of: lark.Token, column: _At) -> _At:
        return _made(_At(None, of.start_pos or 0), lambda: Column(column.read.place, column.read.name, Of(of.lower())))

    def attribute(self, name: lark.Token) -> _At:
        return _column(Place.ATTRIBUTES, str(name), name)

    def number(self, token: lark.Token) -> _At:
        return _At(float(token), token.start_pos or 0)

    def text(self, token: lark.Token) -> _At:
        return _At(_unquoted(token), token.start_pos or 0)

    def true(self, token: lark.Token) -> _At:
        return _At(True, token.start_pos or 0)

    def false(self, token: lark.Token) -> _At:
        return _At(False, token.start_pos or 0)


def _joined(join: type[All] | type[AnyOf], parts: tuple[_At, ...]) -> _At:
    if len(parts) == 1:
        return parts[0]
    depth = 1 + max(part.depth for part in parts)
    _check(depth, parts[0])
    return _At(join(tuple(part.read for part in parts)), parts[0].position, depth)


def _no(part: _At) -> _At:
    if isinstance(part.read, Not):
        return _At(part.read.part, part.position, part.depth)
    _check(part.depth + 1, part)
    return _At(Not(part.read), part.position, part.depth + 1)


def _but_there(part: _At, column: _At) -> _At:
    """What is not there matches nothing, not even a `not like`."""
    return _At(All((Not(part.read), Not(Absence(column.read)))), part.position, part.depth + 2)


def _check(depth: int, at: _At) -> None:
    if depth > DEPTH:
        raise _Refused(f"brackets and `not` are nested deeper than {DEPTH}", at.position)


def _value(column: _At, literal: _At) -> Any:
    given: Given = literal.read
    return _made(literal, lambda: value_of(column.read, given)).read


def _column(place: Place, name: str, token: lark.Token) -> _At:
    return _made(_At(None, token.start_pos or 0), lambda: Column(place, name))


def _made(at: _At, make: Any) -> _At:
    try:
        return _At(make(), at.position)
    except ValueError as error:
        raise _Refused(str(error), at.position) from error


def _unquoted(token: lark.Token) -> str:
    return token[1:-1] if token.type == "BACKTICKED" else re.sub(r"\\(.)", r"\1", token[1:-1], flags=re.DOTALL)
