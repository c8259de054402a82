"""Single functions of the page's modules, called many times in one run of Node."""

from __future__ import annotations

import json
import shutil
import subprocess
from collections.abc import Sequence
from pathlib import Path
from typing import Any

from tests.offline.asked import MODULES
from tests.support.require import program

_RUN = Path(__file__).parents[1] / "support" / "run_module.mjs"


def called_in_node(place: Path, module: str, function: str, given: Sequence[Sequence[Any]]) -> list[Any]:
    """Return what *function* of ``verify/<module>`` returns for each list of arguments."""
    folder = place / "modules"
    if not folder.exists():
        shutil.copytree(MODULES, folder)
        (folder / "package.json").write_text('{"type": "module"}', encoding="ascii")
    done = subprocess.run(
        [program("node", "node"), str(_RUN), str(folder / module), function],
        input=json.dumps(given),
        capture_output=True,
        text=True,
        check=False,
        timeout=60,
    )
    assert done.returncode == 0, done.stderr[-2000:]
    found: list[Any] = json.loads(done.stdout)
    return found
