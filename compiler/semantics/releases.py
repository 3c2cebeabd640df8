"""The borgmatic release that each part of a configuration file came with, as data.

Measured: the schemas that the releases 1.3.22 to 2.1.10 bring along, and what their `validate` says.
What isn't listed was there in 1.3.22, or is known to none of them. No option that borgplan knows has
gone: former names are still taken.
"""

from __future__ import annotations

Release = tuple[int, ...]

# The names of options; of services and databases see `config/services.py`, `config/databases.py`. For what stands in an option `option.key`, in a list as in a mapping.
_NAMES: dict[Release, str] = {
    (1, 4, 4): "exclude_nodump keep_exclude_tags",
    (1, 4, 17): "extra_borg_options",
    (1, 4, 19): "borgmatic_source_directory",
    (1, 5, 0): "after_check after_prune before_check before_prune",
    (1, 5, 10): "after_extract before_extract",
    (1, 5, 11): "temporary_directory",
    (1, 5, 21): "retries retry_wait",
    (1, 5, 23): "after_compact before_compact extra_borg_options.compact",
    (1, 5, 24): "working_directory",
    (1, 6, 2): "checks.frequency checks.name",
    (1, 7, 0): "after_actions before_actions flags numeric_ids upload_rate_limit",
    (1, 7, 8): "checkpoint_volume",
    (1, 7, 10): "borg_files_cache_ttl constants repositories.label repositories.path "
    "source_directories_must_exist",
    (1, 7, 11): "match_archives",
    (1, 8, 0): "check_i_know_what_i_am_doing",
    (1, 8, 1): "store_config_files",
    (1, 8, 5): "skip_actions",
    (1, 8, 7): "borg_exit_codes",
    (1, 8, 10): "checks.count_tolerance_percentage checks.data_sample_percentage "
    "checks.data_tolerance_percentage checks.xxh64sum_command",
    (1, 8, 12): "checks.max_duration upload_buffer_size",
    (1, 8, 13): "checks.only_run_on",
    (1, 9, 0): "user_runtime_directory user_state_directory",
    (1, 9, 3): "bootstrap zfs",
    (1, 9, 4): "btrfs lvm",
    (1, 9, 11): "container keepassxc",
    (2, 0, 0): "commands compact_threshold default_actions keepassxc.key_file keepassxc.yubikey "
    "list_details log_file log_file_format log_file_verbosity log_json monitoring_verbosity progress "
    "recompress repositories.append_only repositories.encryption "
    "repositories.make_parent_directories repositories.storage_quota statistics syslog_verbosity "
    "verbosity",
    (2, 0, 3): "commands.states",
    (2, 0, 5): "keep_13weekly keep_3monthly use_chunks_archive",
    (2, 0, 7): "debug_passphrase display_passphrase",
    (2, 0, 9): "systemd",
    (2, 0, 10): "borg_key_file extra_borg_options.break_lock extra_borg_options.delete "
    "extra_borg_options.export_tar extra_borg_options.extract extra_borg_options.info "
    "extra_borg_options.key_change_passphrase extra_borg_options.key_export "
    "extra_borg_options.key_import extra_borg_options.list extra_borg_options.mount "
    "extra_borg_options.recreate extra_borg_options.repo_create extra_borg_options.repo_delete "
    "extra_borg_options.repo_info extra_borg_options.repo_list extra_borg_options.transfer "
    "extra_borg_options.umount",
    (2, 0, 11): "extra_borg_options.rename",
    (2, 0, 12): "keepassxc.ask_for_password",
    (2, 0, 13): "archive_list_format file_list_format",
    (2, 1, 0): "unsafe_skip_path_validation_before_create",
    (2, 1, 3): "files_changed msgpack_version_check",
    (2, 1, 6): "keepassxc.secret_tool_command quick_statistics",
    (2, 1, 7): "archive_hostname archive_username repositories.id_hash repositories.key_location",
    (2, 1, 8): "onepassword",
}
SINCE: dict[str, Release] = {
    name: release for release, names in _NAMES.items() for name in names.split()
}

# Options that took another form before: as a mapping, or in a list; as a list.
MAPPINGS: dict[str, Release] = {
    "repositories": (1, 7, 10),
    "checks": (1, 6, 2),
    **dict.fromkeys(("healthchecks", "cronitor", "cronhub", "pagerduty"), (1, 6, 1)),
}
LISTS: dict[str, Release] = {"exclude_if_present": (1, 5, 0)}

# Words that an option, or what stands in it, hasn't always taken.
WORDS: dict[str, dict[str, Release]] = {
    "checks.name": {"spot": (1, 8, 10)},
    "skip_actions": {
        "delete": (1, 8, 13),
        **dict.fromkeys(("repo-create", "repo-delete", "repo-info", "repo-list"), (1, 9, 0)),
        "recreate": (2, 0, 0),
        "diff": (2, 1, 3),
        "browse": (2, 1, 6),
    },
    "commands.when": {"diff": (2, 1, 3), "browse": (2, 1, 6)},
    "statistics": dict.fromkeys(("none", "quick", "standard"), (2, 1, 9)),
    "healthchecks.states": {"log": (1, 7, 9)},
    "apprise.states": {"log": (1, 8, 9)},
}

# An entry of `repositories` with any option of the file.
OWN_OPTIONS: Release = (2, 1, 10)
# Options outside of sections, and in a section that isn't theirs.
FLAT: Release = (1, 8, 0)
# `archive_name_format` without `prefix`.
NAME_FORMAT_ALONE: Release = (1, 6, 1)
SOFT_EXIT: Release = (1, 5, 0)  # 75
ENVIRONMENT: Release = (1, 6, 4)  # ${NAME} in options
MARKS: Release = (1, 7, 12)  # !retain and !omit
CREDENTIALS: Release = (1, 9, 10)  # {credential …}
