"""Does it cover this?  Tables of what officers type, and what holds for every model, unit and range."""

from __future__ import annotations

import unicodedata
from dataclasses import replace
from fractions import Fraction
from itertools import permutations

import pytest
from hypothesis import assume, given
from hypothesis import strategies as st

from mit.credential.asked_text import same
from mit.credential.coverage import CoverageEntry, ValueRange
from mit.credential.coverage_question import LONGEST_ASKED, Coverage
from tests.support.coverages import BOARD, BOLT, CABLE, CEMENT, FREEZER, VALVE, WIRE, ask, told

COVERED = "covered"
OTHER = "other_model"
NOT = "not_covered"
LOOK = "cannot_tell"

THAI_DIGITS = str.maketrans("0123456789", "๐๑๒๓๔๕๖๗๘๙")
FULL_WIDTH = str.maketrans({chr(code): chr(code + 0xFEE0) for code in range(0x21, 0x7F)})


@pytest.mark.parametrize(
    ("text", "expected"),
    [
        ("THW-A 10", (COVERED, "model")),
        ("thw a 16", (COVERED, "model")),
        ("NYY4X10", (COVERED, "model")),
        ("สายไฟฟ้าทองแดง THW-A 10", (COVERED, "model")),
        ("สายไฟ THW-A 10 ยี่ห้อ RUNGROJ จำนวน 30 ม้วน", (COVERED, "model")),
        ("Copper building wire NYY 4x10", (COVERED, "model")),
        ("wire NYY 4x10", (COVERED, "model")),
        ("RUNGROJ-NYY 4x10", (COVERED, "model")),
        ("NYY 4x10-RUNGROJ", (COVERED, "model")),
        ("RUNGROJ® NYY 4x10 RUNGROJ", (COVERED, "model")),
        ("NYY 4x10 และ THW-A 16", (COVERED, "model")),
        ("NYY 4x10, THW-A 16", (COVERED, "model")),
        ("(NYY 4x10)", (COVERED, "model")),
        ("รุ่นNYY 4x10ยี่ห้อRUNGROJ", (COVERED, "model")),
        ("NYY 4x10 0.6/1 kV", (COVERED, "model")),
        ("NYY 4x10 ตร.มม.", (COVERED, "model")),
        ("NYY 4x10 sq.mm.", (COVERED, "model")),
        ("NYY 4x10 100 เมตร", (COVERED, "model")),
        ("NYY 4x10 HS 8544.49", (COVERED, "model")),
        ("พิกัด 85444949000 NYY 4x10", (COVERED, "model")),
        ("ลวดตัวนำ RUNGROJ NYY 4x10", (COVERED, "model")),
        ("IEC 01 (THW)", (COVERED, "model")),
        ("iec-01(thw)", (COVERED, "model")),
        ("IEC 01 THW", (COVERED, "model")),
        ("NYY 4x10.0", (LOOK, "spelled_otherwise")),
        ("NYY/4x10", (LOOK, "spelled_otherwise")),
        ("NYY 4x1O", (LOOK, "looks_alike")),
        ("NYY 4xl0", (LOOK, "looks_alike")),
        ("NУY 4x10", (LOOK, "looks_alike")),
        ("THW-А 10", (LOOK, "looks_alike")),
        ("THW-A 1 0", (LOOK, "digits_apart")),
        ("NYY 4x10 A", (LOOK, "words_unknown")),
        ("NYY 4x10 V", (LOOK, "words_unknown")),
        ("NYY 4x10 XLPE", (LOOK, "words_unknown")),
        ("YAZAKI NYY 4x10", (LOOK, "words_unknown")),
        ("เก้าอี้ NYY 4x10", (LOOK, "words_unknown")),
        ("สายไฟฟ้าอะลูมิเนียม NYY 4x10", (LOOK, "words_unknown")),
        ("RUNGROJ สายไฟฟ้าอะลูมิเนียม NYY 4x10", (LOOK, "words_unknown")),
        ("NYY 4x10 NYY 4x16", (LOOK, "words_unknown")),
        ("NYY 4x10/THW-A 16", (LOOK, "no_unit")),
        ("NYY 4x10 16", (LOOK, "no_unit")),
        ("NYY 4x10 หรือเทียบเท่า", (LOOK, "vague")),
        ("NYY 4x10 or equivalent", (LOOK, "vague")),
        ("ไม่ใช่ NYY 4x10", (LOOK, "vague")),
        ("แทน NYY 4x10", (LOOK, "vague")),
        ("NYY 4x10 HS 7213", (LOOK, "hs_code")),
        ("RUNGR0J NYY 4x10", (LOOK, "brand_unclear")),
        ("ยี่ห้อ รุ่งโรจน์ NYY 4x10", (LOOK, "brand_unclear")),
        ("NYY 4x10 ยี่ห้อ YAZAKI", (NOT, "brand")),
        ("ตรา YAZAKI NYY 4x10", (NOT, "brand")),
        ("brand: YAZAKI model: NYY 4x10", (NOT, "brand")),
        ("NYY 4x10 ยี่ห้ออื่น", (NOT, "brand")),
        ("NYY 4x100", (OTHER, "model")),
        ("NYY 4x1", (OTHER, "model")),
        ("NYY 4x10A", (OTHER, "model")),
        ("NYY 4x10-B", (OTHER, "model")),
        ("NYY 4x10x2", (OTHER, "model")),
        ("XNYY 4x10", (NOT, "nothing_shared")),
        ("THW-A 25", (OTHER, "model")),
        ("THW-B 10", (OTHER, "model")),
        ("สายไฟฟ้าทองแดง VCT 2x4", (OTHER, "model")),
        ("RUNGROJ VCT 2 x 4", (OTHER, "model")),
        ("NYY", (LOOK, "words_unknown")),
        ("RUNGROJ", (LOOK, "too_little")),
        ("ยี่ห้อ RUNGROJ", (LOOK, "too_little")),
        ("สายไฟ", (LOOK, "too_little")),
        ("4x10", (LOOK, "no_unit")),
        ("8544.49.49", (LOOK, "too_little")),
        ("HS 8544", (LOOK, "too_little")),
        ("HS 9403", (NOT, "hs_code")),
        ("94033000", (NOT, "hs_code")),
        ("โต๊ะ", (NOT, "nothing_shared")),
        ("desk D-120", (NOT, "nothing_shared")),
        ("!!! --- ...", (LOOK, "empty")),
        ("\u200b\u00ad", (LOOK, "empty")),
    ],
)
def test_models_brands_and_codes_are_found_in_what_is_typed(text: str, expected: tuple[str, str]) -> None:
    assert told(text, WIRE) == expected


