"""The settings that every rule set must give, and what each may be."""

from __future__ import annotations

import re
from collections.abc import Callable

from mit.criteria.members import LIST_LIMIT, one_of, read_flag, shown
from mit.errors import InputError
from mit.values.bilingual import Bilingual

SettingValue = bool | int | str | tuple[str, ...]
Reader = Callable[[object, str], SettingValue]

#: What the direct formula may add up (domain 2.1.2 and 2.2: the readings differ).
DIRECT_PARTS = ("domestic_material", "labour", "overhead", "other", "profit")
#: The codes of a cost sheet's ``process`` (contract section 5).
PROCESS_CODES = ("cutting", "packing", "labelling", "preserving", "mixing", "simple_assembly")
#: What an unproven material counts for that a supplier's certificate proves (domain E7: not known).
SUPPLIER_CERTIFICATE_COUNTS = "supplier_certificate_counts"
_PERCENT = re.compile(r"(0|[1-9][0-9]{0,2})(\.[0-9]{1,6})?", re.ASCII)
_COUNTRY = re.compile(r"[A-Z]{2}", re.ASCII)


def read_percent(value: object, where: str) -> str:
    """Return a percentage from 0 to 100 written as text, e.g. ``40`` or ``12.5``.

    Raises:
        InputError: ``rule_percent``.
    """
    if not isinstance(value, str) or not _PERCENT.fullmatch(value) or _is_above_hundred(value):
        raise InputError("rule_percent", where=where, text=shown(value))
    return value


def read_whole(low: int, high: int) -> Callable[[object, str], int]:
    """Return a reader of whole numbers from *low* to *high*, both included."""

    def read(value: object, where: str) -> int:
        if not isinstance(value, int) or isinstance(value, bool) or not low <= value <= high:
            raise InputError("rule_whole", where=where, low=low, high=high, text=shown(value))
        return value

    return read


def read_digits(value: object, where: str) -> int:
    """Return the HS level: 2 (chapter), 4 (heading) or 6 (subheading); source [my-ctc].

    Raises:
        InputError: ``rule_digits``.
    """
    if isinstance(value, bool) or not isinstance(value, int) or value not in {2, 4, 6}:
        raise InputError("rule_digits", where=where, text=shown(value))
    return value


def read_several(choices: tuple[str, ...], *, least: int = 0) -> Reader:
    """Return a reader of a list of at least *least* of *choices*, each once and nothing else."""
    reader = one_of(choices, "rule_choice")

    def read(value: object, where: str) -> tuple[str, ...]:
        entries = _once_each(value, where, reader)
        if len(entries) < least:
            raise InputError("rule_list", where=where)
        return entries

    return read


def read_countries(value: object, where: str) -> tuple[str, ...]:
    """Return a list of two-letter country codes (ISO 3166), each once.

    Raises:
        InputError: ``rule_list`` or ``rule_country``.
    """
    return _once_each(value, where, _read_country)


def _read_country(value: object, where: str) -> str:
    if not isinstance(value, str) or not _COUNTRY.fullmatch(value):
        raise InputError("rule_country", where=where, text=shown(value))
    return value


def _once_each(value: object, where: str, reader: Callable[[object, str], str]) -> tuple[str, ...]:
    if not isinstance(value, list) or len(value) > LIST_LIMIT:
        raise InputError("rule_list", where=where)
    entries = tuple(reader(entry, f"{where}[{i}]") for i, entry in enumerate(value, 1))
    if len(set(entries)) < len(entries):
        raise InputError("rule_list", where=where)
    return entries


def _is_above_hundred(text: str) -> bool:
    whole, _, decimals = text.partition(".")
    return int(whole) > 100 or (int(whole) == 100 and decimals.strip("0") != "")


#: Name of each setting → its reader, and what stands in while the file is being refused.
SETTINGS: dict[str, tuple[Reader, SettingValue]] = {
    "threshold_percent": (read_percent, "100"),
    "direct_on": (read_flag, True),
    "direct_counts": (read_several(DIRECT_PARTS, least=1), ()),
    "direct_divided_by": (one_of(("net_price", "materials"), "rule_choice"), "net_price"),
    "build_down_on": (read_flag, True),
    "tariff_shift_on": (read_flag, True),
    "tariff_shift_digits": (read_digits, 4),
    "de_minimis_on": (read_flag, False),
    "de_minimis_percent": (read_percent, "0"),
    "unproven_counts_as": (one_of(("foreign",), "rule_choice"), "foreign"),
    "domestic_needs_certificate": (read_flag, False),
    "asean_counts_as_domestic": (read_flag, False),
    "asean_countries": (read_countries, ()),
    "minimal_operations_block": (read_flag, True),
    "minimal_operations": (read_several(PROCESS_CODES), ()),
    "vat_percent": (read_percent, "0"),
    "shown_percent": (one_of(("cut_two_decimals",), "rule_choice"), "cut_two_decimals"),
    "validity_years": (read_whole(1, 10), 1),
    "renewal_window_days": (read_whole(1, 366), 60),
    SUPPLIER_CERTIFICATE_COUNTS: (one_of(("none", "full"), "rule_choice"), "none"),
}
#: Settings that came later: a rule set from before keeps its bytes and its hash, and is read with the
#: cautious stand-in above, shown as unverified in these words.
ASSUMED: dict[str, Bilingual] = {
    SUPPLIER_CERTIFICATE_COUNTS: Bilingual(
        "วัตถุดิบที่ยังไม่มีหลักฐานแหล่งกำเนิดแต่มีใบรับรอง MiT ของผู้ขาย ไม่นับเป็นในประเทศ (ไม่พบเกณฑ์เรื่องนี้)",
        "An unproven material with an MiT certificate of its supplier does not count as domestic "
        "(no rule on this was found)",
    )
}
