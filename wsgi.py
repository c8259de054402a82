"""The WSGI entrance: ``gunicorn wsgi:app``."""

from mit.app import serve_app

app = serve_app()
