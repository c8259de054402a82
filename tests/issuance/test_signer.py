"""The signer refuses whatever the database does not order, whoever changed the rows.

Each case changes rows past all guards, as only a dishonest administrator of the database could,
between approval and signing; the signer must find it by itself.
"""

from __future__ import annotations

import hashlib
import re
from dataclasses import replace
from datetime import date, timedelta

import pytest

from mit import worker
from mit.accounts.people import grant_role
from mit.credential import cose, jose, qr_text, vc
from mit.errors import FourEyesError, KeyUnavailableError, MitError, NotFoundError, TamperedError
from mit.issuance.claims_record import read_claims, write_claims
from mit.issuance.rotate_keys import mark_compromised
from mit.issuance.signer import sign_certificate
from mit.roles.actor import Role
from mit.store import certificates, signing_keys
from mit.store.db import viewing
from mit.verify.scan import verify_number
from mit.verify.verdict import Answer
from tests.support.desk import Desk
from tests.support.forgery import forge
from tests.support.world import rows


def _sign(desk: Desk, number: str) -> certificates.SignedForms:
    return sign_certificate(number, now=desk.tick(), authority=desk.authority)


def test_what_is_signed_are_the_stored_bytes_and_the_qr_names_them(desk: Desk) -> None:
    number = desk.approved().certificate_number
    forms = _sign(desk, number)
    with viewing() as session:
        certificate = certificates.get_certificate(session, number)
        (row,) = signing_keys.all_keys(session)
        key = signing_keys.public_half(row)
    token = jose.parse(forms.credential, typ=vc.TYP)
    assert token.signing_input == certificate.tbs
    assert jose.verify(token, key)
    envelope = cose.open_envelope(qr_text.from_digits(qr_text.digits_in(forms.qr_text)))
    assert cose.verify(envelope, key)
    assert forms.qr_tbs == cose.to_be_signed(key.kid, envelope.payload)
    claims = qr_text.decode_claims(envelope.payload)
    assert claims.credential_sha256.hex() == forms.credential_sha256
    assert forms.credential_sha256 == hashlib.sha256(forms.credential.encode()).hexdigest()
    assert str(claims.number) == number
    assert forms.signed_at == desk.now


def test_signing_twice_gives_the_same_and_stores_nothing(desk: Desk) -> None:
    number = desk.approved().certificate_number
    first = _sign(desk, number)
    second = _sign(desk, number)
    assert replace(first, signed_at=second.signed_at) == second
    assert rows("SELECT signed_at FROM certificates") == [{"signed_at": None}]


def test_an_unknown_number_is_not_signed(desk: Desk) -> None:
    with pytest.raises(NotFoundError):
        _sign(desk, "MIT-2569-0000009-9")


TWO_KEPT = '[{"keep":true,"position":1,"reason":""},{"keep":true,"position":2,"reason":""}]'