@pytest.mark.parametrize(
    ("text", "expected"),
    [
        ("11 mm", (COVERED, "value")),
        ("ยาว 199.999 มม.", (COVERED, "value")),
        ("19.9 ซม.", (COVERED, "value")),
        ("0.1 m", (COVERED, "value")),
        ("สลักเกลียว ยาว 50 มม. จำนวน 200 ตัว", (COVERED, "value")),
        ("NOTDEE 50 mm", (COVERED, "value")),
        ("50 mm long", (COVERED, "value")),
        ("length 50 mm", (COVERED, "value")),
        ("1/2 นิ้ว", (COVERED, "value")),
        ("1 1/2 นิ้ว", (COVERED, "value")),
        ("1-1/2 นิ้ว", (COVERED, "value")),
        ("1½ นิ้ว", (COVERED, "value")),
        ("2″", (COVERED, "value")),
        ("8 หุน", (COVERED, "value")),
        ("10 mm", (OTHER, "value")),
        ("200 mm", (OTHER, "value")),
        ("20 ซม.", (OTHER, "value")),
        ("1/4 นิ้ว", (OTHER, "value")),
        ("8 นิ้ว", (OTHER, "value")),
        ("-50 mm", (OTHER, "value")),
        ("ยาว 50 มม. ยาว 500 มม.", (LOOK, "value_unclear")),
        ("50 mm 500 mm", (LOOK, "value_unclear")),
        ("กว้าง 50 มม.", (LOOK, "value_missing")),
        ("ยาว 50 กก.", (LOOK, "value_unclear")),
        ("50 kg", (LOOK, "value_missing")),
        ("50", (LOOK, "no_unit")),
        ("ยาว 50", (LOOK, "no_unit")),
        ("5O mm", (LOOK, "letters_in_number")),
        ("l00 mm", (LOOK, "letters_in_number")),
        ("50,5 mm", (LOOK, "no_unit")),
        ("1.000,5 mm", (LOOK, "no_unit")),
        ("5⁰ mm", (LOOK, "no_unit")),
        ("50-60 mm", (LOOK, "vague")),
        ("50 ถึง 60 มม.", (LOOK, "vague")),
        ("ประมาณ 50 มม.", (LOOK, "vague")),
        ("≥ 50 mm", (LOOK, "vague")),
        ("50 mm ± 1 mm", (LOOK, "vague")),
        ("1 นิ้วครึ่ง", (LOOK, "vague")),
        ("ความยาว", (LOOK, "vague")),
        ("สลักเกลียว", (LOOK, "too_little")),
        ("สลักเกลียว สแตนเลส 50 มม.", (LOOK, "words_unknown")),
        ("NOTDEE แหวนรอง 50 มม.", (LOOK, "words_unknown")),
        ("ตะปู 50 มม.", (NOT, "nothing_shared")),
        ("HS 7318.15 50 mm", (COVERED, "value")),
        ("HS 7318.16 50 mm", (NOT, "hs_code")),
        ("ยี่ห้อ THAIBOLT 50 mm", (NOT, "brand")),
        ("M8 50 mm", (NOT, "nothing_shared")),
        ("NOTDEE M8 50 mm", (OTHER, "model")),
    ],
)
def test_one_range_is_asked_by_value_and_unit(text: str, expected: tuple[str, str]) -> None:
    assert told(text, BOLT) == expected


