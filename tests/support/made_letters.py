"""Letters to dealers made by hand, for tests without a database."""

from __future__ import annotations

from dataclasses import replace
from datetime import UTC, date, datetime
from typing import Any

from mit.credential import jose
from mit.credential.dealer_letter import (
    DealerLetter,
    LetterGround,
    LetterProduct,
    Party,
    letter_signing_input,
)
from mit.credential.public_keys import issuer_did
from mit.credential.signatures import KeySigner
from mit.values.letter_number import LetterNumber
from tests.support import specimens
from tests.support.specimens import ISSUED_ON, PUBLIC_URL
from tests.support.trusting import EXPIRES_ON, Issued

#: Nine in the morning in Bangkok on the letter's first day.
ISSUED_AT = datetime(2027, 5, 10, 2, 0, tzinfo=UTC)
FROM_ON, UNTIL_ON = date(2027, 5, 10), date(2027, 6, 30)
DEALER = Party("บริษัท บางนาการไฟฟ้า จำกัด", "Bangna Electric Co., Ltd.", "0105562000015")


def made_letter(issued: Issued | None = None, **changes: Any) -> DealerLetter:
    """Return a letter about a specimen certificate, for its first product and for any tender."""
    claims = issued.claims if issued else specimens.claims(3)
    holder = claims.holder
    letter = DealerLetter(
        number=LetterNumber(2569, "7K3QWM9T2X"),
        ground=LetterGround(
            number=claims.number,
            credential_sha256=issued.credential_sha256 if issued else "ab" * 32,
            issued_on=ISSUED_ON,
            expires_on=EXPIRES_ON,
        ),
        maker=Party(holder.name_th, holder.name_en, holder.juristic_number),
        dealer=DEALER,
        named_by="maker",
        products=(LetterProduct(1, claims.products[0].coverage),),
        from_on=FROM_ON,
        until_on=UNTIL_ON,
        tender="",
        issued_at=ISSUED_AT,
        issuer=issuer_did(PUBLIC_URL),
        sample=claims.sample,
    )
    return replace(letter, **changes)


def signed_letter(letter: DealerLetter, signer: KeySigner) -> str:
    """Return the token of a letter."""
    signed = letter_signing_input(letter, key=signer.public_key)
    return jose.assemble(signed, signer.sign(signed))
