"""Passwords that are tried first: those that leaked, patterns of the keyboard, words about oneself.

This is no rule of composition: it asks for no kind of sign, it only leaves out what guessers try
before anything else.  Source: security section 7, NIST SP 800-63B section 3.1.1.2 (blocklist).
"""

from __future__ import annotations

import unicodedata
from collections.abc import Iterable, Sequence
from itertools import pairwise

from mit.accounts.leaked_passwords import has_leaked

#: Signs that have to be left when words about oneself and patterns are taken out.
LEAST_LEFT = 8
#: Words that everybody tries here.
OUR_WORDS = ("mit", "fti", "madeinthailand", "thailand", "สภาอุตสาหกรรม", "รหัสผ่าน", "password")
#: Neighbours on keyboards, in the alphabet and in counting; a run of them counts as one sign.
_ROWS = (
    "0123456789", "1234567890", "qwertyuiop", "asdfghjkl", "zxcvbnm", "abcdefghijklmnopqrstuvwxyz",
    "ๅภถุึคตจขช", "ๆไำพะัีรนยบล", "ฟหกดเ้่าสวง", "ผปแอิืทมใฝ", "๐๑๒๓๔๕๖๗๘๙", "กขฃคฅฆงจฉชซฌญ",
)  # fmt: skip
_NEIGHBOURS = {pair for row in _ROWS for way in (row, row[::-1]) for pair in pairwise(way)}
_SHORTEST_RUN = 3
_SHORTEST_WORD = 3
#: Punctuation, spaces and symbols stand between words; Thai vowels and tone marks do not.
_BETWEEN_WORDS = frozenset("PZS")


def how_guessed(password: str, about: Iterable[str] = ()) -> str:
    """Return why a password is guessed first, as the code of a fault; empty where it is not.

    *about* is what others know of its owner: e-mail address, name, organisation.
    """
    plain = unicodedata.normalize("NFKC", password).casefold()
    if has_leaked(plain):
        return "password_leaked"
    if _left(plain) < LEAST_LEFT:
        return "password_pattern"
    joined = _joined(plain)
    without = _without(joined, words_of(about))
    return "password_about_you" if without != joined and _left(without) < LEAST_LEFT else ""


def words_of(about: Iterable[str]) -> Sequence[str]:
    """Return the words in what is known of somebody and our own, the longest first."""
    texts = [unicodedata.normalize("NFKC", text).casefold() for text in about]
    words = {word for text in texts for word in (*_spaced(text).split(), _joined(text))}
    kept = {word for word in words if len(word) >= _SHORTEST_WORD}
    return sorted({*kept, *OUR_WORDS}, key=lambda word: (-len(word), word))


def _without(plain: str, words: Sequence[str]) -> str:
    for word in words:
        plain = plain.replace(word, " ")
    return plain


def _spaced(text: str) -> str:
    """Return the text with a space for everything that stands between words."""
    return "".join(" " if unicodedata.category(sign)[0] in _BETWEEN_WORDS else sign for sign in text)


def _joined(text: str) -> str:
    """Return the text without what stands between words."""
    return "".join(_spaced(text).split())


def _left(plain: str) -> int:
    """Return how many signs count: spaces do not, a run counts as one, a repetition once."""
    signs = "".join(plain.split())
    return len(_once(_without_runs(signs)))


def _without_runs(signs: str) -> str:
    """Return the signs with the first alone of each run of neighbours or of one sign."""
    kept, start = [], 0
    for at in range(1, len(signs) + 1):
        if at < len(signs) and _goes_on(signs[at - 1], signs[at]):
            continue
        run = signs[start:at]
        kept.append(run[0] if len(run) >= _SHORTEST_RUN else run)
        start = at
    return "".join(kept)


def _goes_on(sign: str, following: str) -> bool:
    return sign == following or (sign, following) in _NEIGHBOURS


def _once(signs: str) -> str:
    """Return what is repeated from beginning to end; the signs themselves where nothing is."""
    for size in range(1, len(signs) // 2 + 1):
        unit = signs[:size]
        if (unit * (len(signs) // size + 1))[: len(signs)] == signs:
            return unit
    return signs
