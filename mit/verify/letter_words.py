"""A verdict on a dealer's letter as people read it at the command line.  Pure."""

from __future__ import annotations

from mit.credential.dealer_letter import DealerLetter
from mit.i18n import Language, say
from mit.values.identifiers import shown_tax_number
from mit.values.thai_date import format_day
from mit.verify.dealer_letter import LetterVerdict
from mit.verify.words import date_lines, finding_lines, product_text


def letter_lines(found: LetterVerdict, language: Language) -> list[str]:
    """Return the whole verdict in one language, a line each, the answer first."""
    reason = say(f"dealers.reason_{found.leading_reason}", language)
    lines = [f"{say(f'verify.word_{found.answer}', language)}: {reason}"]
    lines += [f"  ! {notice.detail(language)}" for notice in found.own.notices]
    lines += finding_lines(found.own, language, room="dealers")
    if found.letter:
        lines.append(f"  {say('verify.compare', language)}:")
        lines += [f"    {label}: {value}" for label, value in _facts(found.letter, language)]
    if found.certificate and found.letter:
        behind = f"{found.letter.ground.number}: {say(f'verify.word_{found.certificate.answer}', language)}"
        lines.append(f"  {say('verify.label_behind', language)} {behind}")
        lines += [f"  {line}" for line in finding_lines(found.certificate, language)]
    lines += [f"  {label}: {value}" for label, value in date_lines(found.own, language)]
    return lines


def _facts(letter: DealerLetter, language: Language) -> list[tuple[str, str]]:
    """Return label and value of everything to compare with the bid."""
    dealer, maker = letter.dealer, letter.maker
    pairs = [
        ("letter", str(letter.number)),
        ("dealer", " / ".join(name for name in (dealer.name_th, dealer.name_en) if name)),
        ("juristic_number", shown_tax_number(dealer.juristic_number or "")),
        ("holder", " / ".join(name for name in (maker.name_th, maker.name_en) if name)),
        *(("product", product_text(one.coverage.to_document(), language)) for one in letter.products),
        ("from_on", format_day(letter.from_on, language, width="wide")),
        ("until_on", format_day(letter.until_on, language, width="wide")),
        ("tender", letter.tender),
    ]
    return [(say(f"verify.label_{name}", language), value) for name, value in pairs if value]
