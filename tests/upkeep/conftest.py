"""The desk, on a clean database of each kind."""

from __future__ import annotations

from tests.support.desk import desk

__all__ = ["desk"]
