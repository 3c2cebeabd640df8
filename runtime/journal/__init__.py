"""The journal of runs: every run and every step, written down before and after it happens."""
