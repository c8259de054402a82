"""An assessment in sentences: every figure, what it was counted as, and where the rule comes from.

``explain(assessment)`` gives the same sentences in Thai and in English, in the same order.  The
words live in ``translations/*/criteria.po``.
"""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Sequence
from dataclasses import dataclass
from itertools import count, islice

from mit.criteria.assessment import Assessment
from mit.criteria.figures import GROUPS, Figures, Part
from mit.criteria.formulas import FormulaResult
from mit.criteria.overrides import Override
from mit.criteria.rule_set import FormulaId, RuleSet
from mit.criteria.setting import Setting
from mit.criteria.tariff_shift import SHIFTS, Shift
from mit.i18n import LANGUAGES, Language, say
from mit.values.identifiers import shown_hs_code
from mit.values.money import Money
from mit.values.share import percent_text
from mit.values.thai_date import format_day

#: How many line numbers a sentence lists before it says how many more there are.
LISTED_LINES = 12

_DIRECT_PARTS: tuple[Part, ...] = ("domestic_material", "labour", "overhead", "other")


def explain(assessment: Assessment) -> dict[str, list[str]]:
    """Return ``{"th": [sentences], "en": [sentences]}``: price, parts, formulas, blocks, answer."""
    return {language: _Speaker(assessment, language).everything() for language in LANGUAGES}


def explain_formula(assessment: Assessment, formula: FormulaId, language: Language) -> list[str]:
    """Return what ``explain`` says of one formula alone: how it is reckoned, its result, its sources."""
    speaker = _Speaker(assessment, language)
    if formula == "direct":
        return [speaker._direct()]
    return [speaker._build_down()] if formula == "build_down" else list(speaker._tariff_shift())


def explain_overrides(assessment: Assessment, language: Language) -> list[str]:
    """Return what ``explain`` says of the settings that count for this product and not in general."""
    rule_set = assessment.rule_set
    return [
        say_override(rule_set, override, language, prefixes=[override.hs_prefix])
        for override in rule_set.applied
    ]


def say_override(
    rule_set: RuleSet, override: Override, language: Language, *, prefixes: Sequence[str]
) -> str:
    """Return what counts for the products of *prefixes* instead of the general setting, and why."""
    group = rule_set.groups.get(override.group)
    return say(
        f"criteria.override_{'group' if group else 'prefix'}",
        language,
        group=group.title.in_language(language) if group else "",
        prefix=", ".join(map(shown_hs_code, prefixes)),
        text=override.setting.text.in_language(language),
        because=override.because.in_language(language),
        general=rule_set.in_general(override.setting.name).text.in_language(language),
        source=_backing(rule_set, [override.setting], language),
    ).strip()


