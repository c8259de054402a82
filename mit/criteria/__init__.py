"""Is this product Thai enough?  Cost sheets, dated rule sets, the three formulas, and why.

Pure knowledge: may import ground only (errors, i18n, values); reads nothing but its own
``rulesets/*.json``.
"""
