"""Tests of the register of companies."""
