"""What is looked for in logs, written as one writes to a search engine.

cuda "out of memory"      both in one line, the second word for word
out*                      a word that begins so
error -retried            without the other
oom or killed             either; what stands together binds more tightly
"""

import re
from collections.abc import Mapping, Sequence
from typing import NamedTuple

_TERM = re.compile(r'(?P<without>-)?(?:"(?P<phrase>[^"]*)(?:"|$)|(?P<word>[^\s"]+))')


class Term(NamedTuple):
    text: str
    without: bool = False
    begins: bool = False
    """Its last word is only the beginning of one."""


def parsed(query: str) -> list[list[Term]]:
    """Alternatives, each of terms that a line must all meet."""
    alternatives: list[list[Term]] = [[]]
    for found in _TERM.finditer(query):
        word, phrase, without = found["word"], found["phrase"], found["without"] is not None
        if word and word.lower() == "or" and not without:
            alternatives.append([])
        elif phrase is not None:
            alternatives[-1].append(Term(phrase, without))
        else:
            alternatives[-1].append(Term(word.rstrip("*"), without, begins=word.endswith("*")))
    return alternatives


def tsquery(alternatives: Sequence[Sequence[Term]], words: Mapping[str, Sequence[str]]) -> str | None:
    """As `to_tsquery` reads it; `words` has those of each term's text, without any punctuation.

    None where an alternative asks for no word: all lines but some would be an answer.
    """
    written: list[str] = []
    for terms in alternatives:
        meant = [term for term in terms if words[term.text]]
        if all(term.without for term in meant):
            return None
        written.append(" & ".join(_written(term, words[term.text]) for term in meant))
    return " | ".join(f"({each})" for each in written)


def _written(term: Term, words: Sequence[str]) -> str:
    phrase = " <-> ".join(f"'{word}'" for word in words) + (":*" if term.begins else "")
    return f"{'!' if term.without else ''}({phrase})"
