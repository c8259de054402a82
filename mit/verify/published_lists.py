"""What the issuer publishes of status, in every form, read into one: who holds it, trusts it alike.

Three forms say it: bitstring lists (``vc+jwt``, one for each purpose), the token list (CWT, both at
once) and the dated history (JWS).  A list counts only when a known key signed it that was in use on
its day and is not compromised; of two lists about the same slots the newer one counts.  Pure.
"""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from dataclasses import dataclass, field, replace
from datetime import datetime
from typing import Any

from mit.credential import base64url, canonical_json, jose, status_cwt, status_list, token_list, vc
from mit.credential.public_keys import PublicKey
from mit.credential.status_list import StatusBits
from mit.errors import InputError
from mit.lifecycle.certificate_states import StateChange
from mit.lifecycle.signing_key_states import was_active
from mit.values.thai_date import bangkok_day
from mit.verify import shapes
from mit.verify.trust import ListedStatus, Trust, TrustedKey, key_named

HISTORY_FORMAT = "mit-status-history/1"
HISTORY_TYP = "mit-status-history+jwt"
#: Kinds of what is published under ``/status/<kind>/<list number>``.
STATUS_KINDS = (*vc.PURPOSES, "token", "history")

Changes = Mapping[int, tuple[StateChange, ...]]


@dataclass
class Shelf:
    """Pieces that were read, the newest of each kind.

    Attributes:
        bits: by list number and purpose.
        histories: instant and changes by list number.
    """

    bits: dict[tuple[int, str], StatusBits] = field(default_factory=dict)
    histories: dict[int, tuple[datetime, Changes]] = field(default_factory=dict)

    def put_bits(self, read: StatusBits) -> None:
        """Keep a list unless a newer one is there."""
        held = self.bits.get((read.list_number, read.purpose))
        if held is None or held.issued_at <= read.issued_at:
            self.bits[read.list_number, read.purpose] = read

    def put_history(self, list_number: int, known_at: datetime, changes: Changes) -> None:
        """Keep a history unless a newer one is there."""
        held = self.histories.get(list_number)
        if held is None or held[0] <= known_at:
            self.histories[list_number] = (known_at, changes)

    def lists(self) -> dict[int, ListedStatus]:
        """Return the lists by number, of those numbers of which both purposes are known."""
        found = {}
        for number, purpose in self.bits:
            if purpose == "revocation" and (number, "suspension") in self.bits:
                known_at, changes = self.histories.get(number, (None, None))
                found[number] = ListedStatus(
                    self.bits[number, "revocation"],
                    self.bits[number, "suspension"],
                    changes=changes,
                    changes_known_at=known_at,
                )
        return found


def history_document(
    list_number: int, changes: Mapping[int, Iterable[StateChange]], *, now: datetime
) -> dict[str, Any]:
    """Return the dated history of every slot of a list that ever changed, as of *now*."""
    return {
        "format": HISTORY_FORMAT,
        "list_number": list_number,
        "iat": int(now.timestamp()),
        "slots": history_slots(changes),
    }


def history_slots(changes: Mapping[int, Iterable[StateChange]]) -> dict[str, list[dict[str, str]]]:
    """Return the changes of each slot as they stand in a history document."""
    return {str(index): [change_document(one) for one in own] for index, own in changes.items()}


def history_signing_input(document: Mapping[str, Any], key: PublicKey) -> bytes:
    """Return exactly the bytes that the signer of *key* signs for a published history."""
    return jose.signing_input(jose.header(key, typ=HISTORY_TYP), canonical_json.write(document))


def change_document(change: StateChange) -> dict[str, str]:
    """Return one dated change as it stands in histories and trust files."""
    return {"on": change.on.isoformat(), "state": change.state.value, "reason": change.reason}


def read_piece(piece: bytes, keys: Mapping[int, TrustedKey], shelf: Shelf, *, place: str = "") -> None:
    """Put a published piece of any form on the *shelf*, after its signature and every shape were checked.

    Raises:
        InputError: ``trust_signature``, ``trust_malformed`` with the place, or a code of its form.
    """
    if piece.startswith(status_cwt.MAGIC):
        read = token_list.read_token_list(_verified_cwt(piece, keys))
        _demand_in_use(keys[status_cwt.open_token(piece).kid], read.issued_at)
        for purpose in vc.PURPOSES:
            shelf.put_bits(read.bits(purpose))
        return
    try:
        text = piece.decode("ascii")
    except UnicodeDecodeError as error:
        raise InputError("trust_malformed", where=place) from error
    is_history = _type_of(text) == HISTORY_TYP
    key, payload = _verified(text, HISTORY_TYP if is_history else vc.TYP, keys)
    if is_history:
        known_at = _put_history(payload, shelf, place)
    else:
        bits = status_list.read_status_list(payload)
        shelf.put_bits(bits)
        known_at = bits.issued_at
    _demand_in_use(key, known_at)


def with_lists(trust: Trust, pieces: Mapping[str, bytes]) -> Trust:
    """Return *trust* with published pieces, fetched as files, beside its own; the newer ones count.

    *pieces* are the files' bytes by name; a newline at the end is no part of them.

    Raises:
        InputError: ``status_file_malformed`` or ``status_file_signature``, with the file's name.
    """
    shelf = Shelf()
    for number, own in trust.lists.items():
        shelf.put_bits(own.revocation)
        shelf.put_bits(own.suspension)
        if own.changes is not None and own.changes_known_at is not None:
            shelf.put_history(number, own.changes_known_at, own.changes)
    for name, piece in pieces.items():
        is_text = not piece.startswith(status_cwt.MAGIC)
        try:
            read_piece(piece.strip() if is_text else piece, trust.keys, shelf)
        except InputError as error:
            is_unsigned = error.code == "trust_signature"
            code = "status_file_signature" if is_unsigned else "status_file_malformed"
            raise InputError(code, where="--status", name=name) from error
    return replace(trust, lists=shelf.lists())


def _type_of(text: str) -> str:
    try:
        header = canonical_json.read(base64url.decode(text.partition(".")[0][:2_000]))
    except InputError:
        return ""
    return str(header.get("typ")) if isinstance(header, dict) else ""


def _verified(text: str, typ: str, keys: Mapping[int, TrustedKey]) -> tuple[TrustedKey, bytes]:
    token = jose.parse(text, typ=typ)
    key = key_named(keys, token.header["kid"])
    if key is None or key.dates.compromised_from_at is not None or not jose.verify(token, key.public):
        raise InputError("trust_signature")
    return key, token.payload


def _verified_cwt(data: bytes, keys: Mapping[int, TrustedKey]) -> bytes:
    envelope = status_cwt.open_token(data)
    key = keys.get(envelope.kid)
    if (
        key is None
        or key.dates.compromised_from_at is not None
        or not status_cwt.verify(envelope, key.public)
    ):
        raise InputError("trust_signature")
    return envelope.payload


def _demand_in_use(key: TrustedKey, signed_at: datetime) -> None:
    """Refuse what a key signed on a day on which it was not in use."""
    if not was_active(key.dates, bangkok_day(signed_at)):
        raise InputError("trust_signature")


def _put_history(payload: bytes, shelf: Shelf, place: str) -> datetime:
    document = shapes.members(canonical_json.read(payload), place)
    shapes.demand(document.get("format") == HISTORY_FORMAT, place)
    slots = shapes.members(document.get("slots"), place)
    changes = {shapes.index(name, place): shapes.history(slots, name, place) for name in slots}
    known_at = shapes.epoch_instant(document, "iat", place)
    shelf.put_history(shapes.whole(document, "list_number", place), known_at, changes)
    return known_at
