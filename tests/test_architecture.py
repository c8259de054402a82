"""The house rules that a machine can check: floors, doors, cycles, manners."""

from __future__ import annotations

import ast
import re
from collections.abc import Iterator
from functools import cache
from pathlib import Path

import pytest

ROOT = Path(__file__).parent.parent
PACKAGE = ROOT / "mit"

GROUND = {"errors", "config", "failpoints", "i18n", "values"}
KNOWLEDGE = {"criteria", "lifecycle", "roles", "credential"}
MEANS = {"store", "document", "notify", "sandbox", "company_register"}
#: A work room may import the work rooms named here, and no other.
WORK = {
    "accounts": set(),
    "verify": set(),
    "registry": {"accounts", "verify"},
    "issuance": {"accounts", "verify", "registry"},
    "upkeep": {"accounts", "verify", "registry", "issuance"},
}
FACES = {"web", "cli"}
ENTRANCES = {"app", "back_office", "worker", "__main__"}

ALLOWED: dict[str, set[str]] = {
    **dict.fromkeys(GROUND, GROUND),
    **dict.fromkeys(KNOWLEDGE, GROUND),
    **dict.fromkeys(MEANS, GROUND | KNOWLEDGE),
    **{room: GROUND | KNOWLEDGE | MEANS | left for room, left in WORK.items()},
    **{room: GROUND | KNOWLEDGE | set(WORK) for room in FACES},
}

#: Package → the only places that may import it (house 1.3, one door for each package).
DOORS = {
    "flask": ("mit/web/", "mit/cli/", "mit/app.py", "mit/back_office.py", "mit/worker.py", "mit/__main__.py"),
    "flask_sqlalchemy": ("mit/store/",),
    "sqlalchemy": ("mit/store/",),
    "alembic": ("mit/store/",),
    "cbor2": ("mit/credential/cose.py",),
    "pyhanko": ("mit/document/",),
    "pikepdf": ("mit/document/",),
    "uharfbuzz": ("mit/document/",),
    "fontTools": ("mit/document/",),
    "reportlab": ("mit/document/",),
    "qrcode": ("mit/document/qr_image.py",),
    "pypdfium2": ("mit/sandbox/", "mit/document/artwork_files.py"),
    "zxingcpp": ("mit/sandbox/",),
    "marshmallow": ("mit/web/",),
    "flask_limiter": ("mit/web/limits.py",),
    "limits": ("mit/web/limits.py",),
    "flask_smorest": ("mit/web/", "mit/app.py"),
    "cryptography": ("mit/credential/", "mit/document/", "mit/store/keyring.py"),
    "argon2": ("mit/accounts/",),
    "asn1crypto": ("mit/document/", "mit/store/keyring.py"),
    "prometheus_client": ("mit/web/",),
    "flask_security": ("mit/accounts/datastore.py", "mit/web/identity.py"),
    "passlib": ("mit/accounts/datastore.py",),
    "flask_wtf": ("mit/web/forms.py",),
    "itsdangerous": ("mit/web/identity.py",),
    "smtplib": ("mit/notify/outgoing.py",),
    "email": ("mit/notify/", "mit/upkeep/demo_mailbox.py"),
}
PURE_VERIFY = {"presentation", "trust", "checks", "verdict"}
MISSPELT_ON_PURPOSE = {"MIT_DATABSE_URL", "MIT_TYPO"}
BROAD_EXCEPTS = {"mit/web/problems.py", "mit/worker.py", "mit/sandbox/inside.py"}


@cache
def modules() -> dict[str, Path]:
    """Return every module of ours by dotted name, migrations left out."""
    paths = [p for p in PACKAGE.rglob("*.py") if "versions" not in p.parts]
    return {dotted(path): path for path in paths}


def dotted(path: Path) -> str:
    parts = path.relative_to(ROOT).with_suffix("").parts
    return ".".join(parts[:-1] if parts[-1] == "__init__" else parts)


@cache
def tree(path: Path) -> ast.Module:
    return ast.parse(path.read_text(encoding="utf-8"))


def imported(node: ast.AST) -> Iterator[str]:
    if isinstance(node, ast.Import):
        yield from (alias.name for alias in node.names)
    elif isinstance(node, ast.ImportFrom) and node.module:
        yield node.module
        yield from (f"{node.module}.{alias.name}" for alias in node.names)


def imports(path: Path) -> set[str]:
    return {name for node in ast.walk(tree(path)) for name in imported(node)}


def our_imports(path: Path) -> set[str]:
    return {name for name in imports(path) if name in modules() and name != "mit"}


def room(module: str) -> str:
    return module.split(".")[1] if "." in module else module


def relative(path: Path) -> str:
    return path.relative_to(ROOT).as_posix()


@pytest.mark.parametrize("module", sorted(modules()))
def test_every_arrow_runs_down(module: str) -> None:
    here = room(module)
    if module == "mit" or here in ENTRANCES:
        return
    there = {room(name) for name in our_imports(modules()[module])} - {here}
    if module == "mit.cli.run":
        there -= {"worker"}  # the one exception of house 1.3: this command starts the worker
    assert there <= ALLOWED[here], f"{module} may not import {sorted(there - ALLOWED[here])}"


