"""Try mutants of the criteria: each in a process of its own, which ends with the first test that fails.

The quick way: the tests are loaded once for all mutants of a file, and each child puts the changed code into
the function that is there.  What ran already while the criteria were loaded cannot be changed so; such a
mutant is tried the slow way, and so is each that survives: its file is written into the copy and everything
is loaded anew.
"""

from __future__ import annotations

import compileall
import contextlib
import gc
import importlib
import inspect
import io
import os
import py_compile
import resource
import shutil
import sys
from collections.abc import Iterable, Sequence
from pathlib import Path
from types import CodeType, FrameType, FunctionType

import hypothesis
import pytest

import mit
from bench.harness import ROOT
from bench.mutants import Mutant

#: A mutant that turns for ever, or takes all memory, is noticed too: most seconds of CPU for one test, and
#: for one that hypothesis feeds; most memory.
_CPU_SECONDS, _CPU_SECONDS_FED = 3, 12
_MOST_MEMORY = 4 << 30
#: Modules that know the criteria and are loaded anew where a mutant is in a file.
_KNOWS_CRITERIA = (
    "mit.criteria",
    "mit.cli",
    "mit.__main__",
    "tests.cli",
    "tests.criteria",
    "tests.support.sheets",
)
_LEFT_OUT = ("cacheprovider", "unraisableexception", "threadexception")
_OPTIONS = ["-x", "-q", "--assert=plain", *(f"-pno:{name}" for name in _LEFT_OUT)]


class Workshop:
    """A copy of package and tests in *folder*, in which this process works from then on."""

    def __init__(self, folder: Path) -> None:
        self.folder = folder
        for name in ("mit", "tests"):
            left_out = shutil.ignore_patterns("__pycache__", "foreign", "node_modules")
            shutil.copytree(ROOT / name, folder / name, ignore=left_out)
        for name in ("setup.cfg", "CONTRIBUTING.md"):
            shutil.copy(ROOT / name, folder)
        by_content = py_compile.PycInvalidationMode.CHECKED_HASH  # by time and length two mutants look alike
        for name in ("mit/criteria", "mit/cli", "tests/criteria", "tests/support"):  # loaded again and again
            compileall.compile_dir(str(folder / name), quiet=1, invalidation_mode=by_content)
        sys.dont_write_bytecode = True
        os.chdir(folder)
        sys.path.insert(0, str(folder))
        mit.__path__[:] = [str(folder / "mit")]
        _forget(("mit.", "tests"))
        importlib.import_module("tests.conftest")
        self._ran_early = _load_criteria(folder)
        quick = [hypothesis.Phase.explicit, hypothesis.Phase.generate]
        hypothesis.settings.register_profile("once", phases=quick, derandomize=True, database=None)
        hypothesis.settings.load_profile("once")

    def which_survive(self, mutants: Sequence[Mutant], tests: Sequence[str]) -> list[Mutant]:
        """Return those of *mutants*, all of one file, that none of *tests* notices."""
        quick = [mutant for mutant in mutants if self._function_of(mutant)]
        noticed = self._try_quickly(quick, tests) if quick else set[Mutant]()
        rest = [mutant for mutant in mutants if mutant not in noticed]
        return [mutant for mutant in rest if not self.is_noticed(tests, mutant)]

    def is_noticed(self, tests: Sequence[str], mutant: Mutant | None = None) -> bool:
        """Say whether the tests fail on the copy, with one mutant in its file or with none."""
        path = self.folder / "mit" / "criteria" / f"{mutant.module}.py" if mutant else None
        before = path.read_text(encoding="utf-8") if path else ""
        if path and mutant:
            path.write_text(mutant.source, encoding="utf-8")
        child = os.fork()
        if child == 0:
            _forget(_KNOWS_CRITERIA)
            with _silence():
                os._exit(int(pytest.main([*_OPTIONS, *_files(tests)], plugins=[_Hurry(is_child=True)])))
        is_failed = _has_failed(child)
        if path:
            path.write_text(before, encoding="utf-8")
        return is_failed

    def _try_quickly(self, mutants: Sequence[Mutant], tests: Sequence[str]) -> set[Mutant]:
        trial = _Trial(mutants, self)
        with _silence():
            pytest.main([*_OPTIONS, *_files(tests)], plugins=[trial])
        return trial.noticed

    def put_in(self, mutant: Mutant) -> None:
        """Give the function that a mutant changes its changed code, in this process."""
        function = self._function_of(mutant)
        names = {"__name__": f"mit.criteria.{mutant.module}"}
        exec(compile(mutant.source, mutant.module, "exec"), names)
        changed = _function_in(names, mutant.place)
        if function is None or changed is None:
            raise LookupError(mutant.key)
        function.__code__ = changed.__code__
        function.__defaults__, function.__kwdefaults__ = changed.__defaults__, changed.__kwdefaults__

    def _function_of(self, mutant: Mutant) -> FunctionType | None:
        """Return the function a mutant stands in; None where that has done its work already."""
        steps = mutant.place.split(".")
        above = [".".join(steps[:at]) for at in range(1, len(steps) + 1)]
        if any((mutant.module, place) in self._ran_early for place in above):
            return None
        return _function_in(vars(sys.modules[f"mit.criteria.{mutant.module}"]), mutant.place)


