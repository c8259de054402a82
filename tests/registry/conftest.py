"""The register with one certificate, as in the tests of ``verify``."""

from __future__ import annotations

from tests.verify.conftest import desk, shelf

__all__ = ["desk", "shelf"]
