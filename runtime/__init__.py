"""Running a plan, and everything that touches the machine: files, processes, terminals."""
