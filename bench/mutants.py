"""The small changes that are tried on the criteria: one comparison, operator, number, condition or answer."""

from __future__ import annotations

import ast
from collections.abc import Callable, Iterator
from dataclasses import dataclass

from bench.harness import ROOT

_OTHER: dict[type[ast.AST], tuple[type[ast.AST], ...]] = {
    ast.Lt: (ast.LtE, ast.GtE), ast.LtE: (ast.Lt, ast.Gt), ast.Gt: (ast.GtE, ast.LtE),
    ast.GtE: (ast.Gt, ast.Lt), ast.Eq: (ast.NotEq,), ast.NotEq: (ast.Eq,), ast.Is: (ast.IsNot,),
    ast.IsNot: (ast.Is,), ast.In: (ast.NotIn,), ast.NotIn: (ast.In,), ast.Add: (ast.Sub,),
    ast.Sub: (ast.Add,), ast.Mult: (ast.Add, ast.FloorDiv), ast.FloorDiv: (ast.Mult,), ast.Div: (ast.Mult,),
    ast.And: (ast.Or,), ast.Or: (ast.And,),
}  # fmt: skip


@dataclass(frozen=True)
class Mutant:
    """One change: file, function and line number, what was done, the changed line, and the changed file."""

    module: str
    place: str
    line: int
    kind: str
    reads: str
    source: str

    @property
    def key(self) -> tuple[str, str]:
        """Return by what it is known while other lines of the file change: where it is, and how it reads."""
        return f"{self.module}.{self.place}", self.reads


def mutants_of(module: str) -> Iterator[Mutant]:
    """Return every mutant of one file of the criteria."""
    tree = ast.parse((ROOT / "mit" / "criteria" / f"{module}.py").read_text(encoding="utf-8"))
    before, places = ast.unparse(tree), dict(_places(tree, ""))
    for node in code(tree):
        for kind, do, undo in changes(node):
            do()
            source = ast.unparse(tree)
            undo()
            if source != before:
                lines = zip(source.splitlines(), before.splitlines(), strict=False)
                new, old = next(((new, old) for new, old in lines if new != old), ("", ""))
                reads = f"{new.strip()}  # {old.strip()}" if kind == "return" else new.strip()
                yield Mutant(module, places[node], getattr(node, "lineno", 0), kind, reads, source)


def _places(node: ast.AST, inside: str) -> Iterator[tuple[ast.AST, str]]:
    """Return for each piece of code the names of the class and the function that it stands in."""
    for child in ast.iter_child_nodes(node):
        own = getattr(child, "name", "") if isinstance(child, (ast.FunctionDef, ast.ClassDef)) else ""
        place = f"{inside}.{own}".strip(".") if own else inside
        yield child, place
        yield from _places(child, place)


def code(node: ast.AST) -> Iterator[ast.AST]:
    """Return what runs: no annotations, decorators, defaults of fields, sentences, or stand-ins.

    A stand-in, the third argument of ``members.read`` or the second part of an entry of ``SETTINGS``, is
    read in place of what was refused; then the whole is refused, so that nobody ever sees it.
    """
    if isinstance(node, ast.AnnAssign) and ast.unparse(node.target) == "SETTINGS":
        for entry in ast.walk(node):
            if isinstance(entry, ast.Tuple) and len(entry.elts) == 2:
                yield from code(entry.elts[0])
        return
    for name, value in ast.iter_fields(node):
        if name in {"annotation", "returns", "decorator_list"}:
            continue
        kept = value if isinstance(value, list) else [value]
        for child in kept[:2] if name == "args" and _is_read(node) else kept:
            if isinstance(child, ast.AST):
                yield child
                yield from code(child)


def _is_read(node: ast.AST) -> bool:
    return isinstance(node, ast.Call) and isinstance(node.func, ast.Attribute) and node.func.attr == "read"


def changes(node: ast.AST) -> Iterator[tuple[str, Callable[[], None], Callable[[], None]]]:
    if isinstance(node, ast.Compare):
        for other in _OTHER.get(type(node.ops[0]), ()):
            yield "comparison", *_swap(node, "ops", [other(), *node.ops[1:]])
    elif isinstance(node, (ast.BinOp, ast.AugAssign)):
        for other in _OTHER.get(type(node.op), ()):
            yield "arithmetic", *_swap(node, "op", other())
    elif isinstance(node, ast.BoolOp):
        yield "boolean", *_swap(node, "op", _OTHER[type(node.op)][0]())
    elif isinstance(node, ast.Constant):
        for value in _constants(node.value):
            yield "constant", *_swap(node, "value", value)
    elif isinstance(node, (ast.If, ast.IfExp)):
        yield "condition", *_swap(node, "test", ast.UnaryOp(ast.Not(), node.test))
    elif isinstance(node, ast.Return) and node.value is not None:
        yield "return", *_swap(node, "value", ast.Constant(None))


def _constants(value: object) -> tuple[object, ...]:
    if isinstance(value, bool):
        return (not value,)
    return (value + 1, value - 1) if isinstance(value, int) else ()


def _swap(node: ast.AST, name: str, value: object) -> tuple[Callable[[], None], Callable[[], None]]:
    before = getattr(node, name)
    return lambda: setattr(node, name, value), lambda: setattr(node, name, before)
