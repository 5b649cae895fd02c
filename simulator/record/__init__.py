"""The one event record: its columns and the sinks that take it."""
