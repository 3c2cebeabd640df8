"""Where a file has its run logged, beside the console."""

from __future__ import annotations

from ..borg.target import expand_home
from ..config.model import Configuration
from ..plan.model import Log
from ..source.host import Host

NO_LOG = -2  # the verbosity at which nothing is logged


def logs_of(configuration: Configuration, host: Host) -> list[Log]:
    """Its log file, if it has one."""
    settings = configuration.settings
    path, verbosity = settings.text("log_file"), settings.integer("log_file_verbosity")
    level = 1 if verbosity is None else verbosity
    return [Log(expand_home(path, host), level < 1)] if path and level > NO_LOG else []
