"""What an assessment holds: the answer, each formula, every figure, and what was looked at."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from itertools import repeat

from mit.criteria.chain import SupplierCertificate
from mit.criteria.cost_sheet import CostSheet, sheet_sha256
from mit.criteria.figures import GROUPS, Figures
from mit.criteria.formulas import FormulaResult
from mit.criteria.line_doubts import Doubt
from mit.criteria.rule_set import FormulaId, RuleSet
from mit.criteria.tariff_shift import SHIFTS, Shift, ShiftedLines

#: Changes whenever the same rule set and sheet could give another document; stored with each result.
ENGINE_VERSION = "1.1.0"


@dataclass(frozen=True, slots=True)
class Assessment:
    """What a rule set says of a cost sheet.

    Attributes:
        meets: whether the product passes; None where a missing fact leaves it open.
        formulas: direct, build-down and tariff shift, always all three.
        shifted: for each foreign material whether its HS heading changed.
        doubts: what a reviewer should look at twice.
        explanation: the sentences by language; filled by ``assess``.
        chain: what was known of the suppliers' certificates that its lines name.
    """

    rule_set: RuleSet
    sheet: CostSheet
    figures: Figures
    shifted: ShiftedLines
    formulas: tuple[FormulaResult, ...]
    meets: bool | None
    doubts: tuple[Doubt, ...]
    explanation: Mapping[str, Sequence[str]] = field(default_factory=dict)
    chain: tuple[SupplierCertificate, ...] = ()

    @property
    def deciding_formula(self) -> FormulaId | None:
        """Return the first formula that is on, met and not blocked; None where none is."""
        return next((formula.id for formula in self.formulas if formula.counts), None)

    @property
    def is_blocked(self) -> bool:
        """Say whether a rule forbids every formula to count."""
        return any(formula.blocked_by for formula in self.formulas)

    @property
    def input_sha256(self) -> str:
        """Return the SHA-256 of the normalised cost sheet."""
        return sheet_sha256(self.sheet)

    def to_document(self) -> dict[str, object]:
        """Return the contract's answer of ``mit assess`` with everything that must be kept beside it."""
        return {
            "meets": self.meets,
            "ruleset": {"id": self.rule_set.id, "sha256": self.rule_set.sha256},
            "formulas": [formula.to_document() for formula in self.formulas],
            "explanation": {language: list(text) for language, text in self.explanation.items()},
            "deciding_formula": self.deciding_formula,
            "input_sha256": self.input_sha256,
            "engine_version": ENGINE_VERSION,
            "doubts": [doubt.to_document() for doubt in self.doubts],
            "trace": self.trace(),
        }

    def trace(self) -> dict[str, object]:
        """Return every figure and every line's treatment, in whole satang.

        Under ``lines`` stand lists, with an entry for each line of the sheet in its order: ``counted_as``,
        ``why``, ``satang``, and ``tariff``, null where the line is no foreign material.
        """
        figures, overrides = self.figures, self._overrides()
        known = {"supplier_certificates": [one.to_document() for one in self.chain]} if self.chain else {}
        return known | {
            "price_satang": self.sheet.price_ex_works.satang,
            "vat_satang": figures.vat.satang,
            "net_price_satang": figures.net_price.satang,
            "totals_satang": {part: total.satang for part, total in figures.totals.items()},
            "profit_satang": figures.profit.satang,
            "profit_derived": figures.is_profit_derived,
            "unexplained_satang": figures.unexplained.satang,
            "lines": self._treatments(),
            "settings": {name: _plain(setting.value) for name, setting in self.rule_set.settings.items()},
            **({"overrides": overrides} if overrides else {}),
        }

    def _treatments(self) -> dict[str, list[object]]:
        """Return what was made of each line."""
        groups, tariff = self.figures.groups, list[Shift | None](repeat(None, len(self.sheet.lines)))
        for index, shift in zip(self.shifted.indexes, self.shifted.shifts, strict=True):
            tariff[index] = SHIFTS[shift]
        return {
            "counted_as": [GROUPS[group].part for group in groups],
            "why": [GROUPS[group].why for group in groups],
            "satang": list(self.sheet.lines.satang),
            "tariff": [*tariff],
        }

    def _overrides(self) -> list[dict[str, object]]:
        """Return by which prefix or group a setting of the trace counts for this product alone."""
        return [
            {
                "setting": override.setting.name,
                "hs_prefix": override.hs_prefix,
                "group": override.group or None,
                "general": _plain(self.rule_set.in_general(override.setting.name).value),
            }
            for override in self.rule_set.applied
        ]


def _plain(value: object) -> object:
    return list(value) if isinstance(value, tuple) else value