@pytest.mark.parametrize(
    ("text", "expected"),
    [
        ("กว้าง 90 ซม. ยาว 200 ซม.", (COVERED, "value")),
        ("ยาว 2 ม. กว้าง 0.9 ม.", (COVERED, "value")),
        ("200 cm long 90 cm wide", (COVERED, "value")),
        ("กว้าง ๙๐ ซม. ยาว ๒๐๐ ซม.", (COVERED, "value")),
        ("กว้าง 90 ซม. 200 ซม.", (COVERED, "value")),
        ("70 x 200 cm", (COVERED, "value")),
        ("200 x 70 cm", (COVERED, "value")),
        ("110 x 110 cm", (COVERED, "value")),
        ("110 x 200 cm", (LOOK, "value_unclear")),
        ("90 x 200 x 250 cm", (LOOK, "value_unclear")),
        ("กว้าง 90 ซม. ยาว 200 ซม. 5 ซม.", (LOOK, "value_unclear")),
        ("กว้าง 90 ซม. ยาว 200 ซม. หนา 9 มม.", (COVERED, "value")),
        ("กว้าง 90 ซม.", (LOOK, "value_missing")),
        ("90 cm", (LOOK, "value_missing")),
        ("กว้าง 90 ซม. ยาว 4 ม.", (OTHER, "value")),
        ("กว้าง 50 ซม.", (OTHER, "value")),
        ("90 x 400 cm", (OTHER, "value")),
        ("400 cm", (OTHER, "value")),
        ("400 x 500 x 600 cm", (OTHER, "value")),
        ("90 cm 200 cm กว้าง", (LOOK, "vague")),
    ],
)
def test_several_ranges_need_every_value_and_no_doubt_which_is_which(
    text: str, expected: tuple[str, str]
) -> None:
    assert told(text, BOARD) == expected


@pytest.mark.parametrize(
    ("text", "expected"),
    [
        ("CV-FD", (COVERED, "model")),
        ("CV-FD 2.5 ตร.มม.", (COVERED, "model")),
        ("CV-FD 0.025 ตร.ซม.", (COVERED, "model")),
        ("CV-FD 500 mm²", (OTHER, "value")),
        ("CV-FD 2.5 mm", (COVERED, "model")),
        ("CV-FD 2.5", (LOOK, "no_unit")),
        ("พื้นที่หน้าตัด 2.5 ตารางมิลลิเมตร", (COVERED, "value")),
        ("2.5 sq. mm", (COVERED, "value")),
        ("2.5 mm", (LOOK, "value_missing")),
        ("1 ตร.มม.", (OTHER, "value")),
        ("ยี่ห้อสยามเคเบิล CV-FD", (COVERED, "model")),
        ("สยามเคเบิล CV-FD", (COVERED, "model")),
        ("ยี่ห้อสยามไวร์ CV-FD", (NOT, "brand")),
        ("ยี่ห้อ SIAM CABLE CV-FD", (LOOK, "brand_unclear")),
        ("CV-FDX", (NOT, "nothing_shared")),
        ("สายไฟฟ้าแรงดันสูง CV-FD", (LOOK, "words_unknown")),
    ],
)
def test_models_and_ranges_of_one_entry_have_to_agree(text: str, expected: tuple[str, str]) -> None:
    assert told(text, CABLE) == expected


