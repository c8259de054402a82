"""The field that a seal is put into: made empty with the page, so that the structure knows of it.

It takes no room on the page, is printed (with nothing to be seen) and locked.

Source: ISO 32000-1 sections 12.5.6.19 and 12.7.4.5.
"""

from __future__ import annotations

FIELD_NAME = "MitSeal"
#: "ตราประทับอิเล็กทรอนิกส์ / Electronic seal", in UTF-16.
_WORDS = "\ufeffตราประทับอิเล็กทรอนิกส์ / Electronic seal".encode("utf-16-be").hex().upper()
#: The object, with places for the numbers of its page and of its entry in the structure.
EMPTY_FIELD = (
    f"<</Type/Annot/Subtype/Widget/FT/Sig/T({FIELD_NAME})/TU<{_WORDS}>/F 132/Rect[0 0 0 0]"
    "/P {page} 0 R/StructParent {parent}>>"
)
#: What no other object of a file begins with.
FIELD_START = f" 0 obj\n<</Type/Annot/Subtype/Widget/FT/Sig/T({FIELD_NAME})".encode("ascii")
