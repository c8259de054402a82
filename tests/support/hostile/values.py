"""What is sent: name → the bytes, as they stand in a field before anything is quoted."""

from __future__ import annotations

#: An element, an attribute, a header and a cookie of nobody's: where one turns up, something broke out.
MARK = "xpwn"
#: What ``TEMPLATE`` would come to if anybody reckoned it out; stands on no page of ours.
RECKONED = "934923483"
_REPEATED_MARKS = "ก" + "็่้๊๋์ํ" * 40


def _texts(**texts: str) -> dict[str, bytes]:
    return {name: text.encode() for name, text in texts.items()}


#: Markup and scripts.
_MARKUP = _texts(
    script=f"<script>window.__pwned=1</script><{MARK}>",
    image='<img src=x onerror="window.__pwned=2">',
    drawing="<svg/onload=window.__pwned=3>",
    double_quote=f'" autofocus onfocus="window.__pwned=4" {MARK}="',
    single_quote=f"' onmouseover='window.__pwned=5' {MARK}='",
    closing=f"</textarea></select></option></title></script></p><{MARK} onclick=window.__pwned=6>",
    comment=f"--><{MARK}><!-- ]]>",
    entity="&lt;b&gt;&#60;script&#62;&amp;amp;&nosuch;",
    script_address="javascript:window.__pwned=7",
    foreign_address="//evil.example/%2f..",
    long_foreign_address="https://evil.example/?next=//evil.example",
    back_slashes="/\\evil.example",
)
#: What other programs would take for a programme of theirs.
_PROGRAMMES = _texts(
    formula="=1+1",
    formula_at="@SUM(1+1)*cmd|' /C calc'!A0",
    formula_sign="+1+cmd|' /C calc'!A0",
    formula_minus="-1+1",
    formula_tab="\t=1+1",
    template="{{71917191*13}}${71917191*13}#{71917191*13}<%= 71917191*13 %>{% raw %}",
    placeholders="%s%n%(x)s%d {0} {x} {",
    sql="' OR 1=1; DROP TABLE users; --",
    wildcards="%_\\*?[a-z]",
    prototype="__proto__",
    constructor="constructor.prototype",
    path="../../../../etc/passwd",
    windows_path="..\\..\\boot.ini:x",
    header=f"x\r\nX-{MARK}: 1\r\nSet-Cookie: {MARK}=1\r\n\r\n<{MARK}>",
    line_end=f"x\nBcc: {MARK}@example.com",
)
#: Letters that are none, that are not seen, or too many.
_LETTERS = {
    "half_letters": b"\xed\xa0\x80\xed\xbf\xbf",
    "one_half_letter": b"a\xed\xa0\xbdb",
    "not_utf8": b"\xff\xfe\xc0\xafa\xe0\xb8",
    **_texts(
        nothing="",
        blank=" \u00a0\u3000\t ",
        nul="a\x00b",
        control="a\x07\x08\x0b\x1b[31m\x7f\x85\x9bb",
        bidi="\u202egpj.\u2066exe\u2069\u200f",
        zero_width="ก\u200b\u200dข\ufeff\u2060",
        stacked=_REPEATED_MARKS,
        line_separators="a\u2028b\u2029c",
        no_letters="\uffff\ufdd0\U0010ffff\ue000",
        outside_the_plane="😀𠮷👩‍👩‍👧",
        widths="ＡＢ＜script＞ﬁ",
        long="x" * 10_000,
        long_thai="ที่" * 3_333 + "ก",
        many_lines="\n" * 3_000 + "x",
    ),
}
#: Figures.
_FIGURES = _texts(
    thai_digits="๑๒๓๔๕๖๗๘๙๐",
    raised_digits="²³",
    arabic_digits="٣٤",
    huge="9" * 400,
    beyond_64_bits="99999999999999999999",
    exponent="1e999999",
    negative="-1",
    no_number="NaN",
    not_quite="0x1F",
    thousands="1,00,0.00.1",
)
HOSTILE: dict[str, bytes] = {**_MARKUP, **_PROGRAMMES, **_LETTERS, **_FIGURES}
#: What a database may refuse although Python takes it.
FOR_DATABASES = (
    "half_letters",
    "one_half_letter",
    "not_utf8",
    "no_letters",
    "beyond_64_bits",
    "long_thai",
)