@dataclass(frozen=True, slots=True)
class _Speaker:
    """Says one assessment in one language."""

    assessment: Assessment
    language: Language

    def everything(self) -> list[str]:
        """Return all sentences in reading order."""
        return [
            self._rule_set(),
            *self._overrides(),
            *self._price(),
            *self._parts(),
            *self._uncounted(),
            *self._profit(),
            self._direct(),
            self._build_down(),
            *self._tariff_shift(),
            *self._block(),
            self._answer(),
            *self._unverified(),
        ]

    def _say(self, name: str, **params: str | int) -> str:
        return say(f"criteria.{name}", self.language, **params)

    @property
    def _figures(self) -> Figures:
        return self.assessment.figures

    def _source(self, *settings: str) -> str:
        """Return what backs the settings: their sources, or that they are not verified."""
        rule_set = self.assessment.rule_set
        return _backing(rule_set, [rule_set.settings[name] for name in settings], self.language)

    def _rule_set(self) -> str:
        rule_set = self.assessment.rule_set
        return self._say(
            "rule_set",
            title=rule_set.title.in_language(self.language),
            id=rule_set.id,
            day=format_day(rule_set.in_force_from, self.language),
        )

    def _overrides(self) -> Iterable[str]:
        """Say each setting that counts for this product and not in general, and why."""
        return explain_overrides(self.assessment, self.language)

    def _price(self) -> list[str]:
        price, net = self.assessment.sheet.price_ex_works.to_shown(), self._figures.net_price.to_shown()
        if not self.assessment.sheet.vat_included:
            return [self._say("price_without_vat", net=net)]
        rate = percent_text(self.assessment.rule_set.vat_rate_percent / 100)
        return [
            self._say("price_with_vat", price=price, net=net, rate=rate, source=self._source("vat_percent"))
        ]

    def _parts(self) -> Iterable[str]:
        """Say each group of lines that is counted alike: its sum and its lines."""
        figures = self._figures
        for group, amount, at in zip(GROUPS, figures.sums, count(), strict=False):
            how_many = figures.groups.count(at)
            if how_many:
                name = f"{group.part}_{group.why}" if "material" in group.part else group.part
                source = self._source(*_PART_SETTINGS[name]) if name in _PART_SETTINGS else ""
                lines = self._lines(self._positions(at), how_many)
                text = self._say(f"part_{name}", amount=Money(amount).to_shown(), lines=lines)
                yield f"{text} {source}".strip()

    def _positions(self, group: int) -> Iterator[int]:
        """Yield the positions of the lines of a group."""
        positions, groups = self._figures.sheet_lines.positions, self._figures.groups
        at = groups.find(group)
        while at >= 0:
            yield positions[at]
            at = groups.find(group, at + 1)

    def _uncounted(self) -> Iterable[str]:
        """Say which unproven lines a supplier's certificate would prove, did the rule set count it."""
        proven = {one.line for one in self.assessment.chain if one.proves}
        if not proven:
            return
        placed = zip(self._figures.sheet_lines.positions, self._figures.groups, strict=True)
        lines = [line for line, group in placed if line in proven and GROUPS[group].why == "unproven"]
        if lines:
            yield self._say("certificate_not_counted", lines=self._lines(lines, len(lines)))

    def _lines(self, positions: Iterable[int], how_many: int) -> str:
        """Return the first of so many positions, and how many more there are."""
        listed = ", ".join(map(str, islice(positions, LISTED_LINES)))
        left = how_many - LISTED_LINES
        return self._say("lines_more", listed=listed, left=left) if left > 0 else listed

    def _profit(self) -> Iterable[str]:
        derived = self._figures.is_profit_derived
        name = "profit_derived" if derived else "profit_declared"
        yield self._say(name, amount=self._figures.profit.to_shown())
        if self._figures.unexplained.satang:
            yield self._say("unexplained", amount=self._figures.unexplained.to_shown())

    def _direct(self) -> str:
        rule_set, figures = self.assessment.rule_set, self._figures
        terms = [
            self._say(f"term_{part}", amount=figures.totals[part].to_shown())
            for part in _DIRECT_PARTS
            if part in rule_set.direct_counts
        ]
        if "profit" in rule_set.direct_counts:
            terms.append(self._say("term_profit", amount=figures.profit.to_shown()))
        base = "materials" if rule_set.direct_divides_by_materials else "net_price"
        return self._formula("direct", terms=" + ".join(terms), base=self._say(f"base_{base}"))

    def _build_down(self) -> str:
        foreign = self._figures.totals["foreign_material"].to_shown()
        return self._formula("build_down", foreign=foreign)

    def _formula(self, name: str, **params: str) -> str:
        """Return the sentence of a share formula: how it is reckoned, its result, its sources."""
        result = _result(self.assessment, name)
        reckoned = self._say(
            f"formula_{name}",
            numerator=result.numerator.to_shown(),
            denominator=result.denominator.to_shown(),
            percent=result.shown_percent,
            **params,
        )
        return f"{reckoned} {self._met(result)} {self._source(*_FORMULA_SETTINGS[name])}".strip()

    def _met(self, result: FormulaResult) -> str:
        threshold = percent_text(self.assessment.rule_set.threshold)
        if not result.is_on:
            return self._say("formula_off")
        return self._say(f"share_{_WORDS[result.meets]}", threshold=threshold)

    def _tariff_shift(self) -> Iterable[str]:
        for shift in SHIFTS:
            yield from self._shifted(shift)
        result = _result(self.assessment, "tariff_shift")
        limit = self.assessment.rule_set.de_minimis
        settings = ["tariff_shift_on", "tariff_shift_digits", "de_minimis_on"]
        if limit is not None:
            settings.append("de_minimis_percent")
        name = "formula_off" if not result.is_on else f"tariff_{_WORDS[result.meets]}"
        reckoned = self._say(
            "formula_tariff_shift",
            numerator=result.numerator.to_shown(),
            denominator=result.denominator.to_shown(),
            percent=result.shown_percent,
        )
        allowed = self._say("tariff_none_allowed")
        if limit is not None:
            allowed = self._say("tariff_allowed", limit=percent_text(limit))
        yield f"{reckoned} {allowed} {self._say(name)} {self._source(*settings)}"

    def _shifted(self, shift: Shift) -> Iterable[str]:
        shifted, positions = self.assessment.shifted, self._figures.sheet_lines.positions
        how_many = shifted.how_many(shift)
        if how_many:
            yield self._say(
                f"tariff_lines_{shift}",
                lines=self._lines(map(positions.__getitem__, shifted.of(shift)), how_many),
                product=shown_hs_code(self.assessment.sheet.product.hs_code),
                codes=self._codes(shifted.hs_codes(shift)),
                digits=self.assessment.rule_set.tariff_digits,
            )

    def _codes(self, codes: Sequence[str]) -> str:
        """Return the first of these HS codes, and how many more there are."""
        listed = ", ".join(map(shown_hs_code, codes[:LISTED_LINES]))
        left = len(codes) - LISTED_LINES
        return self._say("lines_more", listed=listed, left=left) if left > 0 else listed

    def _block(self) -> Iterable[str]:
        if self.assessment.is_blocked:
            process = ", ".join(self._say(f"process_{step}") for step in self.assessment.sheet.process)
            source = self._source("minimal_operations_block", "minimal_operations")
            yield self._say("blocked_minimal_operation", process=process, source=source)

    def _answer(self) -> str:
        decided_by = self.assessment.deciding_formula
        if decided_by:
            return self._say("answer_meets", formula=self._say(f"name_{decided_by}"))
        return self._say(f"answer_{_WORDS[self.assessment.meets]}")

    def _unverified(self) -> Iterable[str]:
        """Say each setting that no source states, where it can make a difference."""
        settings = self.assessment.rule_set.settings
        for setting in self.assessment.rule_set.unverified:
            switch = settings.get(_SWITCHES.get(setting.name, ""))
            if switch is None or switch.value:
                text = setting.text.in_language(self.language)
                yield self._say("unverified_setting", text=text)


