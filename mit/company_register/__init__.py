"""The register of companies: who asks it for the name behind a juristic number, and how.

May import knowledge and ground; never another room of means; decides nothing.
"""
