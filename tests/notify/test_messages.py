"""Letters: their words, their headers, and names that want to break out of them."""

from __future__ import annotations

from datetime import UTC, datetime
from email import message_from_bytes, policy
from email.header import decode_header, make_header
from email.message import EmailMessage
from typing import cast

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from mit.i18n import LANGUAGES, catalogue
from mit.lifecycle.mails import Letter, Mail
from mit.notify.messages import NAMELESS, Letterhead, one_line, write_message
from mit.values.bilingual import Bilingual

NOW = datetime(2026, 11, 25, 7, 30, tzinfo=UTC)
HEAD = Letterhead(
    Bilingual("สำนักงานรับรองสินค้าที่ผลิตในประเทศไทย", "Made in Thailand Certification Office"),
    "mit@example.or.th",
    "0 2000 0000",
    "https://mit.example.or.th",
)
PARAMS: dict[str, str | int] = {
    "day": "25 พฤศจิกายน 2569",
    "reason": "ข้อมูลไม่ถูกต้อง",
    "successor": "MIT-2569-0012346-X",
    "standing": "เพิกถอน",
    "count": 2,
    "numbers": "MIT-2569-0012345-B, MIT-2569-0012346-X",
    "name": "สมชาย ใจดี",
    "number": "A-2569-000001-7",
    "certificate": "MIT-2569-000001-7",
    "organisation": "บริษัท สยามเคเบิล จำกัด",
    "letter": "DLR-2569-7K3QW-M9T2X-D",
    "receipt": "R-2569-000012",
    "dealer": "บริษัท บางนาการไฟฟ้า จำกัด",
    "by": "สมชาย ใจดี",
    "email": "keeper@example.com",
    "path": "/somewhere/secret-token",
    **dict.fromkeys(("hours", "minutes", "failures", "left", "days"), 7),
}
HEADERS = {
    *("From", "To", "Subject", "Date", "Message-ID", "Auto-Submitted", "Content-Language"),
    *("Content-Type", "Content-Transfer-Encoding", "MIME-Version"),
}
HOSTILE = [
    "Somchai\r\nBcc: everybody@example.com",
    "Somchai\nSubject: win\n\nnew body",
    "\x00\x1b[31m",
    "\u202egnp.exe",
    "\ud800 lonely",
    '"><script>alert(1)</script>',
    "{number} {0} {link.__class__}",
    "=?utf-8?q?=0ABcc:_x=40example.com?=",
    "a, b <c@example.com>",
    "นํ้าใจ" * 2000,
    "\u2028line\u2029paragraph\x85next",
    "",
]


def written(mail: Mail) -> EmailMessage:
    """Return the letter as a mail program reads it from the bytes that are sent."""
    message = write_message(mail, head=HEAD, message_id="<1@mit.example.or.th>", now=NOW)
    return cast(EmailMessage, message_from_bytes(message.as_bytes(), policy=policy.default))


def decoded(mail: Mail, header: str) -> str:
    """Return a header as RFC 2047 has it: white space between encoded words is none of the text."""
    message = write_message(mail, head=HEAD, message_id="<1@x>", now=NOW)
    return str(make_header(decode_header(message_from_bytes(message.as_bytes())[header])))


def letter(
    which: Letter, language: str = "th", to: str = "somchai@example.com", **changes: str | int
) -> Mail:
    return Mail(to, language, which, {**PARAMS, **changes})


@pytest.mark.parametrize("language", LANGUAGES)
@pytest.mark.parametrize("which", Letter)
def test_every_letter_has_a_subject_and_a_text_in_each_language(which: Letter, language: str) -> None:
    read = written(letter(which, language))
    assert read["Subject"].strip()
    assert "{" not in read["Subject"] + read.get_content()
    assert read["Content-Language"] == language
    assert HEAD.name.in_language(language) in read.get_content()
    assert set(read.keys()) == HEADERS


@pytest.mark.parametrize("language", LANGUAGES)
def test_no_letter_speaks_of_costs(language: str) -> None:
    words = " ".join(catalogue("mail", language)[f"mail.{which}_body"] for which in Letter)  # type: ignore[index]
    assert not [word for word in ("ต้นทุน", "บาท", "ร้อยละ", "cost", "baht", "percent") if word in words.lower()]


