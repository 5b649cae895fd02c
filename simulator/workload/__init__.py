"""From spec to operators, collectives and bytes: arithmetic that does not know time."""
