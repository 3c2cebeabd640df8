"""Every kind of difference between two forms of a configuration, with why it can't be helped."""

from __future__ import annotations

KINDS = {
    "actions": "default actions and their order depend on the borgmatic release; specify them: --actions",
    "address": "written in the form of borgmatic 2; both name the same repository",
    "borg": "Borg gets different arguments or a different environment",
    "checked": "prune and check share one `match_archives`; the filter of prune is kept, check follows it",
    "directory": "since borgmatic 2.0, hooks start in `working_directory`",
    "dumps": "the dump goes into the archive itself; what else reads the hook's file has to be changed by hand",
    "environment": "since 1.6, borgmatic replaces ${NAME}; a backslash before it keeps the text",
    "exit codes": "which of Borg's exit codes are failures depends on the borgmatic release; `borg_exit_codes` can override it",
    "failures": "`commands:` can't express the former behaviour here",
    "hooks": "`commands:` can't express when this ran",
    "included": "an included file has to be migrated by itself",
    "order": "the same commands run in a different order",
    "patterns": "since borgmatic 1.6, pattern sources are tried in a different order",
    "project": "the project file refers to the old form; adapt it before the next run",
    "reading": "since borgmatic 1.8, list, info and `latest` select the archives that prune selects",
    "retries": "retries depend on the borgmatic release: none before 1.5, and in 1.5 a "
    "failure counts even if a later attempt succeeds",
    "soft": "the effect of a hook's exit code 75 depends on the borgmatic release",
    "space": "since Borg 1.2, prune alone frees no space; the action `compact` does, which runs by default "
    "since borgmatic 1.5.23",
    "stored": "since borgmatic 1.8, archives get the configuration files; `bootstrap: {store_config_files: false}` "
    "leaves them out",
    "umask": "since borgmatic 1.8, Borg and hooks share one umask",
    "untried": "the comparison was too large to complete",
    "values": "available placeholders depend on the hook and the borgmatic release",
}
