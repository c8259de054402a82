"""Settings come from the environment once, and a mistake stops the start with a sentence."""

from __future__ import annotations

from pathlib import Path

import pytest

from mit.config import Settings, new_secret
from mit.errors import SettingsError

PRODUCTION = {
    "MIT_ENV": "production",
    "MIT_SECRET_KEY": "s" * 40,
    "MIT_KEY_PASSPHRASE": "p" * 24,
    "MIT_PUBLIC_URL": "https://mit.example.or.th",
}


def test_an_empty_environment_gives_usable_development_settings() -> None:
    settings = Settings.from_environ({"PATH": "/bin"})
    assert settings.env == "development"
    assert settings.effective_database_url.startswith("sqlite:///")
    assert settings.is_demo_allowed


def test_each_value_is_read_in_its_own_type() -> None:
    settings = Settings.from_environ(
        {
            "MIT_VAR_DIR": "elsewhere",
            "MIT_PUBLIC_URL": "https://mit.example/",
            "MIT_TRUSTED_HOSTS": "a.example, b.example",
            "MIT_JOBS_INLINE": "1",
            "MIT_UPLOAD_LIMIT_BYTES": "1000",
            "MIT_KEY_LEAD_DAYS": "30",
            "MIT_REQUIRE": "pg",
        }
    )
    assert settings.var_dir == Path("elsewhere")
    assert settings.public_url == "https://mit.example"
    assert settings.trusted_hosts == ("a.example", "b.example")
    assert settings.jobs_inline is True
    assert settings.upload_limit_bytes == 1000
    assert settings.key_lead_days == 30


@pytest.mark.parametrize(
    ("environ", "where"),
    [
        ({"MIT_DATABSE_URL": "x"}, "MIT_DATABSE_URL"),
        ({"MIT_ENV": "live"}, "MIT_ENV"),
        ({"MIT_JOBS_INLINE": "yes"}, "MIT_JOBS_INLINE"),
        ({"MIT_UPLOAD_LIMIT_BYTES": "-1"}, "MIT_UPLOAD_LIMIT_BYTES"),
        ({"MIT_PUBLIC_URL": "ftp://x"}, "MIT_PUBLIC_URL"),
        ({"MIT_FAILPOINT": "issue.signed"}, "MIT_FAILPOINT"),
        ({"MIT_SECRET_KEY_FILE": "/no/such/file"}, "MIT_SECRET_KEY_FILE"),
    ],
)
def test_a_wrong_variable_stops_the_start_and_is_named(environ: dict[str, str], where: str) -> None:
    with pytest.raises(SettingsError) as refused:
        Settings.from_environ(environ)
    assert refused.value.where == where


def test_production_starts_with_values_of_its_own() -> None:
    assert not Settings.from_environ(PRODUCTION).is_demo_allowed


@pytest.mark.parametrize(
    ("name", "value"),
    [
        ("MIT_SECRET_KEY", "short"),
        ("MIT_KEY_PASSPHRASE", ""),
        ("MIT_PUBLIC_URL", "http://mit.example"),
        ("MIT_JOBS_INLINE", "1"),
    ],
)
def test_production_refuses_development_defaults(name: str, value: str) -> None:
    with pytest.raises(SettingsError) as refused:
        Settings.from_environ({**PRODUCTION, name: value})
    assert (refused.value.code, refused.value.where) == ("settings_production", name)


def test_a_secret_may_come_from_a_file(tmp_path: Path) -> None:
    secret = tmp_path / "passphrase"
    secret.write_text("correct horse battery staple\n")
    settings = Settings.from_environ({"MIT_KEY_PASSPHRASE_FILE": str(secret)})
    assert settings.key_passphrase == "correct horse battery staple"


def test_settings_never_print_a_secret() -> None:
    settings = Settings(
        secret_key="s3cret", key_passphrase="pa55", database_url="postgresql+psycopg://u:pw@h/d"
    )
    assert not any(word in repr(settings) for word in ("s3cret", "pa55", "pw@"))


def test_each_new_secret_is_fresh() -> None:
    assert len({new_secret() for _ in range(20)}) == 20
