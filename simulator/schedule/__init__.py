"""The order of tasks, their dependencies, and the memory in flight."""
