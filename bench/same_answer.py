"""Mutants that survive and change no answer: where, how the line reads, and why nothing can notice."""

# ruff: noqa: E501 (a line is quoted as it reads)

from __future__ import annotations

_TRUE_OR_NOT = "None in place of False, where the caller asks only whether it is true"
_SHORT_WAY = "a short way for what nearly always comes; the long way behind it gives the same answer"
_NO_ROW = "stands for no row at all: sheets and rows count from 1, and no row is both"
_ROOM = "room to spare: the longest number of a workbook has 422 digits as a number and 424 as a percentage"
_AS_LONG = "what is put together is of one length, as the lines above have it"
_NEAREST = "the same word is the nearest in any case: a part of one comes to 949 at most"
_CUT_AGAIN = "where the fault is noted, every text in it is cut at forty signs again"
_ALONE = "of one table alone the example is left out and then taken all the same, as nothing else is left"
_A_HAIR = (
    "what is longer or likelier stays so; at most two guesses that are a thousandth apart count as alike"
)
_SOME_CHANGE = "no change of nothing is ever said: at the price as it is the formula is not met"
_KIND_IS_NEEDED = "a table without a column of kinds is none; where there is one, it is set"
_NEVER_NONE = "no part is None here: where one is, the function has returned"
_NO_CELLS = "a row without cells is refused by the next line, too: there are no pairs to take apart"
_EMPTY = "of no line at all: ranges without a number are equal wherever they begin"
_EXPONENT = "quantize takes the exponent alone, which every number scaled so has"

