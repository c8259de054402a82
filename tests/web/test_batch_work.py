"""Batches by the work functions: as each line alone, in portions, resumed after a kill, forgotten in time."""

from __future__ import annotations

import io
import json
import os
import signal
from collections.abc import Callable, Iterator
from datetime import date, datetime, timedelta
from pathlib import Path

import pytest
from sqlalchemy import event

from mit import worker
from mit.accounts.letters import write_letter
from mit.errors import InputError, NotFoundError
from mit.failpoints import arm
from mit.lifecycle.mails import Letter
from mit.store import accounts, jobs
from mit.store.batches import MOST_LINES, read_portions
from mit.store.db import dispose_engines, readers, transaction, viewing
from mit.values.thai_date import bangkok_day
from mit.verify import batch
from mit.verify.batch import BATCH_JOB, SentLine, begin, find, told
from mit.verify.batch_keep import forget_ended
from mit.verify.batch_portion import do_portion
from mit.verify.batch_table import ToldLine, twins_of
from mit.verify.bulk import verify_all
from mit.verify.opening import forget_opened
from mit.verify.presentation import read_text
from mit.verify.question import Question
from mit.verify.scan import verify_file, verify_shown, verify_text
from mit.verify.told_certificate import in_full
from mit.verify.verdict import Verdict
from mit.verify.verdict_json import verdict_json
from tests.support.databases import KINDS
from tests.support.world import rows
from tests.web.office import CHANGED_ON, EXPIRES_ON, ISSUED_ON, NOW, TODAY, Office

MEGABYTE = 1024 * 1024
UNKNOWN = "MIT-2560-0012345-M"


@pytest.fixture
def office(request: pytest.FixtureRequest, offices: Callable[[str], Office]) -> Office:
    """The office on SQLite, unless a test asks for both."""
    return offices(getattr(request, "param", "sqlite"))


both = pytest.mark.parametrize("office", KINDS, indirect=True)


@pytest.fixture(autouse=True)
def inside(office: Office) -> Iterator[None]:
    """Work inside the office's application; of what was begun nothing is left to others."""
    with office.app.app_context():
        yield
        forget_ended(var_dir=var_dir(office), now=NOW + timedelta(days=60))
        with transaction() as session:
            session.query(jobs.JobRow).filter_by(kind=BATCH_JOB).delete()


def var_dir(office: Office) -> Path:
    folder = office.app.extensions["mit.settings"].var_dir
    assert isinstance(folder, Path)
    return folder


def send(office: Office, *lines: SentLine, on: date | None = None, now: datetime = NOW) -> str:
    return begin(lines, on=on, var_dir=var_dir(office), most_bytes=MEGABYTE, now=now)


def judged(office: Office, address: str, now: datetime = NOW) -> list[ToldLine]:
    worker.run_once(office.app, now=now)
    return in_full(told(find(address, now=now)))


def file(name: str, data: bytes, **more: str) -> SentLine:
    return SentLine(name, file=io.BytesIO(data), **more)


def kept_files(office: Office) -> list[Path]:
    return list(var_dir(office).glob("batches/*/*"))


def texts_of(office: Office) -> list[str]:
    """Return everything that can be shown as a text, good and bad."""
    found = [UNKNOWN, "nonsense", "", "1" * 300, "MIT-2569-0012345-A", f"https://x.example/c/{UNKNOWN}"]
    for shown in office.certificates.values():
        altered = f"{shown.digits[:-9]}{(int(shown.digits[-9]) + 1) % 10}{shown.digits[-8:]}"
        signature = shown.credential[:-4] + ("AAAA" if shown.credential[-4:] != "AAAA" else "BBBB")
        found += [shown.number, shown.digits, shown.credential, altered, signature, shown.digits[:-3]]
    return found


def without_products(verdict: Verdict) -> dict[str, object]:
    """Return a verdict but for what a QR code says shorter than its credential."""
    document = verdict.to_document()
    certificate = document["certificate"]
    if certificate:
        document["certificate"] = {
            name: certificate[name]
            for name in ("number", "status", "supersedes", "superseded_by", "expires_on")
        }
    return document


