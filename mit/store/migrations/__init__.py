"""The steps that made the schema, one file each; run by ``mit.store.schema``."""