#: name → (statement, what the signer says); :anan, :malee, :krit and :siam are inner identities.
FORGERIES: dict[str, tuple[str, str]] = {
    "the approval is void": (
        "UPDATE approvals SET voided_at = given_at, voided_reason = 'x' WHERE kind = 'approval'",
        "signer_approvals",
    ),
    "the recommendation is gone": ("DELETE FROM approvals WHERE kind = 'recommendation'", "signer_approvals"),
    "both rows are gone": ("DELETE FROM approvals WHERE 1 = 1", "signer_approvals"),
    "somebody without the role approved": (
        "UPDATE approvals SET person_id = :napha WHERE kind = 'approval'",
        "four_eyes_role",
    ),
    "a user of the applicant approved": (
        "UPDATE approvals SET person_id = :somchai WHERE kind = 'approval'",
        "four_eyes_applicant",
    ),
    "the approver once acted for the applicant": (
        "UPDATE affiliations SET user_id = :anan WHERE user_id = :somchai",
        "four_eyes_applicant",
    ),
    "the reviewer once applied for it": (
        "UPDATE applications SET author_id = :malee WHERE 1 = 1",
        "four_eyes_applicant",
    ),
    "the role was granted afterwards": (
        "UPDATE role_grants SET granted_at = '2027-01-01 00:00:00+00' WHERE user_id = :anan",
        "four_eyes_role",
    ),
    "the role was taken before": (
        "UPDATE role_grants SET revoked_at = granted_at WHERE user_id = :malee",
        "four_eyes_role",
    ),
    "the application is not approved": (
        "UPDATE applications SET state = 'recommended' WHERE 1 = 1",
        "signer_approvals",
    ),
    "a digest of one row": (
        "UPDATE approvals SET content_digest = tbs_sha256 FROM certificates WHERE kind = 'approval'",
        "signer_content",
    ),
    "the digest of the certificate": (
        "UPDATE certificates SET content_digest = tbs_sha256 WHERE 1 = 1",
        "signer_content",
    ),
    "the cost sheet": (
        "UPDATE application_products SET cost_sheet = replace(cost_sheet, '5200', '5300') WHERE position = 1",
        "signer_content",
    ),
    "the coverage": (
        "UPDATE application_products SET coverage = replace(coverage, 'SC-101', 'SC-999') WHERE position = 1",
        "signer_content",
    ),
    "the assessment's document": (
        "UPDATE assessments SET document = replace(document, '75.20', '95.20') WHERE meets",
        "signer_content",
    ),
    "a failing product is said to meet": (
        "UPDATE assessments SET meets = :true , deciding_formula = 'direct' WHERE NOT meets",
        "signer_content",
    ),
    "the site": (
        "UPDATE certificates SET claims = replace(claims, 'บางปู', 'บางพลี') WHERE 1 = 1",
        "signer_content",
    ),
    "the holder in the claims": (
        "UPDATE certificates SET claims = replace(claims, 'สยามเคเบิล', 'สยามเคเบิ้ล') WHERE 1 = 1",
        "signer_bytes",
    ),
    "the claims are no claims": ("UPDATE certificates SET claims = '{}' WHERE 1 = 1", "claims_record"),
    "the bytes": ("UPDATE certificates SET tbs = :tbs WHERE 1 = 1", "signer_bytes"),
    "the bytes and their hash": (
        "UPDATE certificates SET tbs = :tbs , tbs_sha256 = :tbs_sha256 WHERE 1 = 1",
        "signer_bytes",
    ),
    "the bytes are no credential": (
        "UPDATE certificates SET tbs = :junk , tbs_sha256 = :junk_sha256 WHERE 1 = 1",
        "signer_bytes",
    ),
    "the days in the claims": (
        "UPDATE certificates SET claims = replace(claims, '2027-11-24', '2037-11-24') WHERE 1 = 1",
        "signer_bytes",
    ),
    "the slot in the claims": (
        "UPDATE certificates SET claims = replace(claims, :list_2700, :list_2701) WHERE 1 = 1",
        "signer_bytes",
    ),
    "the sample mark": (
        "UPDATE certificates SET claims = replace(claims, :sample, :no_sample) WHERE 1 = 1",
        "signer_bytes",
    ),
    "a product less": ("DELETE FROM certificate_products WHERE position = 1", "signer_products"),
    "the approval keeps one more": (
        "UPDATE approvals SET decisions = :two_kept WHERE kind = 'approval'",
        "signer_approvals",
    ),
    "both keep one more": ("UPDATE approvals SET decisions = :two_kept WHERE 1 = 1", "signer_approvals"),
    "no approval in the audit log": (
        "DELETE FROM audit_events WHERE event = 'approver:application:approve'",
        "signer_approvals",
    ),
    "no recommendation in the audit log": (
        "DELETE FROM audit_events WHERE event = 'reviewer:application:recommend'",
        "signer_approvals",
    ),
    "somebody else approved by the audit log": (
        "UPDATE audit_events SET actor_id = :napha WHERE event = 'approver:application:approve'",
        "signer_approvals",
    ),
    "the public half of the key": (
        "UPDATE signing_keys SET public_jwk = '{}' WHERE purpose = 'credential'",
        "signing_key_row",
    ),
    "the key is no demo key any more": (
        "UPDATE signing_keys SET demo = :false WHERE purpose = 'credential'",
        "signing_key_row",
    ),
    "the key's first day": (
        "UPDATE signing_keys SET active_from_on = '2026-11-26' WHERE purpose = 'credential'",
        "key_not_for_signing",
    ),
}


