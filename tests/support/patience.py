"""How long a test waits for what must come."""

PATIENCE_SECONDS = 120
"""Long, as the machine may be busy with other things. Who waits is told at once: a test that passes is no slower."""
