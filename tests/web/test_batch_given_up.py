"""A batch that the service could not finish says so; what batches answered is counted like all else."""

from __future__ import annotations

import io
import re
from collections.abc import Callable, Iterator
from datetime import timedelta
from typing import Any

import pytest

from mit import worker
from mit.i18n import LANGUAGES, Language, say
from mit.store import jobs
from mit.store.db import transaction, viewing
from mit.store.look_ups import look_ups_since
from mit.verify.batch import BATCH_JOB, SentLine, begin, find
from mit.verify.batch_keep import forget_ended
from mit.verify.look_ups import COUNTED
from mit.web.schemas.batches import STATES, BatchSchema
from tests.web.html import read_page
from tests.web.office import NOW, TODAY, Office

UNKNOWN = "MIT-2560-0012345-M"
WHILE_IT_LASTS = NOW + timedelta(hours=2)
_FIGURE = re.compile(r'mit_verdicts_total\{door="batch",reason="(\w+)",verdict="(\w+)"\} ([0-9.]+)')


@pytest.fixture
def office(offices: Callable[[str], Office]) -> Office:
    """What is said of a batch does not depend on the database."""
    return offices("sqlite")


@pytest.fixture(autouse=True)
def inside(office: Office) -> Iterator[None]:
    """Work inside the office's application, nothing else to be done, and leave no batch to others."""
    with office.app.app_context():
        worker.run_once(office.app, now=NOW)
        yield
        forget_ended(var_dir=office.app.extensions["mit.settings"].var_dir, now=NOW + timedelta(days=60))
        with transaction() as session:
            session.query(jobs.JobRow).filter_by(kind=BATCH_JOB).delete()


def six_files(office: Office) -> str:
    """Send six files, which are two portions, and return where the batch is found."""
    data = office["active"].credential.encode()
    lines = [SentLine(f"B{at} - x.jwt", bidder=f"B{at}", file=io.BytesIO(data)) for at in range(6)]
    var_dir = office.app.extensions["mit.settings"].var_dir
    return begin(lines, on=None, var_dir=var_dir, most_bytes=1_000_000, now=NOW)


def do_first_portion(office: Office) -> None:
    with transaction() as session:
        job = jobs.take(session, NOW)
    assert job is not None and worker.do_job(job, now=NOW, authority=worker.authority_of(office.app))


def end_every_worker() -> None:
    """Take the job and never come back, as often as it takes until nobody tries any more."""
    at = NOW
    for _ in range(jobs.attempts_allowed(BATCH_JOB)):
        with transaction() as session:
            assert jobs.take(session, at) is not None
        at += jobs.LEASE + timedelta(seconds=1)
    with transaction() as session:
        assert jobs.take(session, at) is None


def api(office: Office, address: str) -> dict[str, Any]:
    answer = office.client.get(f"/api/v1/verdicts/batch/{address}")
    assert answer.status_code == 200
    document: dict[str, Any] = answer.get_json()
    assert BatchSchema().validate(document) == {}
    assert document["state"] in STATES
    return document


def figures(office: Office) -> dict[tuple[str, str], float]:
    """Return how often batches gave each answer, by verdict and reason, as ``/metrics`` tells it."""
    text = office.client.get("/metrics").text
    return {(verdict, reason): float(times) for reason, verdict, times in _FIGURE.findall(text)}


@pytest.mark.parametrize("language", LANGUAGES)
@pytest.mark.parametrize("done", [4, 0])
def test_the_page_says_calmly_that_the_rest_will_not_be_checked(
    office: Office, language: Language, done: int
) -> None:
    address = six_files(office)
    if done:
        do_first_portion(office)
    running = office.client.get(f"/verify/batch/{address}?lang={language}")
    assert running.headers["Refresh"] == "3"
    assert say("batch.not_checked", language) not in running.text
    end_every_worker()
    answer = office.client.get(f"/verify/batch/{address}?lang={language}")
    assert answer.status_code == 200
    assert "Refresh" not in answer.headers, "nobody waits for what does not come"
    page = read_page(answer.text)
    assert page.all("main")[0].attributes["data-state"] == "given_up"
    assert page.all("progress") == []
    text = " ".join(page.text.split())
    assert say("batch.given_up", language, done=done, total=6) in text
    assert say("batch.given_up_hint", language) in text
    assert say("batch.progress_hint", language) not in text
    lines = [" ".join(row.text.split()) for row in page.all("tr")[1:]]
    assert sum(say("batch.not_checked", language) in line for line in lines) == 6 - done
    assert sum(say("verify.word_VALID", language) in line for line in lines) == done


