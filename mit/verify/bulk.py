"""Many texts judged together, each as it would be alone: few reads in bulk, one set of keys.

What a certificate says at length is not read where no answer hangs on it: a QR code names its credential by
hash.  Who shows the answer reads it then (``told_certificate``).
"""

from __future__ import annotations

from collections.abc import Sequence
from datetime import datetime

from mit.verify import opening
from mit.verify.alike import Alike, Judged
from mit.verify.judge import Question, judge
from mit.verify.opening import Opened
from mit.verify.presentation import Presentation, ShownCredential, ShownNumber, ShownQr
from mit.verify.register import known_keys, trust_in_bulk
from mit.verify.trust import Trust

#: A presentation and what is asked about it.
Asked = tuple[Presentation, Question]


def verify_all(asked: Sequence[Asked], *, now: datetime) -> list[Judged]:
    """Return what came of each text that was shown, by the register as it is at this moment.

    Of a QR code ``certificate`` may hold only what the code itself says.  Who asks the same of all asks it
    with the same object: so far answers are shared.

    Raises:
        MitError: ``register_unreachable``.
    """
    known = Trust(known_keys(), now)
    opened = _open([shown for shown, _ in asked], known)
    numbers: set[str] = set()
    in_full: set[str] = set()
    for (shown, question), one in zip(asked, opened, strict=True):
        number = _number_of(shown, one)
        if number is not None:
            numbers.add(number)
            if one is None or question.model is not None:
                in_full.add(number)
    trust = trust_in_bulk(numbers, known.keys, now, in_full=in_full)
    alike = Alike(trust)
    return [
        Judged(judge(shown, trust, question)) if one is None else alike.judge(_dated(one, trust), question)
        for (shown, question), one in zip(asked, opened, strict=True)
    ]


def _open(many: Sequence[Presentation], known: Trust) -> list[Opened | None]:
    qrs = iter(opening.open_qrs([shown for shown in many if isinstance(shown, ShownQr)], known))
    return [next(qrs) if isinstance(shown, ShownQr) else _open_credential(shown, known) for shown in many]


def _open_credential(shown: Presentation, known: Trust) -> Opened | None:
    return opening.open_credential(shown, known) if isinstance(shown, ShownCredential) else None


def _number_of(shown: Presentation, opened: Opened | None) -> str | None:
    if isinstance(shown, ShownNumber):
        return shown.number
    return opened.content.number if opened and opened.content else None


def _dated(opened: Opened, trust: Trust) -> Opened:
    """Return the same with the key as it stood when its certificates were read."""
    if opened.key is None:
        return opened
    key = trust.keys[opened.key.public.kid]
    return opened if key is opened.key else opened._replace(key=key)
