"""marshmallow: the shapes of requests and answers; they describe, the hot path writes JSON itself."""
