"""What a user may write: frozen pydantic models, nothing else."""
