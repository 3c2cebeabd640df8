"""One module a command: `run(arguments) -> exit code`. Results to stdout, everything else to stderr."""
