"""In whose name certificates are issued: the issuer's dated settings, as data.

Name, signatory, telephone and public address change over the years; a certificate carries those in
force on its issue day.  The repository ships neutral ones; an installation brings its own file
(``MIT_ISSUER_FILE``).
"""

from __future__ import annotations

import json
from dataclasses import dataclass, fields
from datetime import date
from pathlib import Path

from mit.errors import Fault, InputError, SettingsError
from mit.values.thai_date import parse_iso_day

_NEUTRAL = Path(__file__).parent / "issuers" / "neutral.json"
_DATES = frozenset({"in_force_from", "in_force_until"})
_DIGITS = ("arabic", "thai")
#: Members that a file may leave out.
_OPTIONAL = frozenset({"digits"})


@dataclass(frozen=True, slots=True)
class IssuerProfile:
    """The issuer as it stands on a certificate, from one day to another (both included).

    Attributes:
        in_force_from: first day.
        in_force_until: last day, or None while no end is known.
        name_th: full name in Thai.
        name_en: full name in English.
        short_name: for narrow places, e.g. beside the mark.
        address_th: public address in Thai.
        address_en: public address in English.
        telephone: public number, as people write it.
        website: host name where certificates are verified or explained, without ``https://``.
        signatory_name_th: who signs, in Thai.
        signatory_name_en: who signs, in English.
        signatory_position_th: the office held, in Thai.
        signatory_position_en: the office held, in English.
        mark: ``verified`` when the issuer confirmed these texts, else ``unverified``.
        digits: ``arabic`` or ``thai``: how the Thai words on paper write numbers; codes, models and the
            QR code always have 0–9.
    """

    in_force_from: date
    in_force_until: date | None
    name_th: str
    name_en: str
    short_name: str
    address_th: str
    address_en: str
    telephone: str
    website: str
    signatory_name_th: str
    signatory_name_en: str
    signatory_position_th: str
    signatory_position_en: str
    mark: str
    digits: str = "arabic"


def parse_issuer_profiles(text: str) -> tuple[IssuerProfile, ...]:
    """Return the profiles in a JSON list of objects, the oldest first.

    Raises:
        InputError: with every fault: ``issuer_malformed``, ``issuer_members``, ``issuer_text``,
            ``issuer_mark``, ``issuer_digits``, ``issuer_period``, ``day_malformed``.
    """
    try:
        documents = json.loads(text)
    except (ValueError, RecursionError) as error:
        raise InputError("issuer_malformed") from error
    if not isinstance(documents, list) or not documents:
        raise InputError("issuer_malformed")
    faults: list[Fault] = []
    profiles = [_profile(document, f"[{at}]", faults) for at, document in enumerate(documents, 1)]
    known = sorted((p for p in profiles if p), key=lambda profile: profile.in_force_from)
    faults.extend(_period_faults(known))
    if faults:
        raise InputError("issuer_malformed", faults=faults)
    return tuple(known)


def neutral_issuer_profiles() -> tuple[IssuerProfile, ...]:
    """Return the neutral profiles that the repository ships."""
    return parse_issuer_profiles(_NEUTRAL.read_text(encoding="utf-8"))


def read_issuer_profiles(path: Path | None) -> tuple[IssuerProfile, ...]:
    """Return the profiles of an installation's own file; the neutral ones where it has none.

    Raises:
        SettingsError: ``settings_value``: the file cannot be read.
        InputError: it is not well-formed.
    """
    if path is None:
        return neutral_issuer_profiles()
    try:
        text = path.read_text(encoding="utf-8")
    except (OSError, UnicodeDecodeError) as error:
        raise SettingsError("settings_value", where="MIT_ISSUER_FILE") from error
    return parse_issuer_profiles(text)


def _profile(document: object, where: str, faults: list[Fault]) -> IssuerProfile | None:
    names = {field.name for field in fields(IssuerProfile)}
    if not isinstance(document, dict) or document.keys() | _OPTIONAL != names:
        given = set(document) if isinstance(document, dict) else set()
        odd = ", ".join(sorted(str(name)[:40] for name in names ^ given)[:6])
        faults.append(Fault("issuer_members", where, {"members": odd}))
        return None
    wrong = [
        Fault("issuer_text", f"{where}.{name}")
        for name in sorted(document.keys() - _DATES)
        if not isinstance(document[name], str) or not document[name].strip()
    ]
    if document["mark"] not in ("verified", "unverified"):
        wrong.append(Fault("issuer_mark", f"{where}.mark"))
    if document.get("digits", "arabic") not in _DIGITS:
        wrong.append(Fault("issuer_digits", f"{where}.digits"))
    days = {name: _day(document[name], f"{where}.{name}", wrong) for name in _DATES}
    faults.extend(wrong)
    first = days["in_force_from"]
    if wrong or first is None:
        return None
    texts = {name: document[name] for name in document.keys() - _DATES}
    return IssuerProfile(in_force_from=first, in_force_until=days["in_force_until"], **texts)


def _day(value: object, where: str, faults: list[Fault]) -> date | None:
    if value is None and where.endswith("until"):
        return None
    try:
        return parse_iso_day(value if isinstance(value, str) else "", where=where)
    except InputError as error:
        faults.extend(error.faults)
        return None


def _period_faults(profiles: list[IssuerProfile]) -> list[Fault]:
    return [
        Fault("issuer_period", f"in_force_from {profile.in_force_from}")
        for profile in profiles
        if profile.in_force_until is not None and profile.in_force_until < profile.in_force_from
    ]