def test_every_room_has_its_floor() -> None:
    rooms = {room(name) for name in modules() if name != "mit"}
    assert rooms <= set(ALLOWED) | ENTRANCES


def test_nobody_imports_an_entrance() -> None:
    for name, path in modules().items():
        entered = {room(other) for other in our_imports(path)} & ENTRANCES
        assert not entered or name in {"mit.cli.run"} or room(name) in ENTRANCES, f"{name} imports {entered}"


@pytest.mark.parametrize("package", sorted(DOORS))
def test_each_package_has_one_door(package: str) -> None:
    outside = [
        relative(path)
        for path in modules().values()
        if any(name.split(".")[0] == package for name in imports(path))
        and not relative(path).startswith(DOORS[package])
    ]
    assert not outside


def test_the_lower_half_of_verify_runs_without_a_database() -> None:
    for name in PURE_VERIFY:
        reached = reachable(f"mit.verify.{name}")
        assert not {other for other in reached if room(other) == "store"}, name


def reachable(start: str) -> set[str]:
    found: set[str] = set()
    waiting = [start]
    while waiting:
        module = waiting.pop()
        if module not in found:
            found.add(module)
            waiting.extend(our_imports(modules()[module]))
    return found


def test_no_module_imports_itself_by_a_detour() -> None:
    for module, path in modules().items():
        for direct in our_imports(path) - {module}:
            back = reachable(direct)
            is_own_package = module.startswith(f"{direct}.") or direct.startswith(f"{module}.")
            assert module not in back or is_own_package, f"{module} → {direct} → … → {module}"


def test_no_import_stands_inside_a_function() -> None:
    for path in modules().values():
        for function in ast.walk(tree(path)):
            if isinstance(function, ast.FunctionDef | ast.AsyncFunctionDef):
                inner = [n for n in ast.walk(function) if isinstance(n, ast.Import | ast.ImportFrom)]
                assert not inner, f"{relative(path)}:{function.lineno}"


def test_an_error_is_caught_broadly_in_three_places_only() -> None:
    places = {
        relative(path)
        for path in modules().values()
        for node in ast.walk(tree(path))
        if isinstance(node, ast.ExceptHandler) and is_broad(node) and not reraises(node)
    }
    assert places <= BROAD_EXCEPTS


def is_broad(handler: ast.ExceptHandler) -> bool:
    names = (
        {node.id for node in ast.walk(handler.type) if isinstance(node, ast.Name)} if handler.type else {""}
    )
    return bool(names & {"", "Exception", "BaseException"})


def reraises(handler: ast.ExceptHandler) -> bool:
    return isinstance(handler.body[-1], ast.Raise) and handler.body[-1].exc is None


def test_only_the_settings_read_the_environment() -> None:
    readers = {
        relative(path)
        for path in modules().values()
        if re.search(r"\bos\.(environ|getenv)\b", path.read_text(encoding="utf-8"))
    }
    assert readers <= {"mit/__main__.py", "mit/app.py", "mit/worker.py"}


def test_no_float_comes_near_money() -> None:
    for module, path in modules().items():
        if room(module) in KNOWLEDGE | {"values", "issuance", "verify"}:
            names = {node.id for node in ast.walk(tree(path)) if isinstance(node, ast.Name)}
            assert "float" not in names, f"{module} uses float"


def test_nobody_below_the_faces_asks_for_the_time() -> None:
    for module, path in modules().items():
        if room(module) in FACES | ENTRANCES or module == "mit.values.clock":
            continue
        source = path.read_text(encoding="utf-8")
        assert not re.search(r"datetime\.now\(|\bdate\.today\(|\btime\.time\(|utcnow\(", source), module


def test_every_package_says_what_lives_there_and_does_nothing_else() -> None:
    for path in PACKAGE.rglob("__init__.py"):
        body = tree(path).body
        assert ast.get_docstring(tree(path)), relative(path)
        assert len(body) == 1, f"{relative(path)} holds more than a docstring"


def test_no_file_is_longer_than_five_hundred_lines() -> None:
    long = {relative(p): len(p.read_text(encoding="utf-8").splitlines()) for p in modules().values()}
    assert not {name: lines for name, lines in long.items() if lines > 500}


def test_every_variable_of_the_environment_is_declared() -> None:
    declared = (PACKAGE / "config.py").read_text(encoding="utf-8")
    fields = set(re.findall(r"^    ([a-z_]+): ", declared, re.MULTILINE))
    known = {f"MIT_{name.upper()}" for name in fields} | set(re.findall(r"MIT_[A-Z_]+", declared))
    known |= {f"{name}_FILE" for name in known}
    used: set[str] = set()
    for pattern in ("mit/**/*.py", "tests/**/*.py", "Makefile", ".ci/run", "bench/*.py"):
        for path in ROOT.glob(pattern):
            used |= set(re.findall(r"\bMIT_[A-Z]+(?:_[A-Z]+)*\b", path.read_text(encoding="utf-8")))
    assert used - MISSPELT_ON_PURPOSE <= known, sorted(used - known)
