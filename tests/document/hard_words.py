"""Thai words and lines on which typesetting usually fails, and what is hard about each."""

from __future__ import annotations

#: Word -> what goes wrong with it elsewhere.
HARD_WORDS = {
    "ที่": "tone mark above a vowel must rise",
    "กำ": "sara am is split into two signs",
    "ปั้น": "vowel and tone beside a tall letter move left",
    "ญี่ปุ่น": "foot of yo ying, vowels above and below, two tones",
    "ฐู": "foot of tho than gives way to the vowel",
    "น้ำ": "nikhahit comes before the tone mark",
    "ผู้": "vowel below and tone above",
    "เป็น": "maitaikhu beside a tall letter",
    "ป่า": "tone mark beside a tall letter",
    "ฟ้า": "tone mark beside the tallest letter",
    "ฝื้น": "vowel and tone on a tall letter",
    "ฎุ": "vowel under a letter with a foot",
    "ฏู": "long vowel under a letter with a foot",
    "ญู": "yo ying loses its foot",
    "ปี่": "vowel and tone on a tall letter",
    "ฬู้": "rare letter, below and above",
    "กุ้ง": "below and above on a short letter",
    "ซื้อ": "three levels",
    "จำกัด": "in every company's name",
    "ค่ำ": "sara am with a low tone",
    "ป้ำ": "sara am with a tone on a tall letter",
    "ฟี่": "vowel and tone on the tallest letter",
    "ไม้": "leading vowel and tone",
    "โต๊ะ": "third tone",
    "จ๋า": "fourth tone",
    "สิทธิ์": "thanthakhat above a vowel",
    "ๆลๆ": "repetition marks",
    "ฤๅษี": "lakkhangyao",
    "ฯลฯ": "abbreviation marks",
}

#: Whole lines, as they stand in names and addresses.
HARD_LINES = (
    "No. 12 น้ำ (มหาชน)",
    "ทั้งสิ้น 12.5 mm² ก็ได้",
    "office fi ffl ที่ AVATAR",
    "น้ำแข็ง น้ำผึ้ง ป้ำๆ",
    "พื้นที่ปูกระเบื้อง ฐูปฏุ่มญู่",
    "XLPE-300/500V น้ำหนัก≥2.5kg",
    "บริษัท ปิ่นแก้วค้ำจุนผู้ซื้อ จำกัด (มหาชน)",
    "๑๒/๔๕ ถ.สุขสวัสดิ์ ต.ปู่เจ้า",
    "รุ่น A-1/ป้ำ, B.2/ฟู (ใหม่)",
)