def test_every_text_of_the_catalogue_belongs_to_a_letter() -> None:
    expected = {f"mail.{which}_{part}" for which in Letter for part in ("subject", "body")} | {"mail.foot"}
    assert set(catalogue("mail", "th")) == expected


def test_thai_names_arrive_as_they_were_written() -> None:
    read = written(letter(Letter.APPLICATION_RETURNED))
    assert read["To"].addresses[0].display_name == "สมชาย ใจดี"
    assert decoded(letter(Letter.APPLICATION_RETURNED), "From") == f"{HEAD.name.th} <{HEAD.address}>"
    assert "A-2569-000001-7" in read["Subject"]
    assert "เรียน สมชาย ใจดี" in read.get_content()


def test_what_is_sent_is_ascii_unless_the_address_itself_is_not() -> None:
    plain = write_message(letter(Letter.CONFIRM_EMAIL), head=HEAD, message_id="<1@x>", now=NOW)
    assert plain.as_bytes().isascii()
    thai = write_message(
        letter(Letter.CONFIRM_EMAIL, to="สมชาย@example.com"), head=HEAD, message_id="<1@x>", now=NOW
    )
    assert "สมชาย@example.com".encode() in thai.as_bytes()


def test_an_international_domain_goes_out_in_its_ascii_form() -> None:
    read = written(letter(Letter.CONFIRM_EMAIL, to="somchai@ตัวอย่าง.ไทย"))
    assert read["To"].addresses[0].addr_spec == "somchai@xn--72c1a1bt4awk9o.xn--o3cw4h"


@pytest.mark.parametrize("hostile", HOSTILE)
@pytest.mark.parametrize("which", [Letter.APPLICATION_RECEIVED, Letter.INVITATION, Letter.RESET_PASSWORD])
def test_a_hostile_name_adds_no_header_and_no_reader(which: Letter, hostile: str) -> None:
    read = written(letter(which, name=hostile, organisation=hostile, number=hostile))
    assert set(read.keys()) == HEADERS
    assert [address.addr_spec for address in read["To"].addresses] == ["somchai@example.com"]
    assert "\n" not in read["Subject"]
    assert not any(line.lower().startswith(("bcc:", "subject:")) for line in read.get_content().splitlines())


@settings(deadline=None, max_examples=150)
@given(st.text(max_size=300))
def test_any_name_at_all_keeps_the_letter_whole(name: str) -> None:
    read = written(letter(Letter.APPLICATION_RECEIVED, name=name, number=name))
    assert set(read.keys()) == HEADERS
    assert [address.addr_spec for address in read["To"].addresses] == ["somchai@example.com"]
    assert "https://mit.example.or.th/somewhere/secret-token" in read.get_content()


@pytest.mark.parametrize("which", sorted(NAMELESS))
def test_strangers_cannot_send_their_own_words_to_an_address_that_nobody_proved(which: Letter) -> None:
    read = written(letter(which, name="WIN MONEY evil.example"))
    assert "WIN MONEY" not in f"{read['To']}{read['Subject']}{read.get_content()}"


@pytest.mark.parametrize(
    "path", ["//evil.example", "https://evil.example", "/a b", "/a\nb", "", "@evil.example"]
)
def test_a_link_leads_to_our_own_host_whatever_the_path(path: str) -> None:
    text = written(letter(Letter.RESET_PASSWORD, path=path)).get_content()
    links = [word for word in text.split() if "://" in word]
    assert links
    assert all(link.startswith("https://mit.example.or.th") for link in links)
    assert all(link[len("https://mit.example.or.th") :][:1] in {"", "/"} for link in links)


def test_the_same_letter_keeps_its_message_id() -> None:
    again = [write_message(letter(Letter.APPLICATION_RECEIVED), head=HEAD, message_id="<7@x>", now=NOW)] * 2
    assert {message["Message-ID"] for message in again} == {"<7@x>"}


def test_a_text_becomes_one_short_line() -> None:
    assert one_line(" a\r\n\tb \u200b c ") == "a b c"
    assert len(one_line("ก" * 500)) == 200
