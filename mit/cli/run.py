"""``mit serve``: web and worker in one group; ``mit worker``: the worker alone."""

from __future__ import annotations

import os
import signal
import threading
from datetime import datetime

import click
from flask import Flask

from mit import worker as outbox
from mit.cli import serving
from mit.cli.entrance import Entrance
from mit.cli.register import register
from mit.i18n import say_both

_MOST_PROCESSES = 4


@click.command()
@click.option(
    "--port",
    type=click.IntRange(0, 65535),
    default=8000,
    show_default=True,
    help="TCP port; 0 takes any free one.",
)
@click.option("--host", "hosts", multiple=True, help="Address to listen on; this machine alone by default.")
@click.option("--processes", type=click.IntRange(1, 64), help="Web processes; one for each core by default.")
@click.pass_context
def serve(ctx: click.Context, port: int, hosts: tuple[str, ...], processes: int | None) -> None:
    """Serve the pages and the API, with the worker beside; Ctrl-C stops both."""
    entrance: Entrance = ctx.obj
    entrance.settings()
    plan = serving.Plan(
        port=port,
        hosts=hosts or serving.LOCAL,
        processes=processes or min(os.cpu_count() or 1, _MOST_PROCESSES),
    )
    ctx.exit(serve_group(entrance, plan))


def serve_group(entrance: Entrance, plan: serving.Plan) -> int:
    """Take the port, look at the database, and run web and worker; return the exit status.

    Raises:
        SettingsError: ``port_taken``, ``port_refused``, ``schema_not_migrated`` or
            ``database_unreachable``.
    """
    sockets = serving.take_port(plan.hosts, plan.port)
    try:
        with register(entrance):
            pass  # asked before anything is started
        port = sockets[0].getsockname()[1]
        for sentence in say_both("serve.started", url=f"http://localhost:{port}").values():
            click.echo(sentence)
        return serving.run(plan, sockets)
    finally:
        for listener in sockets:
            listener.close()


@click.command()
@click.option("--once", is_flag=True, help="Do what is due now, then end.")
@click.option("--revive", is_flag=True, help="Let the jobs that were given up be tried again, then end.")
@click.pass_obj
def worker(entrance: Entrance, once: bool, revive: bool) -> None:
    """Sign, log, print and publish what the outbox asks for, until SIGTERM or SIGINT."""
    if not (once or revive):
        with entrance.app() as app:  # a database that is away may come back while it runs
            outbox.run_forever(app, clock=entrance.clock, stop=_stopping())
        return
    with register(entrance) as app:
        if revive:
            for name in outbox.revive_dead(app, now=entrance.clock.now()):
                click.echo(name)
        else:
            click.echo(outbox.run_once(app, now=entrance.clock.now()))


def do_due_jobs(app: Flask, now: datetime) -> int:
    """Do every job that is due at *now*, as the worker would; return how many were done."""
    return outbox.run_once(app, now=now)


def _stopping() -> threading.Event:
    """Return an event that SIGTERM or SIGINT sets: what is at hand is finished first."""
    stop = threading.Event()
    for name in (signal.SIGTERM, signal.SIGINT):
        signal.signal(name, lambda *_: stop.set())
    return stop
