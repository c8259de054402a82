"""The WSGI entrance: ``gunicorn wsgi:app``."""

from mit.app import create_app

app = create_app()