def test_machines_are_told_with_a_code_and_what_to_do(office: Office) -> None:
    address = six_files(office)
    do_first_portion(office)
    assert (api(office, address)["state"], api(office, address)["problem"]) == ("running", None)
    end_every_worker()
    told = api(office, address)
    assert (told["state"], told["done"], told["total"]) == ("given_up", 4, 6)
    assert (told["results"], told["next"]) == ([], None)
    assert told["problem"] == {
        "code": "batch_given_up",
        "sentence": {language: say("batch.given_up_hint", language) for language in LANGUAGES},
    }


def test_one_that_is_tried_again_goes_on_and_is_finished(office: Office) -> None:
    address = six_files(office)
    end_every_worker()
    assert find(address, now=NOW).is_given_up
    assert len(worker.revive_dead(office.app, now=WHILE_IT_LASTS)) == 1
    assert not find(address, now=WHILE_IT_LASTS).is_given_up
    assert api(office, address)["state"] == "waiting"
    worker.run_once(office.app, now=WHILE_IT_LASTS)
    told = api(office, address)
    assert (told["state"], told["problem"], len(told["results"])) == ("done", None, 6)


def test_what_became_of_one_batch_says_nothing_of_another(office: Office) -> None:
    given_up, other = six_files(office), ""
    end_every_worker()
    other = six_files(office)
    worker.run_once(office.app, now=NOW)
    assert find(given_up, now=NOW).is_given_up
    assert not find(other, now=NOW).is_given_up
    assert api(office, other)["state"] == "done"


def test_what_batches_answer_is_counted_by_outcome(office: Office) -> None:
    before, _ = figures(office), COUNTED.take()
    lines = [office["active"].digits, office["active"].number, office["revoked"].number, UNKNOWN, "nonsense"]
    sent = office.client.post("/api/v1/verdicts/batch", json={"presentations": lines * 3})
    assert figures(office) == before, "nothing is counted before it is answered"
    worker.run_once(office.app, now=NOW)
    after = figures(office)
    counted = {key: after[key] - before.get(key, 0) for key in after if after[key] != before.get(key, 0)}
    assert counted == {
        ("VALID", "ok"): 6,
        ("NOT_VALID", "revoked"): 3,
        ("NOT_VALID", "not_found"): 3,
        ("CANNOT_TELL", "unreadable"): 3,
    }
    assert office.client.get(sent.headers["Location"]).get_json()["done"] == 15
    assert figures(office) == after, "to look at answers is not to ask again"
    times = {count.answer: count.times for count in COUNTED.take() if count.door == "batch"}
    assert times == {"VALID": 6, "NOT_VALID": 6, "CANNOT_TELL": 3}


def test_a_portion_that_is_done_again_is_not_counted_again(office: Office) -> None:
    office.client.post("/api/v1/verdicts/batch", json={"presentations": [UNKNOWN]})
    with transaction() as session:
        job = jobs.take(session, NOW)
    assert job is not None
    authority = worker.authority_of(office.app)
    assert worker.do_job(job, now=NOW, authority=authority)
    once = figures(office)
    assert worker.do_job(job, now=NOW, authority=authority)
    assert figures(office) == once


def test_the_worker_writes_what_it_counted_beside_what_others_counted(office: Office) -> None:
    def written() -> int:
        with viewing() as session:
            counts = look_ups_since(session, TODAY)
        return sum(count.times for count in counts if count[1:3] == ("batch", "NOT_VALID"))

    COUNTED.take()
    before = written()
    office.client.post("/api/v1/verdicts/batch", json={"presentations": [UNKNOWN] * 5})
    worker.run_once(office.app, now=NOW)
    assert written() == before, "a verdict writes nothing by itself"
    worker.keep_up(office.app, now=NOW)
    assert written() == before + 5
    worker.keep_up(office.app, now=NOW)
    assert written() == before + 5
