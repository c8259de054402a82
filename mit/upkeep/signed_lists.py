"""The status of every slot of a list, signed: two bitstrings, one token list, the dated history.

All four are made from one source, the register's dated changes: first one value for each slot, then
its packings.  What is published once says from which changes it was made: its history is that source.
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from datetime import datetime
from typing import Final

from mit.credential import canonical_json, jose, slot_values, status_cwt, status_list, token_list
from mit.credential.signatures import Signer
from mit.credential.vc import PURPOSES, TYP
from mit.lifecycle.certificate_states import REVOCATION_BIT_STATES, CertificateState, StateChange
from mit.verify import published_lists

Changes = Mapping[int, Sequence[StateChange]]

#: Media type of each kind, in the order in which they are published.
MEDIA_TYPES: Final[Mapping[str, str]] = {
    **dict.fromkeys(PURPOSES, f"application/{TYP}"),
    "token": status_cwt.MEDIA_TYPE,
    "history": "application/jwt",
}


def signed_lists(
    list_number: int, changes: Changes, signer: Signer, *, public_url: str, now: datetime
) -> dict[str, bytes]:
    """Return what is published of one list number by kind, as of *now*."""
    values = values_of(changes)
    claims = token_list.build_token_list(values, list_number, public_url=public_url, now=now)
    return {
        **{
            purpose: _bitstring_list(purpose, list_number, values, signer, public_url=public_url, now=now)
            for purpose in PURPOSES
        },
        "token": token_list.sign_token_list(claims, signer),
        "history": _history(list_number, changes, signer, now=now),
    }


def values_of(changes: Changes) -> bytes:
    """Return one value for each slot; superseding and withdrawing count as revoked, too."""
    latest = {index: history[-1].state for index, history in changes.items()}
    revoked = [index for index, state in latest.items() if state in REVOCATION_BIT_STATES]
    suspended = [index for index, state in latest.items() if state is CertificateState.SUSPENDED]
    return slot_values.slot_values({slot_values.INVALID: revoked, slot_values.SUSPENDED: suspended})


def is_made_from(
    published: bytes, list_number: int, changes: Changes, *, signed_at: datetime, signer: Signer
) -> bool:
    """Say whether a history published at *signed_at* tells exactly *changes*, by the key in use."""
    token = jose.parse(published.decode("ascii"), typ=published_lists.HISTORY_TYP)
    would_be = published_lists.history_document(list_number, changes, now=signed_at)
    is_same_key = token.header["kid"] == signer.public_key.thumbprint
    return is_same_key and token.payload == canonical_json.write(would_be)


def _bitstring_list(
    purpose: str, list_number: int, values: bytes, signer: Signer, *, public_url: str, now: datetime
) -> bytes:
    bits = slot_values.bitstring(values, slot_values.VALUE_OF_PURPOSE[purpose])
    payload = status_list.status_list_of_bits(purpose, list_number, bits, public_url=public_url, now=now)
    signed = status_list.status_list_signing_input(payload, key=signer.public_key, public_url=public_url)
    return jose.assemble(signed, signer.sign(signed)).encode("ascii")


def _history(list_number: int, changes: Changes, signer: Signer, *, now: datetime) -> bytes:
    document = published_lists.history_document(list_number, changes, now=now)
    signed = published_lists.history_signing_input(document, signer.public_key)
    return jose.assemble(signed, signer.sign(signed)).encode("ascii")
