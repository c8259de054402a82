"""What an extension hangs on every request, taken off again where nothing of ours needs it."""

from __future__ import annotations

from collections.abc import Iterator
from contextlib import contextmanager
from typing import Any

from flask import Flask


@contextmanager
def without_hooks(app: Flask) -> Iterator[None]:
    """Let what is set up inside keep no function that runs in each request of *app*."""
    hooks: list[list[Any]] = [
        app.before_request_funcs.setdefault(None, []),
        app.after_request_funcs.setdefault(None, []),
        app.teardown_request_funcs.setdefault(None, []),
    ]
    lengths = [len(functions) for functions in hooks]
    yield
    for functions, length in zip(hooks, lengths, strict=True):
        del functions[length:]
