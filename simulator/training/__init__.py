"""The training job: one step, and a run of weeks."""
