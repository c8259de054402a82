"""What one child process may use up, and how it is held to that."""

from __future__ import annotations

import resource
import signal
from dataclasses import asdict, dataclass

_MIB = 1024 * 1024


@dataclass(frozen=True, slots=True)
class Limits:
    """Upper bounds for reading one untrusted file.

    Attributes:
        input_bytes: largest file; a larger one is refused before a child is started.
        answer_bytes: longest answer that is read back.
        memory_bytes: address space of the child.
        cpu_seconds: processor time of the child.
        wall_seconds: time from start to answer, waiting included.
        open_files: most files the child may have open while it loads its reader.
    """

    input_bytes: int = 20 * _MIB
    answer_bytes: int = 32 * _MIB
    memory_bytes: int = 512 * _MIB
    cpu_seconds: int = 10
    wall_seconds: int = 20
    open_files: int = 64

    def to_document(self) -> dict[str, int]:
        """Return the limits by name."""
        return asdict(self)


def hold_to(limits: Limits) -> None:
    """Put this process under *limits*: it writes no file, starts no process and leaves no core."""
    cpu = limits.cpu_seconds
    for kind, soft, hard in (
        (resource.RLIMIT_CORE, 0, 0),
        (resource.RLIMIT_FSIZE, 0, 0),
        (resource.RLIMIT_NPROC, 0, 0),
        (resource.RLIMIT_NOFILE, limits.open_files, limits.open_files),
        (resource.RLIMIT_AS, limits.memory_bytes, limits.memory_bytes),
        (resource.RLIMIT_CPU, cpu, cpu + 1),
    ):
        resource.setrlimit(kind, (soft, hard))
    signal.alarm(limits.wall_seconds + 1)


def close_the_doors() -> None:
    """Let this process open nothing any more: no file, no socket, no database."""
    resource.setrlimit(resource.RLIMIT_NOFILE, (0, 0))
