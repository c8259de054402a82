"""What an assessment holds: the answer, each formula, every figure, and what was looked at."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field

from mit.criteria.chain import SupplierCertificate
from mit.criteria.cost_sheet import CostSheet, sheet_sha256
from mit.criteria.doubts import Doubt
from mit.criteria.figures import Figures
from mit.criteria.formulas import FormulaResult
from mit.criteria.rule_set import FormulaId, RuleSet
from mit.criteria.tariff_shift import ShiftedLine

#: Changes whenever the same rule set and sheet could give another figure; stored with each result.
ENGINE_VERSION = "1.0.0"


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
    shifted: tuple[ShiftedLine, ...]
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
        """Return every figure and every line's treatment, in whole satang."""
        figures, overrides = self.figures, self._overrides()
        shifts = {entry.line.position: entry.shift for entry in self.shifted}
        known = {"supplier_certificates": [one.to_document() for one in self.chain]} if self.chain else {}
        return known | {
            "price_satang": self.sheet.price_ex_works.satang,
            "vat_satang": figures.vat.satang,
            "net_price_satang": figures.net_price.satang,
            "totals_satang": {part: total.satang for part, total in figures.totals.items()},
            "profit_satang": figures.profit.satang,
            "profit_derived": figures.is_profit_derived,
            "unexplained_satang": figures.unexplained.satang,
            "lines": [
                {
                    "line": counted.line.position,
                    "counted_as": counted.part,
                    "why": counted.why,
                    "satang": counted.line.amount.satang,
                    "tariff": shifts.get(counted.line.position),
                }
                for counted in figures.lines
            ],
            "settings": {name: _plain(setting.value) for name, setting in self.rule_set.settings.items()},
            **({"overrides": overrides} if overrides else {}),
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