@both
def test_many_together_are_judged_as_each_alone(office: Office) -> None:
    texts, reasons = texts_of(office), set()
    days = (None, ISSUED_ON, CHANGED_ON, CHANGED_ON - timedelta(days=1), EXPIRES_ON, date(2030, 1, 1))
    for on in days:
        for _ in ("for the first time", "again"):
            question = Question(NOW, on)
            together = [one.verdict for one in verify_all([(read_text(t), question) for t in texts], now=NOW)]
            alone = [verify_text(text, now=NOW, on=on) for text in texts]
            assert [without_products(one) for one in together] == [without_products(one) for one in alone]
            reasons |= {one.leading_reason for one in alone}
        forget_opened()
    assert reasons >= {"ok", "revoked", "suspended", "superseded", "not_found", "unreadable", "bad_signature"}
    assert reasons >= {"expired", "future_date"}


@both
@pytest.mark.parametrize("model", ["SC-101", "sc 101", "SC-999"])
def test_a_model_is_asked_of_the_whole_certificate(office: Office, model: str) -> None:
    shown = office["active"]
    forget_opened()
    texts = [shown.number, shown.digits, shown.credential]
    together = verify_all([(read_text(text), Question(NOW, None, model)) for text in texts], now=NOW)
    assert [one.verdict.to_document() for one in together] == [
        verify_text(text, now=NOW, model=model).to_document() for text in texts
    ]


def test_however_many_are_asked_the_register_is_read_a_few_times(office: Office) -> None:
    texts = [shown.number for shown in office.certificates.values()] * 50
    sent: list[str] = []

    def note(*told: object) -> None:
        sent.append(str(told[2]))

    engines = (readers().plain, readers().quick)
    for engine in engines:
        event.listen(engine, "before_cursor_execute", note)
    try:
        forget_opened()
        verify_all([(read_text(text), Question(NOW)) for text in texts], now=NOW)
    finally:
        for engine in engines:
            event.remove(engine, "before_cursor_execute", note)
    assert len(sent) == 5, "keys, rows and their keys, credentials, histories"


def test_nothing_asked_is_nothing_told(office: Office) -> None:
    assert verify_all([], now=NOW) == []


def test_every_line_is_told_to_the_letter_as_a_single_question_is_answered(office: Office) -> None:
    texts = [text for text in texts_of(office) if text]
    shown = office["active"]
    files = [shown.pdf, shown.credential.encode(), b"\x00\x01"]
    lines = [SentLine(text) for text in texts] + [file(f"{at}.bin", data) for at, data in enumerate(files)]
    told_lines = judged(office, send(office, *lines))
    ours = Question(NOW, TODAY, public_url=office.app.extensions["mit.settings"].public_url)
    alone = [verify_shown(read_text(text), ours) for text in texts]
    alone += [verify_file(data, now=NOW, on=TODAY, name=f"{at}.bin") for at, data in enumerate(files)]
    assert [one.position for one in told_lines] == list(range(1, len(lines) + 1))
    for line, verdict in zip(told_lines, alone, strict=True):
        assert json.loads(line.verdict_json()) == json.loads(verdict_json(verdict)), line.given


def test_bidders_who_show_the_same_in_different_forms_are_found(office: Office) -> None:
    shown, other = office["active"], office["revoked"]
    lines = [
        SentLine(shown.number, bidder="A"),
        SentLine(shown.digits, bidder="B"),
        file("x.pdf", shown.pdf, bidder="C"),
        file("y.pdf", shown.pdf, bidder="C"),
        SentLine(other.credential, bidder="A"),
        SentLine(UNKNOWN, bidder="A"),
        SentLine(UNKNOWN.lower(), bidder="B"),
        SentLine("nonsense", bidder="A"),
        SentLine("nonsense", bidder="B"),
        file("forged.pdf", shown.pdf + b"\n", bidder="D"),
    ]
    twins = twins_of(judged(office, send(office, *lines)))
    assert set(twins) == {1, 2, 3, 4, 6, 7, 10}
    assert twins[1].named == (2, 3, 4, 10), "a file that is not the issued one names the certificate inside"
    assert {at for at, one in twins.items() if one.is_same_file} == {3, 4}
    assert {twins[at].kind for at in (1, 2, 3, 4, 10)} == {"other_bidder"}
    assert twins[6].named == (7,)


def test_what_was_shown_is_gone_when_it_is_judged_and_the_files_with_it(office: Office) -> None:
    address = send(office, SentLine("a secret text"), file("x.pdf", b"%PDF-1.7 a secret file"))
    assert len(kept_files(office)) == 1
    assert rows("SELECT asked FROM batch_portions WHERE asked IS NOT NULL")
    judged(office, address)
    assert kept_files(office) == []
    assert not rows("SELECT asked FROM batch_portions WHERE asked IS NOT NULL")
    assert not list(var_dir(office).glob("batches/*"))