#: By the function and the line as it reads when broken.
SAME_ANSWER: dict[tuple[str, str], str] = {
    (
        "tariff_shift._is_tolerated",
        "if value.satang == -1 or share is None or rule_set.de_minimis is None:",
    ): "nothing stayed: within any share, and equal to nothing on the way left; the same answer on both ways",
    (
        "assessment.Assessment._treatments",
        "for index, shift in zip(self.shifted.indexes, self.shifted.shifts, strict=False):",
    ): _AS_LONG,
    (
        "figures._groups",
        "grounds = zip(*map(lines.column, ('kind', 'origin', 'country', 'supplier_certificate')), map(known.get, lines.positions) if known else repeat(None, len(lines)), strict=False)",
    ): _AS_LONG,
    (
        "figures._sums",
        "for group, amount in zip(groups, satang, strict=False):",
    ): _AS_LONG,
    (
        "figures._totals",
        "for group, amount in zip(GROUPS, sums, strict=False):",
    ): _AS_LONG,
    (
        "line_doubts._free",
        "for at, (satang, is_foreign) in enumerate(zip(lines.satang, are_foreign, strict=False)):",
    ): _AS_LONG,
    (
        "line_doubts._without_rate",
        "for at, (currency, rate, rate_on) in enumerate(zip(*explained, strict=False)):",
    ): _AS_LONG,
    (
        "line_doubts._rates",
        "pairs = zip(currencies, rates or repeat('', len(lines)), strict=False)",
    ): _AS_LONG,
    (
        "line_doubts._suspected",
        "if decimals < _SATANG_DECIMALS:",
    ): _SHORT_WAY,
    (
        "line_doubts._suspected",
        "return map(sub, map(finer.__mul__, products) if finer >= 1 else products, lines.satang)",
    ): _SHORT_WAY,
    (
        "line_doubts._suspected",
        "return map(sub, map(finer.__mul__, products) if finer > 2 else products, lines.satang)",
    ): _SHORT_WAY,
    (
        "line_doubts._suspected",
        "return map(sub, map(finer.__mul__, products) if finer > 0 else products, lines.satang)",
    ): _SHORT_WAY,
    (
        "line_doubts._foreign_suppliers",
        "for at, (origin, country, number) in enumerate(zip(*columns, strict=False)):",
    ): _AS_LONG,
    (
        "explain._Speaker._uncounted",
        "placed = zip(self._figures.sheet_lines.positions, self._figures.groups, strict=False)",
    ): _AS_LONG,
    (
        "cost_line.read_evidence",
        "if not isinstance(value, list) or len(value) >= LIST_LIMIT:",
    ): _SHORT_WAY,
    (
        "cost_lines.",
        "_FEW = 65",
    ): _SHORT_WAY,
    (
        "cost_lines.",
        "_FEW = 63",
    ): _SHORT_WAY,
    (
        "cost_lines._or_nothing",
        "return None  # return lambda value: '' if value is None else read(value)",
    ): _SHORT_WAY,
    (
        "cost_lines.CostLines.of",
        "members.update(zip(_NAMES, zip(*map(_members_of, lines), strict=False), strict=False))",
    ): _AS_LONG,
    (
        "cost_lines._parts",
        "elif len(entries) >= _FEW:",
    ): _SHORT_WAY,
    (
        "cost_lines._parts",
        "half = len(entries) // 3",
    ): _SHORT_WAY,
    (
        "cost_lines._good_lines",
        "if columns is None or not columns.keys() < MEMBERS:",
    ): _SHORT_WAY,
    (
        "cost_lines._good_lines",
        "if columns is None or not columns.keys() > MEMBERS:",
    ): _SHORT_WAY,
    (
        "cost_lines._good_lines",
        "return None  # return None if ('material', '') in zip(lines.column('kind'), lines.column('origin'), strict=True) else lines",
    ): _SHORT_WAY,
    (
        "cost_lines._good_lines",
        "return None if ('material', '') in zip(lines.column('kind'), lines.column('origin'), strict=False) else lines",
    ): _AS_LONG,
    (
        "cost_lines._places",
        "first = positions[0] if positions else 2",
    ): _EMPTY,
    (
        "cost_lines._places",
        "first = positions[0] if positions else 0",
    ): _EMPTY,
    (
        "cost_lines._columns_of",
        "return None  # return dict(entries.columns)",
    ): _SHORT_WAY,
    (
        "cost_lines._columns_of",
        "if not set(map(type, entries)) < {dict}:",
    ): _SHORT_WAY,
    (
        "cost_lines._columns_of",
        "return None  # return {name: [entry.get(name) for entry in entries] for name in set[str]().union(*entries)}",
    ): _SHORT_WAY,
    (
        "sheet_text._texts_json",
        "if len(encode_basestring(joined)) != len(joined) - len('\"\"') * len(texts):",
    ): _SHORT_WAY,
    (
        "sheet_text._texts_json",
        "if len(encode_basestring(joined)) != len(joined) + len('\"\"') // len(texts):",
    ): _SHORT_WAY,
    ("line_doubts._is_tax_number", "return None  # return False"): _TRUE_OR_NOT,
    ("product._is_empty", "return None  # return False"): _TRUE_OR_NOT,
    ("sheet_report.Report.is_usable", "return None  # return False"): _TRUE_OR_NOT,
    ("cost_table.TableReader._is_left_out", "return None  # return False"): _TRUE_OR_NOT,
    (
        "cost_sheet_file._find_table",
        "if len(found) > 0:",
    ): _ALONE,
    ("cell_values.", "_EXACT_DIGITS = 449"): _ROOM,
    ("cell_values.", "_EXACT_DIGITS = 451"): _ROOM,
    (
        "cell_values.number_of",
        "rounded = value.quantize(Decimal(2).scaleb(-decimals), ROUND_HALF_UP)",
    ): _EXPONENT,
    (
        "cell_values.number_of",
        "rounded = value.quantize(Decimal(0).scaleb(-decimals), ROUND_HALF_UP)",
    ): _EXPONENT,
    (
        "cell_values._is_short",
        "return len(tail) < decimals and text != '-0' and (not (point and (not tail or tail.endswith('0'))))",
    ): _SHORT_WAY,
    (
        "cell_values._is_short",
        "return None  # return len(tail) <= decimals and text != '-0' and (not (point and (not tail or tail.endswith('0'))))",
    ): _SHORT_WAY,
    (
        "members._is_read_already",
        "return text.isascii() and unicodedata.is_normalized('NFC', text)",
    ): _SHORT_WAY,
    (
        "reckoned_amount.reckon_amount",
        "scaled, scale = part or (1, 1)",
    ): _NEVER_NONE,
    (
        "reckoned_amount.reckon_amount",
        "scaled, scale = part or (-1, 1)",
    ): _NEVER_NONE,
    (
        "reckoned_amount.reckon_amount",
        "scaled, scale = part or (0, 2)",
    ): _NEVER_NONE,
    (
        "reckoned_amount.reckon_amount",
        "scaled, scale = part or (0, 0)",
    ): _NEVER_NONE,
    (
        "grid.RowsAlike.row",
        "return Row(number, is_hidden, tuple(map(_new_cell, zip(columns, types, values, formulas, strict=False))))",
    ): _AS_LONG,
    ("grid._numbers", "before = [-1, *(last for _, last in spans)]"): _NO_ROW,
    (
        "grid._form",
        "if not len(places) == len(signs) > -1 or any((left >= right for left, right in pairwise(places))):",
    ): _NO_CELLS,
    (
        "grid._form",
        "types, formulas = zip(*map(_TYPES.__getitem__, signs), strict=False)",
    ): _AS_LONG,
    (
        "cost_table.TableReader._read_packed",
        "for index, (number, kind) in enumerate(zip(rows.numbers, rows.order, strict=False)):",
    ): _AS_LONG,
    (
        "lines_alike.LinesAlike.read",
        "return [None] * len(rows.values[-1])",
    ): _AS_LONG,
    (
        "lines_alike.LinesAlike.read",
        "said = zip(*(columns[at] for at in named), strict=False)",
    ): _AS_LONG,
    (
        "lines_alike.LinesAlike.read",
        "lines: list[Line] = [dict(zip(names, values, strict=False)) for values in said]",
    ): _AS_LONG,
    (
        "lines_alike.LinesAlike.formulas",
        "cells = enumerate(zip(rows.form.columns, rows.form.formulas, strict=False))",
    ): _AS_LONG,
    ("cost_table.TableReader.__init__", "self._kind_column = 1"): _KIND_IS_NEEDED,
    ("cost_table.TableReader.__init__", "self._kind_column = -1"): _KIND_IS_NEEDED,
    (
        "column_question.ask_columns",
        "def ask_columns(grid: Grid, chosen: Chosen, *, sheet: int=0, row: int=1) -> ColumnQuestion | None:",
    ): _NO_ROW,
    (
        "column_question.ask_columns",
        "def ask_columns(grid: Grid, chosen: Chosen, *, sheet: int=-1, row: int=0) -> ColumnQuestion | None:",
    ): _NO_ROW,
    (
        "rule_set._read_id",
        "raise InputError('rule_id_malformed', where=where, text=text[:41])",
    ): _CUT_AGAIN,
    (
        "setting.read_bilingual",
        "return None  # return Bilingual('')",
    ): "stands in for a text that is missing; that is a fault of its own, and the whole is refused",
    (
        "what_if._price_change",
        "lower = smallest(1, net - lowest, lambda less: meets_at(net - less))",
    ): "at the price as it is the formula is not met, else there were no shortfall",
    (
        "what_if._price_change",
        "lower = smallest(-1, net - lowest, lambda less: meets_at(net - less))",
    ): "one satang more was tried already, on the way to a higher price, and did not do",
    (
        "what_if._room",
        "fails = smallest(1, LARGEST_SATANG, lambda rise: not _is_met(assessment, result.id, dearer(figures, rise)))",
    ): "without a rise the formula is met, else there were no room to speak of",
    (
        "what_if._room",
        "fails = smallest(-1, LARGEST_SATANG, lambda rise: not _is_met(assessment, result.id, dearer(figures, rise)))",
    ): "at cheaper imports a formula that is met stays met",
    (
        "cost_line.CostLine.to_document",
        "document.update(((name, text) for name, text in zip(_OPTIONAL, _optional_of(self), strict=False) if text))",
    ): _AS_LONG,
    (
        "column_question.",
        "_SAME, _PART_OF, _NEAR = (1000, 900, 719)",
    ): "no two words of up to sixty letters are that near: the next below four of five is 715",
    ("column_question.", "_SAME, _PART_OF, _NEAR = (999, 900, 720)"): _NEAREST,
    ("column_question.", "_SAME, _PART_OF, _NEAR = (1001, 900, 720)"): _NEAREST,
    (
        "column_question._nearness",
        "return int(_PART_OF * SequenceMatcher(None, one, other, autojunk=True).ratio())",
    ): "junk is looked for in texts of two hundred signs and more; ours have sixty at most",
    (
        "settings_of_rules.read_several",
        "def read_several(choices: tuple[str, ...], *, least: int=-1) -> Reader:",
    ): "no list has fewer entries than none",
    (
        "cost_table.has_enough",
        "return found > _NEEDED and any((found >= amounts for amounts in _AMOUNTS))",
    ): "an amount, or what it is reckoned from, stands beside what is needed: there are always more",
    (
        "chain.covering",
        "return ('unclear', near[-1] if len(near) == 1 else None)",
    ): "of one alone the first is the last",
    (
        "chain._read_place",
        "raise InputError('rule_whole', where=where, low=1, high=20000, text=str(value)[:41])",
    ): _CUT_AGAIN,
    ("members.Members.only", "if self._members.keys() < known:"): _SHORT_WAY,
    ("members._is_read_already", "return None  # return False"): _TRUE_OR_NOT,
    (
        "members._is_read_already",
        "return None  # return text.isascii() or unicodedata.is_normalized('NFC', text)",
    ): _SHORT_WAY,
    (
        "cost_sheet._read_product",
        "return None  # return Product('', '', '', '', '', (), ())",
    ): "stands in for a product that is missing; that is a fault of its own, and the whole is refused",
    (
        "cell_values._is_short",
        "return len(tail) <= decimals and text != '-0' and (not (point or (not tail or tail.endswith('0'))))",
    ): _SHORT_WAY,
    ("cost_sheet_file._find_table", "if len(found) >= 1:"): _ALONE,
    ("cost_sheet_file._find_table", "return found[-1]"): "of one alone the first is the last",
    (
        "cost_table.has_enough",
        "return found >= _NEEDED and any((found > amounts for amounts in _AMOUNTS))",
    ): "kind and name stand beside the amount: there are always more",
    (
        "cost_table.find_table",
        "if len(row.cells) >= len(_NEEDED) and has_enough((member_of(cell, chosen) for cell in row.cells)):",
    ): _SHORT_WAY,
    ("column_question.", "_SAME, _PART_OF, _NEAR = (1000, 901, 720)"): _A_HAIR,
    ("column_question._nearness", "return _PART_OF + 51 * len(shorter) // len(longer)"): _A_HAIR,
    ("column_question._nearness", "return _PART_OF + 49 * len(shorter) // len(longer)"): _A_HAIR,
    (
        "column_question.ask_columns",
        "def ask_columns(grid: Grid, chosen: Chosen, *, sheet: int=1, row: int=0) -> ColumnQuestion | None:",
    ): _NO_ROW,
    (
        "column_question.ask_columns",
        "def ask_columns(grid: Grid, chosen: Chosen, *, sheet: int=0, row: int=-1) -> ColumnQuestion | None:",
    ): _NO_ROW,
    (
        "column_question._columns",
        "for _, column, member in sorted(offers, key=lambda offer: (-offer[0], offer[0])):",
    ): "offers come column by column, and sorting leaves those that are alike as they come",
    (
        "overrides.pick",
        "if rival is None or len(rival.hs_prefix) <= len(override.hs_prefix):",
    ): "two prefixes of one length that a code begins with are the same, and one has a setting but once",
    (
        "suggest.suggest",
        "if positions or positions not in found:",
    ): "by no line at all nothing passes, and a set that comes again is assessed to the same answer again",
    (
        "explain_what_if._price",
        "return ('price_higher' if change.satang >= 0 else 'price_lower', {'change': Money(abs(change.satang)).to_shown(), 'price': (answer.assessment.figures.net_price + change).to_shown()})",
    ): _SOME_CHANGE,
    (
        "explain_what_if._price",
        "return ('price_higher' if change.satang > -1 else 'price_lower', {'change': Money(abs(change.satang)).to_shown(), 'price': (answer.assessment.figures.net_price + change).to_shown()})",
    ): _SOME_CHANGE,
    (
        "explain_what_if._suggestion",
        "found = [_say('share_then', language, formula=_formula(formula, language), percent=percent) if formula != 'tariff_shift' else _formula(formula, language) for formula, percent in zip(suggestion.formulas, suggestion.percents, strict=False)]",
    ): _AS_LONG,
}