@pytest.mark.parametrize(
    ("text", "expected"),
    [
        ("อุณหภูมิ -20 °C 4 ชั้น", (COVERED, "value")),
        ("-20 ℃ 4 ชั้น", (COVERED, "value")),
        ("FZ-300 -20 °C", (COVERED, "model")),
        ("FZ-300 20 °C", (OTHER, "value")),
        ("FZ-300 7 ชั้น", (OTHER, "value")),
        ("FZ-300 4 ชั้นวาง", (LOOK, "words_unknown")),
        ("-20 °C", (LOOK, "value_missing")),
        ("-17.9 °C", (OTHER, "value")),
        ("FZ-301", (OTHER, "model")),
    ],
)
def test_units_of_ones_own_and_values_below_zero(text: str, expected: tuple[str, str]) -> None:
    assert told(text, FREEZER) == expected


@pytest.mark.parametrize(
    ("text", "expected"),
    [
        ("ปูนซีเมนต์ปอร์ตแลนด์ HINPHA", (COVERED, "product")),
        ("HINPHA Portland cement", (COVERED, "product")),
        ("ปูนซีเมนต์ปอร์ตแลนด์", (LOOK, "too_little")),
        ("ปูนซีเมนต์ HINPHA", (LOOK, "too_little")),
        ("ปูนซีเมนต์ปอร์ตแลนด์ HINPHA HP-1", (OTHER, "model")),
        ("ปูนขาว", (NOT, "nothing_shared")),
    ],
)
def test_an_entry_without_models_and_ranges_is_asked_by_its_full_name(
    text: str, expected: tuple[str, str]
) -> None:
    assert told(text, CEMENT) == expected
    assert told("Portland cement", replace(CEMENT, brand="")) == (COVERED, "product")


@pytest.mark.parametrize(
    ("text", "expected"),
    [
        ("GV-50", (COVERED, "model")),
        ("GV-SO", (COVERED, "model")),
        ("GV-5O", (LOOK, "looks_alike")),
        ("GV-S0", (LOOK, "looks_alike")),
        ("GV-1I", (COVERED, "model")),
        ("GV-11", (LOOK, "looks_alike")),
        ("GV-lI", (LOOK, "looks_alike")),
        ("0IL0 GV-50", (LOOK, "brand_unclear")),
        ("45", (COVERED, "model")),
        ("รุ่น 45", (COVERED, "model")),
        ("45 mm", (LOOK, "too_little")),
        ("จำนวน 45 ตัว", (LOOK, "too_little")),
        ("45 ตัว", (LOOK, "too_little")),
        ("45-50 mm", (LOOK, "vague")),
    ],
)
def test_letters_like_digits_are_the_same_only_where_they_are_listed(
    text: str, expected: tuple[str, str]
) -> None:
    assert told(text, VALVE) == expected


@pytest.mark.parametrize(
    ("text", "expected", "position"),
    [
        ("NYY 4x10", (COVERED, "model"), 1),
        ("CV-FD", (COVERED, "model"), 3),
        ("สลักเกลียว 50 มม.", (COVERED, "value"), 2),
        ("สลักเกลียว NYY 4x10", (LOOK, "words_unknown"), 1),
        ("RUNGROJ สลักเกลียว NYY 4x10", (LOOK, "words_unknown"), 1),
        ("NYY 4x16", (OTHER, "model"), 1),
        ("สลักเกลียว 500 มม.", (OTHER, "value"), 2),
        ("เก้าอี้", (NOT, "nothing_shared"), 1),
    ],
)
def test_of_several_entries_the_one_that_speaks_for_it_answers(
    text: str, expected: tuple[str, str], position: int
) -> None:
    answer = ask(text, WIRE, BOLT, CABLE)
    assert (answer.outcome, answer.why) == expected
    assert answer.best is not None
    assert answer.best.position == position


def test_a_value_alone_cannot_tell_between_products_of_one_certificate() -> None:
    pipe = replace(BOLT, product_th="ท่อพีวีซี", ranges=(ValueRange("ขนาด", "mm", "300", "900"),))
    assert told("50 mm", BOLT, pipe) == (LOOK, "which_product")
    assert told("400 mm", BOLT, pipe) == (LOOK, "which_product")
    assert told("สลักเกลียว 50 mm", BOLT, pipe) == (COVERED, "value")
    assert told("250 mm", BOLT, pipe) == (OTHER, "value")
    assert told("50 mm", BOLT, BOARD) == (LOOK, "which_product")