@pytest.mark.parametrize(
    ("lines", "code"),
    [
        ([], "batch_empty"),
        ([SentLine("x")] * (MOST_LINES + 1), "batch_too_long"),
        ([SentLine("x.pdf", file=io.BytesIO(b""))] * 201, "batch_too_many_files"),
    ],
)
def test_too_little_and_too_much_is_refused_before_anything_is_written(
    office: Office, lines: list[SentLine], code: str
) -> None:
    before = len(rows("SELECT id FROM batches"))
    with pytest.raises(InputError, match=code):
        send(office, *lines)
    assert len(rows("SELECT id FROM batches")) == before
    assert kept_files(office) == []


def test_a_batch_that_cannot_be_taken_in_leaves_no_file_behind(office: Office) -> None:
    class Broken(io.BytesIO):
        def read(self, *_: object) -> bytes:
            raise OSError("the line went dead")

    with pytest.raises(OSError, match="went dead"):
        send(office, file("a.pdf", b"x"), SentLine("b.pdf", file=Broken()))
    assert not list(var_dir(office).glob("batches/*"))


def test_a_file_that_is_too_large_or_lost_has_a_line_that_says_so(office: Office) -> None:
    address = send(office, file("large.pdf", b"x" * (MEGABYTE + 1)), file("lost.pdf", b"y"), SentLine("x"))
    for path in kept_files(office):
        path.unlink()
    large, lost, _ = judged(office, address)
    for line, code in ((large, "batch_file_too_large"), (lost, "batch_file_lost")):
        assert (line.answer, line.reason) == ("CANNOT_TELL", "unreadable")
        finding = json.loads(line.verdict_json())["findings"][0]
        assert finding["detail"]["en"] and code not in finding["detail"]["en"]


@pytest.mark.parametrize(
    ("texts", "files", "portions"),
    [
        (1, 0, [1]),
        (10_000, 0, [10_000]),
        (0, 9, [4, 4, 1]),
        (2_501, 3, [2_503, 1]),
        (2, 4, [5, 1]),
    ],
)
def test_portions_are_small_enough_to_let_others_in(
    office: Office, texts: int, files: int, portions: list[int]
) -> None:
    lines = [SentLine("x")] * texts + [file("x", b"x") for _ in range(files)]
    standing = find(send(office, *lines), now=NOW)
    with viewing() as session:
        found = read_portions(session, standing.id, first=1, last=MOST_LINES)
    assert [one.lines for one in found] == portions
    assert [one.first for one in found] == [1 + sum(portions[:at]) for at in range(len(portions))]


def test_progress_is_seen_portion_by_portion_and_certificates_go_first(office: Office) -> None:
    address = send(office, *[file(f"{at}", b"x") for at in range(9)])
    seen = []
    for _ in range(3):
        with transaction() as session:
            jobs.enqueue(session, "publish", key=f"urgent {len(seen)}", payload={}, now=NOW)
            first, second = jobs.take(session, NOW), jobs.take(session, NOW)
        assert first is not None and second is not None
        assert (first.kind, second.kind) == ("publish", BATCH_JOB)
        for job in (first, second):
            assert worker.do_job(job, now=NOW, authority=worker.authority_of(office.app))
        seen.append(find(address, now=NOW).done)
    assert seen == [4, 8, 9]
    with transaction() as session:
        assert jobs.take(session, NOW) is None


def test_all_lines_are_judged_as_of_the_day_on_which_they_were_sent(office: Office) -> None:
    address = send(office, *[file(f"{at}", office["active"].credential.encode()) for at in range(5)])
    tomorrow = NOW + timedelta(hours=20)
    with transaction() as session:
        job = jobs.take(session, NOW)
    assert job is not None
    worker.do_job(job, now=NOW, authority=worker.authority_of(office.app))
    lines = judged(office, address, now=tomorrow)
    assert bangkok_day(tomorrow) != TODAY
    days = {json.loads(line.verdict_json())["as_of"] for line in lines}
    assert days == {TODAY.isoformat()}


@both
@pytest.mark.parametrize("place", ["batch.before_commit", "batch.after_commit", "worker.before_done"])
def test_a_worker_that_is_killed_is_followed_by_one_that_goes_on(office: Office, place: str) -> None:
    data = office["active"].credential.encode()
    address = send(office, *[file(f"{at}.jwt", data, bidder=f"B{at}") for at in range(6)])
    dispose_engines()
    child = os.fork()
    if child == 0:
        try:
            arm(place)
            worker.run_once(office.app, now=NOW)
        finally:
            os._exit(1)
    status = os.waitpid(child, 0)[1]
    assert os.WIFSIGNALED(status) and os.WTERMSIG(status) == signal.SIGKILL
    later = NOW + jobs.LEASE + timedelta(seconds=1)
    worker.run_once(office.app, now=later)
    standing = find(address, now=later)
    assert standing.is_done and standing.done == 6
    assert [line.bidder for line in told(standing)] == [f"B{at}" for at in range(6)]
    assert kept_files(office) == []