def _values(desk: Desk, number: str) -> dict[str, object]:
    with viewing() as session:
        certificate = certificates.get_certificate(session, number)
    other = replace(read_claims(certificate.claims), expires_on=date(2028, 11, 24))
    key = desk.authority.keyring.signer(certificate.kid).public_key
    tbs = vc.credential_signing_input(other, public_url=desk.authority.settings.public_url, key=key)
    is_sqlite = desk.app.config["SQLALCHEMY_DATABASE_URI"].startswith("sqlite")
    ids = {name: getattr(desk.cast, name).user_id for name in ("somchai", "malee", "anan", "napha")}
    people = {name: user_id.hex if is_sqlite else user_id for name, user_id in ids.items()}
    return {
        **people,
        "tbs": tbs,
        "tbs_sha256": hashlib.sha256(tbs).hexdigest(),
        "list_2700": '"list_number":2700',
        "list_2701": '"list_number":2701',
        "sample": '"sample":true',
        "no_sample": '"sample":false',
        "two_kept": TWO_KEPT,
        "junk": b"junk",
        "junk_sha256": hashlib.sha256(b"junk").hexdigest(),
        "true": True,
        "false": False,
    }


@pytest.mark.parametrize("name", FORGERIES)
def test_the_signer_refuses_after_somebody_changed(desk: Desk, name) -> None:
    number = desk.approved(True, False).certificate_number
    statement, code = FORGERIES[name]
    values = _values(desk, number)
    assert forge(statement, **{key: values[key] for key in re.findall(r"(?<![:\w]):(\w+)", statement)}) >= 1
    with pytest.raises(MitError) as refusal:
        _sign(desk, number)
    assert refusal.value.code == code
    assert isinstance(refusal.value, TamperedError | FourEyesError | KeyUnavailableError)
    worker.run_once(desk.app, now=desk.tick())
    assert rows("SELECT state, credential FROM certificates") == [{"state": "prepared", "credential": None}]
    (job,) = rows("SELECT state, attempts, last_error FROM jobs WHERE kind = 'issue'")
    assert (job["state"], job["attempts"]) == ("waiting", 1)
    assert code in job["last_error"]


@pytest.mark.parametrize("database_url", ["sqlite"], indirect=True)
def test_two_rows_of_one_person_are_not_two_persons(desk: Desk) -> None:
    number = desk.approved().certificate_number
    anan = desk.cast.anan.user_id
    grant_role(None, anan, Role.REVIEWER, now=desk.now - timedelta(minutes=1))
    forge("DROP INDEX ix_approvals_live_person")  # the guard that would refuse it by itself
    forge("UPDATE approvals SET person_id = :anan WHERE kind = 'recommendation'", anan=anan.hex)
    forge(
        "UPDATE audit_events SET actor_id = :anan WHERE event = 'reviewer:application:recommend'",
        anan=anan.hex,
    )
    with pytest.raises(FourEyesError, match="four_eyes_same_person"):
        _sign(desk, number)


def test_claims_and_bytes_forged_together_do_not_fit_what_was_approved(desk: Desk) -> None:
    number = desk.approved().certificate_number
    with viewing() as session:
        certificate = certificates.get_certificate(session, number)
    claims = read_claims(certificate.claims)
    forged = replace(claims, holder=replace(claims.holder, name_th="บริษัท ปลอม จำกัด"))
    key = desk.authority.keyring.signer(certificate.kid).public_key
    tbs = vc.credential_signing_input(forged, public_url=desk.authority.settings.public_url, key=key)
    forge(
        "UPDATE certificates SET claims = :claims , tbs = :tbs , tbs_sha256 = :sha WHERE 1 = 1",
        claims=write_claims(forged),
        tbs=tbs,
        sha=hashlib.sha256(tbs).hexdigest(),
    )
    with pytest.raises(TamperedError, match="signer_content"):
        _sign(desk, number)


def test_a_compromised_key_signs_no_more(desk: Desk) -> None:
    number = desk.approved().certificate_number
    mark_compromised(None, 1, from_at=desk.now, reason="แฟ้มรั่ว", now=desk.now)
    with pytest.raises(KeyUnavailableError, match="key_not_for_signing"):
        _sign(desk, number)


def test_what_was_prepared_before_midnight_is_signed_after_it(desk: Desk) -> None:
    number = desk.approved().certificate_number
    desk.now += timedelta(days=3)
    worker.run_once(desk.app, now=desk.tick())
    with viewing() as session:
        certificate = certificates.get_certificate(session, number)
    assert certificate.state == "active"
    assert certificate.issued_on == date(2026, 11, 25)
    assert verify_number(number, now=desk.now).answer is Answer.VALID


def test_a_demo_key_signs_nothing_in_production(desk: Desk) -> None:
    number = desk.approved().certificate_number
    production = replace(desk.authority, settings=replace(desk.authority.settings, env="production"))
    with pytest.raises(KeyUnavailableError, match="demo_key_in_production"):
        sign_certificate(number, now=desk.tick(), authority=production)
