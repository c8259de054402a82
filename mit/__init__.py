"""The Made in Thailand certificate service: issue, print and verify certificates.

Rooms are named after the nouns of the field; every import runs down (docs/architecture.md).
"""