_WORDS = {True: "meets", False: "fails", None: "open"}
_FORMULA_SETTINGS = {
    "direct": ("threshold_percent", "direct_on", "direct_counts", "direct_divided_by"),
    "build_down": ("threshold_percent", "build_down_on"),
}
_PART_SETTINGS = {
    "domestic_material_certified": ("supplier_certificate_counts",),
    "domestic_material_roll_up": ("asean_counts_as_domestic", "asean_countries"),
    "foreign_material_unproven": ("unproven_counts_as",),
    "foreign_material_no_certificate": ("domestic_needs_certificate",),
}
#: Settings that say nothing while another one is off.
_SWITCHES = {
    "de_minimis_percent": "de_minimis_on",
    "asean_countries": "asean_counts_as_domestic",
    "minimal_operations": "minimal_operations_block",
}


def _backing(rule_set: RuleSet, settings: Sequence[Setting], language: Language) -> str:
    """Return the sources of the settings, and a mark where one of them is not verified."""
    keys = dict.fromkeys(key for setting in settings for key in setting.sources)
    titles = "; ".join(rule_set.sources[key].title.in_language(language) for key in keys)
    said = say("criteria.source", language, titles=titles) if titles else ""
    if all(setting.is_verified for setting in settings):
        return said
    return f"{said} {say('criteria.unverified_mark', language)}".strip()


def _result(assessment: Assessment, name: str) -> FormulaResult:
    return next(formula for formula in assessment.formulas if formula.id == name)