def test_a_coverage_of_nothing_covers_nothing() -> None:
    assert told("NYY 4x10") == (NOT, "nothing_shared")


@pytest.mark.parametrize("sign", ["N", "9", " ", "(", "x", "0,", "½", "ก", "-", "\u202e", "NYY 4x10 "])
def test_what_is_too_long_is_not_read_in_part(sign: str) -> None:
    text = (sign * LONGEST_ASKED)[:LONGEST_ASKED]
    assert ask(text, WIRE, BOLT, BOARD, FREEZER).why != "too_long"
    assert told("NYY 4x10" + " " * LONGEST_ASKED, WIRE) == (LOOK, "too_long")


# --- what holds for every model

_LETTERS = st.text("ABCDEFGHJKMNPRSTUVWXYZ", min_size=2, max_size=4)
_DIGITS = st.text("23456789", min_size=1, max_size=4)
_GAPS = st.sampled_from([" ", "-", "–", "—", "\u2011", "\u00a0", "_", "", "  "])


@st.composite
def models(draw: st.DrawFn) -> str:
    """A model as makers write them: letters, digits, sometimes letters again; never a unit behind."""
    return f"{draw(_LETTERS)}-{draw(_DIGITS)}{draw(st.sampled_from(['', 'QX', '/7', '.5']))}"


def entry(*listed: str, brand: str = "KRUNGTHEP") -> CoverageEntry:
    return CoverageEntry("เครื่องจักรกล", "Machine tool", brand, listed, "84581100")


@given(
    models(), _GAPS, st.booleans(), st.sampled_from(["", "thai", "wide"]), st.sampled_from(["NFC", "NFKD"])
)
def test_case_gaps_scripts_of_digits_and_forms_make_no_difference(
    model: str, gap: str, is_lower: bool, digits: str, form: str
) -> None:
    text = model.replace("-", gap)
    text = text.lower() if is_lower else text
    text = text.translate({"thai": THAI_DIGITS, "wide": FULL_WIDTH}.get(digits, {}))
    assert told(unicodedata.normalize(form, text), entry(model)) == (COVERED, "model")  # type: ignore[arg-type]


@given(models(), st.permutations(["เครื่องจักรกล", "KRUNGTHEP"]), st.integers(0, 2))
def test_the_order_of_product_brand_and_model_makes_no_difference(
    model: str, around: list[str], at: int
) -> None:
    parts = [*around[:at], model, *around[at:]]
    assert told(" ".join(parts), entry(model)) == (COVERED, "model")


@given(models(), st.sampled_from([("0", "O"), ("1", "I"), ("1", "l"), ("0", "o")]))
def test_a_letter_in_place_of_a_digit_is_never_covered(model: str, swap: tuple[str, str]) -> None:
    digit, letter = swap
    listed = model.replace("-", f"-{digit}")
    asked = model.replace("-", f"-{letter}")
    assert told(asked, entry(listed)) == (LOOK, "looks_alike")
    assert told(listed, entry(asked)) == (LOOK, "looks_alike")
    assert told(asked, entry(listed, asked)) == (COVERED, "model")


@given(models(), st.sampled_from("23456789KX"))
def test_a_longer_model_is_another_model(model: str, more: str) -> None:
    outcome = ask(model + more, entry(model)).outcome
    assert outcome is Coverage.OTHER_MODEL
    assert ask(model, entry(model + more)).outcome is Coverage.OTHER_MODEL


@given(models(), models())
def test_another_model_is_never_covered(asked: str, listed: str) -> None:
    assume(same(asked) != same(listed))
    for text in (asked, f"KRUNGTHEP {asked}", f"เครื่องจักรกล รุ่น {asked}"):
        assert ask(text, entry(listed)).outcome is not Coverage.COVERED


@given(models(), st.text(max_size=40))
def test_whatever_stands_around_only_a_listed_model_or_nothing_is_covered(model: str, around: str) -> None:
    """Nothing that a machine types makes an error, and nothing without the model is covered."""
    assume(same(model) not in same(around))
    assert ask(around, entry(model)).outcome is not Coverage.COVERED
    ask(f"{around} {model} {around}", entry(model))


