"""Small values with one meaning in every room: money, shares, days, numbers, two-language texts.

May import the standard library, Babel, python-stdnum, pythainlp and ``mit.errors``.
"""