class _Hurry:
    """Runs the tables before the properties, gives each test so much CPU, and ends at the first failure."""

    def __init__(self, *, is_child: bool) -> None:
        self.is_child = is_child
        if is_child:
            resource.setrlimit(resource.RLIMIT_AS, (_MOST_MEMORY, _MOST_MEMORY))
            _limit_time(_CPU_SECONDS_FED)

    def pytest_collection_modifyitems(self, items: list[pytest.Item]) -> None:
        """Put the tests that hypothesis feeds last."""
        items.sort(key=lambda item: "hypothesis" in item.keywords)

    def pytest_runtest_setup(self, item: pytest.Item) -> None:
        """Let the test that begins end the process if it turns for ever."""
        if self.is_child:
            _limit_time(_CPU_SECONDS_FED if "hypothesis" in item.keywords else _CPU_SECONDS)

    @pytest.hookimpl(tryfirst=True)
    def pytest_runtest_makereport(self, call: pytest.CallInfo[None]) -> None:
        """End with the first failure; nobody reads where it was."""
        if self.is_child and call.excinfo is not None:
            os._exit(1)

    @pytest.hookimpl(tryfirst=True)
    def pytest_sessionfinish(self, exitstatus: int) -> None:
        """End a child here: the session is its parent's."""
        if self.is_child:
            os._exit(int(exitstatus))


class _Trial(_Hurry):
    """Tries mutants in the session that has loaded their tests, each in a child that goes on from here."""

    def __init__(self, mutants: Sequence[Mutant], workshop: Workshop) -> None:
        super().__init__(is_child=False)
        self.mutants, self.workshop = mutants, workshop
        self.noticed = set[Mutant]()

    @pytest.hookimpl(tryfirst=True)
    def pytest_runtestloop(self, session: pytest.Session) -> bool | None:
        """Let a child for each mutant run the tests; the parent runs none."""
        if session.testsfailed:
            return None  # something could not be loaded: nothing is noticed so
        gc.collect()
        gc.freeze()
        for mutant in self.mutants:
            child = os.fork()
            if child == 0:
                _Hurry.__init__(self, is_child=True)
                try:
                    self.workshop.put_in(mutant)
                except (LookupError, ValueError):
                    os._exit(pytest.ExitCode.USAGE_ERROR)  # tried again the slow way
                return None
            if _has_failed(child):
                self.noticed.add(mutant)
        return True


def _has_failed(child: int) -> bool:
    """Wait for a child; say whether a test failed or could not be loaded, or a limit ended it."""
    status = os.waitstatus_to_exitcode(os.waitpid(child, 0)[1])
    return status < 0 or status in {pytest.ExitCode.TESTS_FAILED, pytest.ExitCode.INTERRUPTED}


def _limit_time(seconds: int) -> None:
    spent = resource.getrusage(resource.RUSAGE_SELF)
    most = int(spent.ru_utime + spent.ru_stime) + seconds
    resource.setrlimit(resource.RLIMIT_CPU, (most, resource.RLIM_INFINITY))


def _load_criteria(folder: Path) -> set[tuple[str, str]]:
    """Load every file of the criteria anew; return the functions that ran meanwhile, by file and name."""
    place, ran = str(folder / "mit" / "criteria"), set[CodeType]()

    def note(frame: FrameType, event: str, _argument: object) -> None:
        if event == "call" and frame.f_code.co_filename.startswith(place):
            ran.add(frame.f_code)

    _forget(("mit.criteria",))
    sys.setprofile(note)
    for path in sorted((folder / "mit" / "criteria").glob("*.py")):
        importlib.import_module(f"mit.criteria.{path.stem}".removesuffix(".__init__"))
    sys.setprofile(None)
    functions = [code for code in ran if code.co_flags & inspect.CO_OPTIMIZED]  # no bodies of classes
    return {(Path(code.co_filename).stem, _plain_place(code.co_qualname)) for code in functions}


def _plain_place(qualname: str) -> str:
    return ".".join(step for step in qualname.split(".") if not step.startswith("<"))


def _function_in(names: dict[str, object], place: str) -> FunctionType | None:
    """Return the outermost function at *place*, as ``Sheet.address``; None where there is only a class."""
    found: object = None
    for step in place.split("."):
        holder = vars(found) if isinstance(found, type) else names
        found = holder.get(step)
        found = found.fget if isinstance(found, property) else getattr(found, "__wrapped__", found)
        if isinstance(found, FunctionType):
            return found
    return None


def _files(tests: Iterable[str]) -> list[str]:
    return [f"tests/criteria/test_{name}.py" for name in dict.fromkeys(tests)]


def _forget(names: tuple[str, ...]) -> None:
    for name in [*sys.modules]:
        if name.startswith(names):
            del sys.modules[name]


@contextlib.contextmanager
def _silence() -> Iterable[None]:
    with contextlib.redirect_stdout(io.StringIO()), contextlib.redirect_stderr(io.StringIO()):
        yield
