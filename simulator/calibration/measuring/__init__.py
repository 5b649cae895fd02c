"""Times kernels on the accelerator of this machine, and writes tables that the fits read."""
