"""What other people's libraries make of what we sign: npm jose, WebCrypto, cwt, openssl."""

from __future__ import annotations

import json
import subprocess
import zlib
from datetime import UTC, datetime, timedelta
from pathlib import Path
from typing import Any

import cbor2
import cwt
import pytest

from mit.credential import base64url, cose, jose, qr_text
from mit.credential.public_keys import key_set
from mit.credential.signatures import ORDER, throwaway_signer
from mit.credential.slot_values import INVALID, SUSPENDED, slot_values
from mit.credential.status_list import build_status_list, status_list_signing_input
from mit.credential.text import THAI_BYTES, to_qr_text
from mit.credential.token_list import build_token_list, sign_token_list
from tests.support.require import node_module, program
from tests.support.specimens import LONG_NAME, PUBLIC_URL, claims, digits_of, issued, twenty_certificates

SIGNER = throwaway_signer()
OTHER = throwaway_signer()
FOREIGN = Path(__file__).parent.parent / "foreign"


def asked(node: str, script: str, question: dict[str, Any]) -> Any:
    """Return what a script in ``tests/foreign`` answers."""
    done = subprocess.run(
        [node, str(FOREIGN / script)],
        input=json.dumps(question),
        capture_output=True,
        text=True,
        check=True,
        timeout=60,
    )
    return json.loads(done.stdout)


@pytest.fixture(scope="module")
def jose_node() -> str:
    return node_module("jose")[0]


def status_token() -> str:
    made = build_status_list(
        "revocation", 2700, [5], public_url=PUBLIC_URL, now=datetime(2026, 11, 21, tzinfo=UTC)
    )
    signed = status_list_signing_input(made, key=SIGNER.public_key, public_url=PUBLIC_URL)
    return jose.assemble(signed, SIGNER.sign(signed))


def test_npm_jose_verifies_credential_and_status_list_from_the_key_set(jose_node: str) -> None:
    tokens = [issued(claims(count), SIGNER).token for count in (1, 10, 200)] + [status_token()]
    question = {
        "jwks": key_set([SIGNER.public_key]),
        "tokens": [{"token": token, "typ": "vc+jwt"} for token in tokens],
    }
    answer = asked(jose_node, "verify_credential.mjs", question)
    assert [one["ok"] for one in answer["verified"]] == [True] * 4
    assert answer["verified"][0]["id"] == f"{PUBLIC_URL}/c/{claims().number}"
    assert answer["verified"][3]["id"] == f"{PUBLIC_URL}/status/revocation/2700"
    assert answer["thumbprints"] == [SIGNER.public_key.thumbprint]


REVOKED, SUSPENDED_SLOTS = [0, 9, 131_071], [1, 8]
ASKED = [*range(20), 131_070, 131_071]


def forms(own: int) -> dict[str, Any]:
    """Return one source in both forms, as foreign readers get it; *own* is suspended as well."""
    now = datetime(2026, 11, 21, tzinfo=UTC)
    values = slot_values({INVALID: REVOKED, SUSPENDED: [*SUSPENDED_SLOTS, own]})
    purposes = {"revocation": REVOKED, "suspension": [*SUSPENDED_SLOTS, own]}
    claims_of_list = build_token_list(values, 2700, public_url=PUBLIC_URL, now=now)
    packed = cbor2.loads(claims_of_list)[65_533]["lst"]
    return {
        "bitstrings": [
            build_status_list(purpose, 2700, indexes, public_url=PUBLIC_URL, now=now)
            for purpose, indexes in purposes.items()
        ],
        "pairs": base64url.encode(packed),
    }


def test_npm_status_list_libraries_read_both_forms_of_one_source() -> None:
    """Digital Bazaar's reader takes the bitstrings, also by way of the credential; sd-jwt's the pairs."""
    node_module("@sd-jwt/jwt-status-list")
    node, _ = node_module("@digitalbazaar/vc-bitstring-status-list")
    own = claims().slot.index
    credential = json.loads(jose.parse(issued(claims(), SIGNER).token, typ="vc+jwt").payload)
    answer = asked(
        node, "verify_status_lists.mjs", {**forms(own), "credential": credential, "asked": [*ASKED, own]}
    )
    assert answer["bits"]["revocation"] == {"length": 131_072, "set": REVOKED}
    assert answer["bits"]["suspension"] == {"length": 131_072, "set": [*SUSPENDED_SLOTS, own]}
    assert (answer["matches"], answer["checked"]["verified"]) == (True, True), answer["checked"]["error"]
    assert answer["checked"]["statuses"] == [False, True], "not revoked, but suspended"
    assert answer["total"] == 131_072
    values = [1 if index in REVOKED else 2 if index in SUSPENDED_SLOTS else 0 for index in ASKED]
    assert answer["values"] == [*values, 2]


