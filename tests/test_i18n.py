"""What is said of an error: codes of ours that fill its sentence are words."""

from __future__ import annotations

import pytest

from mit.errors import IllegalMoveError, NotAllowedError
from mit.i18n import LANGUAGES, Language, catalogue, knows, say, say_error
from mit.lifecycle.application_states import ApplicationAction, ApplicationState
from mit.lifecycle.certificate_states import CertificateAction, CertificateState, next_state
from mit.lifecycle.signing_key_states import MOVES, KeyState
from mit.lifecycle.signing_key_states import move as move_key
from mit.roles.actor import Role


@pytest.mark.parametrize("language", LANGUAGES)
@pytest.mark.parametrize("role", Role)
def test_a_role_that_is_needed_is_called_as_the_pages_call_it(role: Role, language: Language) -> None:
    said = say_error("role_needed", language, NotAllowedError("role_needed", role=str(role)).params)
    assert said is not None
    assert say(f"account.role_{role}", language) in said
    assert str(role) not in said.split("“")[1] or language == "en"


@pytest.mark.parametrize("language", LANGUAGES)
@pytest.mark.parametrize("state", ApplicationState)
@pytest.mark.parametrize("action", ApplicationAction)
def test_a_move_of_an_application_is_refused_in_words(
    action: ApplicationAction, state: ApplicationState, language: Language
) -> None:
    said = say_error("illegal_move", language, {"action": str(action), "state": str(state)})
    assert said is not None
    assert say(f"lifecycle.action_{action}", language) in said
    assert say(f"lifecycle.state_{state}", language) in said


@pytest.mark.parametrize("language", LANGUAGES)
@pytest.mark.parametrize("action", CertificateAction)
def test_a_move_of_a_certificate_is_refused_in_words(action: CertificateAction, language: Language) -> None:
    with pytest.raises(IllegalMoveError) as refusal:
        next_state(CertificateState.WITHDRAWN, action)
    said = say_error(refusal.value.code, language, refusal.value.params)
    assert said is not None
    assert say(f"lifecycle.certificate_action_{action}", language) in said
    assert say("lifecycle.certificate_withdrawn", language) in said


@pytest.mark.parametrize("language", LANGUAGES)
@pytest.mark.parametrize("action", sorted({action for moves in MOVES.values() for action in moves}))
def test_a_move_of_a_key_is_refused_in_words(action: str, language: Language) -> None:
    said = say_error("illegal_key_move", language, {"key_state": "retired", "key_action": action})
    assert said is not None
    assert say(f"keys.action_{action}", language) in said
    assert say("keys.state_retired", language) in said


def test_a_key_says_by_which_names_its_sentence_is_filled() -> None:
    with pytest.raises(IllegalMoveError) as refusal:
        move_key(KeyState.RETIRED, "activate")
    assert refusal.value.params == {"key_state": "retired", "key_action": "activate"}


@pytest.mark.parametrize("language", LANGUAGES)
def test_every_state_of_a_certificate_has_its_word(language: Language) -> None:
    assert all(
        f"lifecycle.certificate_{state}" in catalogue("lifecycle", language) for state in CertificateState
    )


def test_a_code_that_is_not_known_stays_as_it_is() -> None:
    assert say_error("role_needed", "en", {"role": "gardener"}) == say(
        "errors.role_needed", "en", role="gardener"
    )


@pytest.mark.parametrize("language", LANGUAGES)
def test_what_no_catalogue_knows_has_no_sentence(language: Language) -> None:
    assert not knows("errors.never_heard_of")
    assert say_error("never_heard_of", language, {}) is None