def test_a_portion_that_is_done_again_changes_nothing(office: Office) -> None:
    address = send(office, SentLine(office["active"].number))
    before = judged(office, address)
    standing = find(address, now=NOW)
    for portion in (1, 2):
        do_portion(batch.key_of(standing.id, portion), var_dir=var_dir(office), now=NOW + timedelta(hours=1))
    assert in_full(told(find(address, now=NOW))) == before


def test_addresses_cannot_be_guessed_and_are_nowhere_kept(office: Office) -> None:
    addresses = {send(office, SentLine("x")) for _ in range(20)}
    assert len(addresses) == 20
    assert all(len(one) == 32 for one in addresses), "192 bits"
    everything = json.dumps(rows("SELECT * FROM batches") + rows("SELECT * FROM jobs"), default=str)
    assert not any(one in everything for one in addresses)


@pytest.mark.parametrize("address", ["", "x", "x" * 32, "x" * 31 + "/", "ก" * 32, "\x00" * 32, "%" * 32])
def test_at_any_other_address_there_is_nothing(office: Office, address: str) -> None:
    with pytest.raises(NotFoundError, match="batch_not_found"):
        find(address, now=NOW)


def test_after_a_day_nobody_reads_it_and_then_it_is_deleted(office: Office) -> None:
    forget_ended(var_dir=var_dir(office), now=NOW + timedelta(days=30))
    address = send(office, SentLine("x", bidder="a name to forget"), file("x.pdf", b"x"))
    end = NOW + timedelta(days=1)
    assert find(address, now=end).total == 2
    with pytest.raises(NotFoundError):
        find(address, now=end + timedelta(seconds=1))
    assert forget_ended(var_dir=var_dir(office), now=end) == 0
    worker.keep_up(office.app, now=end + timedelta(minutes=1))
    assert rows("SELECT id FROM batches") == rows("SELECT number FROM batch_portions") == []
    assert not list(var_dir(office).glob("batches/*"))


def test_a_portion_of_a_batch_that_was_forgotten_is_passed_over(office: Office) -> None:
    address = send(office, SentLine("x"))
    key = batch.key_of(find(address, now=NOW).id, 1)
    forget_ended(var_dir=var_dir(office), now=NOW + timedelta(days=2))
    do_portion(key, var_dir=var_dir(office), now=NOW + timedelta(days=2))
    assert worker.run_once(office.app, now=NOW + timedelta(days=2)) >= 1


def test_nothing_of_a_batch_stands_in_the_audit_log(office: Office) -> None:
    before = len(rows("SELECT seq FROM audit_events"))
    judged(office, send(office, SentLine(office["active"].number, bidder="A")))
    forget_ended(var_dir=var_dir(office), now=NOW + timedelta(days=2))
    assert len(rows("SELECT seq FROM audit_events")) == before


def test_a_revocation_counts_from_the_next_batch_on(office: Office) -> None:
    number = office["suspended"].number
    first = judged(office, send(office, SentLine(number), on=CHANGED_ON - timedelta(days=1)))
    second = judged(office, send(office, SentLine(number), on=CHANGED_ON))
    assert [first[0].answer, second[0].answer] == ["VALID", "NOT_VALID"]
    assert first[0].notices, "what happened later is to be known beside"


def test_mail_and_batches_take_turns(office: Office) -> None:
    send(office, *[file(f"{at}", b"x") for at in range(9)])
    with transaction() as session:
        user = session.query(accounts.User).first()
        assert user is not None
        write_letter(session, user, Letter.PASSWORD_CHANGED, key="turns", now=NOW + timedelta(seconds=1))
    with viewing() as session:
        waiting = session.query(jobs.JobRow).filter_by(state="waiting").count()
    assert waiting >= 2
    kinds = []
    later = NOW + timedelta(seconds=2)
    for _ in range(2):
        with transaction() as session:
            job = jobs.take(session, later)
        assert job is not None
        kinds.append(job.kind)
        worker.do_job(job, now=later, authority=worker.authority_of(office.app))
    assert sorted(kinds) == ["batch", "mail"]