def test_the_cwt_library_verifies_a_token_list_and_its_claims() -> None:
    """The library checks the real time, so this list is made now."""
    now = datetime.now(UTC)
    values = slot_values({INVALID: REVOKED, SUSPENDED: SUSPENDED_SLOTS})
    token = sign_token_list(build_token_list(values, 2700, public_url=PUBLIC_URL, now=now), SIGNER)
    read = cwt.decode(token, cose_key())
    assert read[2] == f"{PUBLIC_URL}/status/token/2700"
    assert (read[4] - read[6], read[65_534]) == (7 * 24 * 3600, 300)
    packed = zlib.decompress(read[65_533]["lst"])
    assert read[65_533]["bits"] == 2
    assert [packed[at // 4] >> 2 * (at % 4) & 3 for at in ASKED if at < 20] == [
        1, 2, 0, 0, 0, 0, 0, 0, 2, 1, *[0] * 10
    ]  # fmt: skip
    headers = cwt.COSE.new().decode_with_headers(token, cose_key())[0]
    assert headers[16] == "application/statuslist+cwt"
    with pytest.raises(cwt.VerifyError):
        cwt.decode(token[:-1] + bytes([token[-1] ^ 1]), cose_key())
    old = build_token_list(values, 2700, public_url=PUBLIC_URL, now=now - timedelta(days=8))
    with pytest.raises(cwt.VerifyError):
        cwt.decode(sign_token_list(old, SIGNER), cose_key())


def test_npm_jose_refuses_what_another_key_signed_and_what_was_changed(jose_node: str) -> None:
    token = issued(claims(), SIGNER).token
    head, payload, signature = token.split(".")
    changed = f"{head}.{payload[:-2]}{'A' if payload[-2] != 'A' else 'B'}{payload[-1]}.{signature}"
    question = {
        "jwks": key_set([SIGNER.public_key]),
        "tokens": [{"token": one, "typ": "vc+jwt"} for one in (changed, issued(claims(), OTHER).token)],
    }
    answer = asked(jose_node, "verify_credential.mjs", question)
    assert [one["ok"] for one in answer["verified"]] == [False, False]


def test_webcrypto_verifies_the_qr_and_reads_the_same_thai_letters() -> None:
    node = program("node", "node")
    cast = [one.made for one in twenty_certificates(SIGNER)]
    names = [LONG_NAME, THAI_BYTES.decode("cp874")]
    travelling = [to_qr_text(name) for name in names]
    question = {
        "jwks": key_set([SIGNER.public_key]),
        "digits": [digits_of(made) for made in cast] + [digits_of(issued(claims(), OTHER))],
        "names": [data.hex() for data in travelling if isinstance(data, bytes)],
    }
    answer = asked(node, "verify_qr.mjs", question)
    assert [one["ok"] for one in answer["verified"]] == [True] * len(cast) + [False]
    for made, one in zip(cast, answer["verified"], strict=False):
        assert qr_text.decode_claims(bytes.fromhex(one["payload"])) == made.qr
    assert answer["names"] == names


def test_the_cwt_library_verifies_the_envelope_as_a_standard_cose_sign1() -> None:
    made = issued(claims(), SIGNER)
    data = qr_text.from_digits(digits_of(made))
    key = cose_key()
    payload = cwt.COSE.new().decode(data, key, external_aad=cose.EXTERNAL_AAD)
    assert qr_text.decode_claims(payload) == made.qr
    with pytest.raises(cwt.VerifyError):
        cwt.COSE.new().decode(data, key, external_aad=b"MIT-QR-v2")


def cose_key() -> Any:
    """Return the key as a COSE_Key: kty EC2, kid, alg ES256, crv P-256, x, y (RFC 9052, 9053)."""
    numbers = SIGNER.public_key.key.public_numbers()
    kid = SIGNER.public_key.kid.to_bytes(2, "big")
    x, y = numbers.x.to_bytes(32, "big"), numbers.y.to_bytes(32, "big")
    return cwt.COSEKey.new({1: 2, 2: kid, 3: -7, -1: 1, -2: x, -3: y})


def test_the_cwt_library_would_take_the_twin_which_we_refuse() -> None:
    data = qr_text.from_digits(digits_of(issued(claims(), SIGNER)))
    s = int.from_bytes(data[-32:], "big")
    twin = data[:-32] + (ORDER - s).to_bytes(32, "big")
    key = cose_key()
    assert cwt.COSE.new().decode(twin, key, external_aad=cose.EXTERNAL_AAD)
    assert not cose.verify(cose.open_envelope(twin), SIGNER.public_key)


def test_openssl_verifies_the_signature_under_the_published_pem(tmp_path: Path) -> None:
    openssl = program("openssl", "openssl")
    jws = jose.parse(issued(claims(), SIGNER).token, typ="vc+jwt")
    half = jws.signature[:32], jws.signature[32:]
    integers = b"".join(b"\x02" + bytes([len(one)]) + one for one in map(der_integer, half))
    (tmp_path / "signature").write_bytes(b"\x30" + bytes([len(integers)]) + integers)
    (tmp_path / "data").write_bytes(jws.signing_input)
    (tmp_path / "key.pem").write_text(SIGNER.public_key.to_pem())
    done = subprocess.run(
        [openssl, "dgst", "-sha256", "-verify", "key.pem", "-signature", "signature", "data"],
        cwd=tmp_path,
        capture_output=True,
        text=True,
        check=False,
    )
    assert done.stdout.strip() == "Verified OK", done.stderr


def der_integer(raw: bytes) -> bytes:
    plain = raw.lstrip(b"\x00")
    return b"\x00" + plain if plain[0] & 0x80 else plain
