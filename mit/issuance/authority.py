"""Authority: in whose name, by which rules, with which keys and chance we issue.

It is built once at the start and handed down; building it loads the rulebook and the issuer's
settings, which stop the start when they are not well-formed, and opens no private key: the web
processes hold an Authority and never sign.
"""

from __future__ import annotations

from dataclasses import dataclass, field
from datetime import date
from random import Random
from secrets import SystemRandom

from mit.config import Settings
from mit.credential.issuer import IssuerProfile, read_issuer_profiles
from mit.criteria.rulebook import Rulebook, load_rulebook
from mit.errors import NotFoundError
from mit.store.keyring import Keyring
from mit.values import in_force

#: The form of what is signed and logged; stored with each application at its submission.
PROFILE_VERSION = "mit-1"


@dataclass(frozen=True, slots=True)
class Authority:
    """What issuing stands on.

    Attributes:
        rulebook: every rule set, by date.
        issuer_profiles: name, signatory and address of the issuer, by date.
        keyring: the private keys; each is opened when it first signs.
        profile_version: the form in which we sign.
        random: chance for status slots and log salts; the system's own unless a test gives one.
    """

    settings: Settings
    rulebook: Rulebook = field(repr=False)
    issuer_profiles: tuple[IssuerProfile, ...] = field(repr=False)
    keyring: Keyring
    profile_version: str = PROFILE_VERSION
    random: Random = field(default_factory=SystemRandom, repr=False)

    def issuer_on(self, day: date) -> IssuerProfile:
        """Return the issuer as it stands on certificates of the Bangkok day *day*.

        Raises:
            NotFoundError: ``no_issuer_in_force``.
        """
        found = in_force.pick(self.issuer_profiles, day)
        if found is None:
            raise NotFoundError("no_issuer_in_force", day=day.isoformat())
        return found


def build_authority(settings: Settings) -> Authority:
    """Return the authority of an installation.

    Raises:
        RulebookError: a rule set is not well-formed.
        InputError: the issuer's file is not well-formed.
        SettingsError: ``settings_value``: the issuer's file cannot be read.
    """
    return Authority(
        settings=settings,
        rulebook=load_rulebook(),
        issuer_profiles=read_issuer_profiles(settings.issuer_file),
        keyring=Keyring(settings.keys_dir, settings.key_passphrase),
    )
