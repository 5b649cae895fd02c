"""Every reason why a plan cannot run, with the nearest that can; one file for each thing that is cut."""
