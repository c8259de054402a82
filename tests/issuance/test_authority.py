"""The authority: what stops the start, and that no key is opened to build it."""

from __future__ import annotations

import json
from dataclasses import replace
from datetime import date
from pathlib import Path
from random import SystemRandom

import pytest

from mit.config import Settings
from mit.errors import InputError, KeyUnavailableError, NotFoundError, SettingsError
from mit.issuance.authority import PROFILE_VERSION, build_authority

NEUTRAL = Path(__file__).parents[2] / "mit" / "credential" / "issuers" / "neutral.json"


@pytest.fixture
def bare(tmp_path: Path) -> Settings:
    return Settings(env="test", var_dir=tmp_path / "var", keys_dir=tmp_path / "keys")


def test_it_is_built_without_any_key_and_opens_none(bare: Settings) -> None:
    authority = build_authority(bare)
    assert authority.profile_version == PROFILE_VERSION
    assert authority.rulebook.rule_sets
    assert not bare.keys_dir.exists()
    with pytest.raises(KeyUnavailableError):
        authority.keyring.signer(1)


def test_places_in_the_status_lists_are_drawn_by_the_systems_own_chance(bare: Settings) -> None:
    """Whoever could guess the next place could tell who was certified when."""
    assert isinstance(build_authority(bare).random, SystemRandom)


def test_it_shows_no_secret(bare: Settings) -> None:
    authority = build_authority(replace(bare, key_passphrase="very secret", secret_key="also secret"))
    assert "very secret" not in repr(authority)
    assert "also secret" not in repr(authority)


def test_the_issuer_is_that_of_the_day(bare: Settings, tmp_path: Path) -> None:
    (first,) = json.loads(NEUTRAL.read_text(encoding="utf-8"))[:1]
    early = first | {"in_force_from": "2025-01-01", "in_force_until": "2025-12-31", "short_name": "เดิม"}
    late = first | {"in_force_from": "2026-01-01", "in_force_until": None, "short_name": "ใหม่"}
    path = tmp_path / "issuer.json"
    path.write_text(json.dumps([late, early]), encoding="utf-8")
    authority = build_authority(replace(bare, issuer_file=path))
    assert authority.issuer_on(date(2025, 12, 31)).short_name == "เดิม"
    assert authority.issuer_on(date(2026, 1, 1)).short_name == "ใหม่"
    with pytest.raises(NotFoundError) as missing:
        authority.issuer_on(date(2024, 12, 31))
    assert (missing.value.code, missing.value.params) == ("no_issuer_in_force", {"day": "2024-12-31"})


@pytest.mark.parametrize("content", [b"", b"[]", b"{}", b"not json", b'[{"name_th": "\xe0"}]'])
def test_an_issuer_file_that_cannot_be_used_stops_the_start(bare: Settings, tmp_path: Path, content) -> None:
    path = tmp_path / "issuer.json"
    path.write_bytes(content)
    with pytest.raises((InputError, SettingsError)):
        build_authority(replace(bare, issuer_file=path))


def test_an_issuer_file_that_is_not_there_stops_the_start(bare: Settings, tmp_path: Path) -> None:
    with pytest.raises(SettingsError) as refusal:
        build_authority(replace(bare, issuer_file=tmp_path / "nowhere.json"))
    assert (refusal.value.code, refusal.value.where) == ("settings_value", "MIT_ISSUER_FILE")
