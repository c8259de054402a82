"""``mit demo``: build the demo world, run the main job in front of the user, then serve.

Steps: (1) take the port; (2) build the world unless it is there; (3) one certificate from a cost
sheet file to verdicts without network; (4) walk through everything; (5) say where to go; (6) serve.
"""

from __future__ import annotations

from collections.abc import Iterator
from contextlib import ExitStack, contextmanager
from dataclasses import replace

import click

from mit.cli import demo_steps, serving
from mit.cli.demo_steps import Stage, heading, shown, tell
from mit.cli.entrance import Entrance
from mit.cli.run import do_due_jobs
from mit.config import Settings
from mit.errors import SettingsError
from mit.i18n import say_both
from mit.upkeep import demo_data, schema
from mit.upkeep.demo_data import DemoPlace
from mit.upkeep.demo_plan import FULL_SIZE
from mit.upkeep.self_check import check_world

_PARTS_OF_PROGRESS = 10
_WEB_PROCESSES = 2
_ADDRESSES = {"start": "/", "verify": "/verify", "api": "/api/v1/docs", "keys": "/.well-known/jwks.json"}


@click.command()
@click.option(
    "--port",
    type=click.IntRange(1, 65535),
    default=8000,
    show_default=True,
    help="TCP port of the pages.",
)
@click.option("--once", is_flag=True, help="End before serving.")
@click.option("--size", type=click.IntRange(1, 2000), default=FULL_SIZE, hidden=True)
@click.pass_context
def demo(ctx: click.Context, port: int, once: bool, size: int) -> None:
    """Make a demo world, show one certificate from cost sheet to verdict, then serve."""
    entrance: Entrance = ctx.obj
    base = entrance.settings()
    place = demo_data.demo_place(base)
    with ExitStack() as opened:
        sockets = [] if once else serving.take_port(serving.LOCAL, port)  # (1)
        for listener in sockets:
            opened.callback(listener.close)
        settings = _settings(base, place, port)
        is_good = _perform(entrance, place, settings, size=size)
        if sockets and is_good:
            tell("demo.serving", url=settings.public_url)
            plan = serving.Plan(
                port, serving.LOCAL, _WEB_PROCESSES, demo_data.demo_environment(settings, place)
            )
            ctx.exit(serving.run(plan, sockets))  # (6)
    ctx.exit(0 if is_good else 1)


def _settings(base: Settings, place: DemoPlace, port: int) -> Settings:
    if not place.is_complete():
        if place.folder.exists() or place.keys_dir.exists():
            tell("demo.cleared", folder=shown(place.folder))
        demo_data.clear_away(place)
    if base.database_url:
        tell("demo.own_database")
    is_default = base.public_url == Settings().public_url
    public_url = f"http://localhost:{port}" if is_default else base.public_url
    try:
        return demo_data.demo_settings(base, place, public_url=public_url)
    except OSError as error:
        raise SettingsError("demo_folder", where=str(place.folder)) from error


def _perform(entrance: Entrance, place: DemoPlace, settings: Settings, *, size: int) -> bool:
    """Do steps 2 to 5 inside the demo's own application; say whether all went as it should."""
    heading("demo.head_world")
    if place.is_complete():
        tell("demo.world_kept", folder=shown(place.folder))
    else:
        _build(entrance, place, settings, size=size)  # (2)
    with _standing_in(entrance, place, settings) as stage:
        is_good, letter = demo_steps.main_job(stage)  # (3)
        is_good &= _checks(stage)  # (4)
    _where_to_go(stage, letter)  # (5)
    return is_good


def _build(entrance: Entrance, place: DemoPlace, settings: Settings, *, size: int) -> None:
    """Build the world in a scratch folder, then put it where it belongs and mark it complete."""
    tell("demo.world_building", count=size)
    now = entrance.clock.now()
    with demo_data.scratch_folder(place) as scratch:
        with _standing_in(entrance, place, replace(settings, var_dir=scratch)) as stage:
            logins = demo_data.build_world(
                stage.authority, now=now, run_jobs=stage.run_jobs, progress=_show_progress, size=size
            )
        demo_data.move_in(scratch, place)
    demo_data.mark_complete(place, logins, now=now)


@contextmanager
def _standing_in(entrance: Entrance, place: DemoPlace, settings: Settings) -> Iterator[Stage]:
    """Make the application of *settings*, migrate its database, and stand inside it."""
    app = entrance.make_app(settings)
    with app.app_context():
        schema.migrate()
        try:
            yield Stage(
                settings=settings,
                place=place,
                clock=entrance.clock,
                authority=app.extensions["mit.authority"],
                run_jobs=lambda now: do_due_jobs(app, now),
            )
        finally:
            demo_data.close_database()


def _show_progress(done: int, whole: int) -> None:
    if done * _PARTS_OF_PROGRESS // whole > (done - 1) * _PARTS_OF_PROGRESS // whole:
        said = say_both("demo.progress", done=done, whole=whole).values()
        click.echo(f"  {' / '.join(said)}")


def _checks(stage: Stage) -> bool:
    heading("demo.head_checks")
    report = check_world(stage.settings.var_dir, now=stage.clock.now())
    tell(
        "demo.checked",
        certificates=sum(report.certificates.values()),
        applications=sum(report.applications.values()),
        events=report.audit_events,
        leaves=report.leaves,
    )
    for trouble in report.troubles:
        tell(f"self_check.{trouble.code}", subject=trouble.subject, detail=trouble.detail)
    tell("demo.checks_good" if not report.troubles else "demo.checks_bad", count=len(report.troubles))
    return not report.troubles


def _where_to_go(stage: Stage, letter: str) -> None:
    heading("demo.head_where")
    url = stage.settings.public_url
    for name, path in {**_ADDRESSES, "letter": f"/d/{letter}"}.items():
        tell(f"demo.where_{name}", url=f"{url}{path}")
    tell("demo.logins", file=shown(stage.place.logins), url=f"{url}/sign-in")
    for login in demo_data.read_logins(stage.place):
        click.echo(f"    {login.role:20} {login.email:24} {login.password}  {login.code_key}".rstrip())