@given(models(), _LETTERS)
def test_another_makers_brand_is_never_covered(model: str, brand: str) -> None:
    assume(same(brand) not in {"krungthep", "hs"})
    assert told(f"{model} ยี่ห้อ {brand}", entry(model)) == (NOT, "brand")
    assert ask(f"{brand} {model}", entry(model)).outcome is not Coverage.COVERED
    assert told(f"{model} ยี่ห้อ {brand}", entry(model, brand="")) == (LOOK, "brand_unclear")


# --- what holds for every range

_LENGTHS = {
    "mm": Fraction(1),
    "มม.": Fraction(1),
    "cm": Fraction(10),
    "ซม.": Fraction(10),
    "เซนติเมตร": Fraction(10),
    "m": Fraction(1000),
    "เมตร": Fraction(1000),
    "inch": Fraction(254, 10),
    "นิ้ว": Fraction(254, 10),
    '"': Fraction(254, 10),
    "หุน": Fraction(254, 80),
    "micron": Fraction(1, 1000),
}


@given(
    st.sampled_from(sorted(_LENGTHS)),
    st.sampled_from(sorted(_LENGTHS)),
    st.integers(1, 10**4),
    st.sampled_from([-1, 0, 1]),
    st.booleans(),
    st.booleans(),
)
def test_the_end_of_a_range_is_exact_in_every_unit(
    listed: str, asked: str, end: int, beside: int, low_included: bool, high_included: bool
) -> None:
    """The asked value is the end itself, or a little beside it; the end is one that both units can write."""
    ends = {unit: Fraction(end) * 127 * 254 / _LENGTHS[unit] for unit in (listed, asked)}
    high = _decimal(ends[listed] * 2)
    span = ValueRange("ความยาว", listed, _decimal(ends[listed]), high, low_included, high_included)
    value = ends[asked] + Fraction(beside, 10**6)
    answer = ask(f"{_decimal(value)} {asked}", replace(BOLT, ranges=(span,)))
    is_inside = beside > 0 or (beside == 0 and low_included)
    assert answer.outcome is (Coverage.COVERED if is_inside else Coverage.OTHER_MODEL)


def _decimal(value: Fraction) -> str:
    """Return an exact decimal of at most eighteen places."""
    whole, rest = divmod(value * 10**18, 1)
    assert rest == 0
    text = f"{int(whole):019d}"
    return f"{text[:-18]}.{text[-18:]}".rstrip("0").rstrip(".")


@pytest.mark.parametrize("order", list(permutations(["กว้าง 90 ซม.", "ยาว 200 ซม.", "แผ่นยิปซัม"])))
def test_the_order_of_properties_makes_no_difference(order: tuple[str, ...]) -> None:
    assert told(" ".join(order), BOARD) == (COVERED, "value")


@pytest.mark.parametrize("missing", ["กว้าง 90 ซม.", "ยาว 200 ซม.", "90 cm", "200 cm"])
def test_one_value_of_two_is_never_enough(missing: str) -> None:
    for around in ("", "แผ่นยิปซัม ", "HS 6809.11 "):
        assert told(f"{around}{missing}", BOARD) == (LOOK, "value_missing")


# --- HS codes


@pytest.mark.parametrize("certified", ["854449", "85444949", "85444949000"])
@pytest.mark.parametrize(
    "asked", ["HS 8544", "HS 8544.49", "hs code 854449", "พิกัด 8544.49.49", "85444949", "8544.49.49.000"]
)
def test_a_code_agrees_as_far_as_both_go_and_never_covers_alone(certified: str, asked: str) -> None:
    assert told(asked, replace(WIRE, hs_code=certified)) == (LOOK, "too_little")
    assert told(f"NYY 4x10 {asked}", replace(WIRE, hs_code=certified)) == (COVERED, "model")


@pytest.mark.parametrize("asked", ["HS 8545", "HS 8544.42", "พิกัด 8544.42.99", "85444299", "8544.42.99.000"])
def test_a_code_that_differs_in_any_digit_is_another(asked: str) -> None:
    assert told(asked, WIRE) == (NOT, "hs_code")
    assert told(f"NYY 4x10 {asked}", WIRE) == (LOOK, "hs_code")


@pytest.mark.parametrize("text", ["854442", "HS 85", "HS 854", "100000", "12345678 mm"])
def test_a_bare_number_is_no_code_unless_it_can_only_be_one(text: str) -> None:
    assert ask(text, WIRE).why != "hs_code"


def test_where_no_code_is_certified_none_is_compared() -> None:
    assert told("NYY 4x10 HS 9403", replace(WIRE, hs_code="")) == (COVERED, "model")
