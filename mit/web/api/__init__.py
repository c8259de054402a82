"""JSON for machines, under ``/api/v1`` and at the fixed addresses for keys, lists and health."""
