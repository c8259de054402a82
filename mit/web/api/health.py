"""Whether the process lives, whether it is ready, and its figures."""

from __future__ import annotations

from flask import Blueprint, Response

from mit.upkeep.readiness import read_readiness
from mit.web import context, metrics
from mit.web.answers import json_answer

health = Blueprint("health", __name__)


@health.get("/healthz")
def alive() -> Response:
    """Say that this process answers; asks nothing else."""
    return json_answer({"status": "ok"})


@health.get("/readyz")
def ready() -> Response:
    """Say whether database, schema, keys and job queue are ready; 503 where one is not.

    A process that serves the public part alone is ready as soon as it can give verdicts.
    """
    found = read_readiness(context.now())
    is_ready = found.may_answer if context.settings().serve == "verify" else found.is_ready
    return json_answer(found.to_document(is_ready=is_ready), 200 if is_ready else 503)


@health.get("/metrics")
def figures() -> Response:
    """Give the figures in Prometheus' text form."""
    body, kind = metrics.exposition()
    return Response(body, content_type=kind)
