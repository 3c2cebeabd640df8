"""Every configuration option, once, as data.

Decoding, the lowering to Borg's flags and variables, and the lists of known names derive from this
table. Names and types are those of borgmatic 2.1.10, with the older names; what is known by name only
is refused by that name, so that nothing in a configuration is silently ignored. Which Borg knows which
flag: the parsers of 1.2.4, 1.4.5 and 2.0.0b19.
"""

from __future__ import annotations

from ..plan.actions import Action
from ..support.enums import Enum
from ..support.record import NamedTuple
from .hooks import HOOKS


class Type(Enum):
    """How a value is written; the words are for messages."""

    TEXT = "text"
    INTEGER = "a whole number"
    BOOLEAN = "true or false"
    TEXTS = "a list of texts"
    TEXT_OR_TEXTS = "a text or a list of texts"
    UMASK = "an octal umask such as 0077"
    CHECKS = "a list of check names"
    REPOSITORIES = "a list of repositories"
    COMMANDS = "a list of shell commands"
    COMMAND_HOOKS = "a list of hooks"
    CHOICE = "one of its values"
    EXIT_CODES = "a list of exit codes, each with `code` and `treat_as`"
    CONSTANTS = "a mapping of names to values"


class Zero(Enum):
    """What the number 0 means, as measured: some options are passed on, for others it is "unset"."""

    PASSED = "passed"
    UNSET = "unset"


class Option(NamedTuple):
    """One option. `section` is its place in the sectioned form; flat files have it at the top.

    `flag` and `actions`: given to Borg as that flag in those actions; booleans give the flag where
    true, or where false if `inverted`. `variable`: given as that environment variable. `since`,
    `until`: the Borg releases that know the flag, the first and the first that doesn't any more.
    `effect`: whether it has one here. `former`: its older name. `booleans`: the words that false and true stand for.
    """

    name: str
    type: Type
    section: str
    help: str
    flag: str = ""
    actions: frozenset[Action] = frozenset()
    inverted: bool = False
    zero: Zero = Zero.UNSET
    variable: str = ""
    since: str = ""
    until: str = ""
    choices: tuple[str, ...] = ()
    empty_allowed: bool = False  # a key without a value means "unset" rather than a mistake
    implemented: bool = True
    effect: bool = True
    former: str = ""
    minimum: int | None = None
    maximum: int | None = None
    booleans: tuple[str, str] | None = None
    alias: str = ""  # the key in `Settings` where two sections have an option of this name

    @property
    def key(self) -> str:
        """Its name in `Settings`."""
        return self.alias or self.name


# The names that `when:` and `skip_actions:` take (borgmatic 2.1.10).
# As `when:` and `skip_actions` have them: borgmatic puts the three actions on keys under one name.
_OF_KEYS = frozenset({Action.KEY_EXPORT, Action.KEY_IMPORT, Action.KEY_CHANGE_PASSPHRASE})
ACTION_NAMES = (
    *(action.value for action in Action if action not in _OF_KEYS), "config", "key", "browse",
)  # fmt: skip

SECTIONS = ("location", "storage", "retention", "consistency", "output", "hooks")

_CREATE = frozenset({Action.CREATE})
_PRUNE = frozenset({Action.PRUNE})
_COMPACT = frozenset({Action.COMPACT})
_REWRITE = frozenset({Action.CREATE, Action.RECREATE})
_ALL = frozenset(Action) - {Action.BORG, Action.UMOUNT}

OPTIONS: tuple[Option, ...] = (
    # location
    Option("source_directories", Type.TEXTS, "location", "What to back up; `~` and globs are expanded."),
    Option("source_directories_must_exist", Type.BOOLEAN, "location", "Fail if a source is missing (default true since 2.1)."),
    Option("repositories", Type.REPOSITORIES, "location", "Repositories as paths or ssh:// addresses; each gets its own archive."),
    Option("working_directory", Type.TEXT, "location", "Directory in which Borg runs; relative paths start here."),
    Option("one_file_system", Type.BOOLEAN, "location", "Stay on the file system of each source.", "--one-file-system", _CREATE),
    Option("numeric_ids", Type.BOOLEAN, "location", "Store only numeric user and group ids.", "--numeric-ids", _CREATE | {Action.EXTRACT}, former="numeric_owner"),
    Option("atime", Type.BOOLEAN, "location", "Store access times.", "--atime", _CREATE),
    Option("ctime", Type.BOOLEAN, "location", "Store inode change times (default true).", "--noctime", _CREATE, inverted=True),
    Option("birthtime", Type.BOOLEAN, "location", "Store creation times (default true).", "--nobirthtime", _CREATE, inverted=True),
    Option("read_special", Type.BOOLEAN, "location", "Read devices and named pipes as if they were files.", "--read-special", _CREATE),
    Option("flags", Type.BOOLEAN, "location", "Store file flags such as nodump (default true).", "--noflags", _CREATE, inverted=True, former="bsd_flags"),
    Option("files_changed", Type.CHOICE, "location", "How Borg detects that a file changed while it was read.", "--files-changed", _CREATE, choices=("ctime", "mtime", "disabled"), since="1.4.2"),
    Option("files_cache", Type.TEXT, "location", "How Borg detects that a file is unchanged.", "--files-cache", _CREATE),
    Option("local_path", Type.TEXT, "location", "The Borg executable on this machine (default borg)."),
    Option("remote_path", Type.TEXT, "location", "The Borg executable on the other machine.", "--remote-path", _ALL, variable="BORG_REMOTE_PATH", until="2.0.0b23"),
    Option("patterns", Type.TEXTS, "location", "Borg patterns: `R path`, `+ pattern`, `- pattern`."),
    Option("patterns_from", Type.TEXTS, "location", "Files with patterns."),
    Option("exclude_patterns", Type.TEXTS, "location", "Patterns to exclude."),
    Option("exclude_from", Type.TEXTS, "location", "Files with exclude patterns."),
    Option("exclude_caches", Type.BOOLEAN, "location", "Exclude directories with a CACHEDIR.TAG.", "--exclude-caches", _REWRITE),
    Option("exclude_if_present", Type.TEXT_OR_TEXTS, "location", "Exclude directories that contain a file of this name.", "--exclude-if-present", _REWRITE),
    Option("keep_exclude_tags", Type.BOOLEAN, "location", "Keep the files that mark a directory as excluded.", "--keep-exclude-tags", _REWRITE),
    Option("exclude_nodump", Type.BOOLEAN, "location", "Exclude files with the nodump flag.", "--exclude-nodump", _CREATE, until="2.0.0a1"),
    Option("unsafe_skip_path_validation_before_create", Type.BOOLEAN, "location", "borgplan does not run a dry run before a backup.", effect=False),
    Option("borgmatic_source_directory", Type.TEXT, "location", "Where old borgmatic releases kept their own files.", effect=False),
    Option("user_runtime_directory", Type.TEXT, "location", "Where dumps are made (default $XDG_RUNTIME_DIR, $RUNTIME_DIRECTORY, $TMPDIR, /tmp)."),
    Option("user_state_directory", Type.TEXT, "location", "Where borgplan records when checks ran (default $XDG_STATE_HOME, ~/.local/state)."),
    # storage
    Option("encryption_passphrase", Type.TEXT, "storage", "The repository's passphrase."),
    Option("encryption_passcommand", Type.TEXT, "storage", "A command that prints the passphrase."),
    Option("checkpoint_interval", Type.INTEGER, "storage", "Seconds between checkpoints.", "--checkpoint-interval", _CREATE, until="2.0.0b10"),
    Option("checkpoint_volume", Type.INTEGER, "storage", "Bytes between checkpoints.", "--checkpoint-volume", _CREATE, since="2.0.0b6", until="2.0.0b10"),
    Option("chunker_params", Type.TEXT, "storage", "How Borg cuts files into chunks.", "--chunker-params", _REWRITE),
    Option("compression", Type.TEXT, "storage", "Compression of new data, such as zstd,3.", "--compression", _REWRITE),
    Option("recompress", Type.CHOICE, "storage", "recreate: when to compress again.", "--recompress", frozenset({Action.RECREATE}), choices=("if-different", "always", "never"), until="2.0.0a1"),
    Option("upload_rate_limit", Type.INTEGER, "storage", "Upload limit in kiB/s.", "--upload-ratelimit", _CREATE, former="remote_rate_limit"),
    Option("upload_buffer_size", Type.INTEGER, "storage", "Upload buffer in MiB.", "--upload-buffer", _CREATE),
    Option("retries", Type.INTEGER, "storage", "How often to retry a failed repository.", minimum=0),
    Option("retry_wait", Type.INTEGER, "storage", "Seconds to wait before a retry; longer each time.", minimum=0),
    Option("temporary_directory", Type.TEXT, "storage", "Where Borg puts temporary files.", variable="TMPDIR"),
    Option("ssh_command", Type.TEXT, "storage", "The ssh command Borg uses.", variable="BORG_RSH"),
    Option("borg_base_directory", Type.TEXT, "storage", "Where Borg keeps its own files.", variable="BORG_BASE_DIR"),
    Option("borg_config_directory", Type.TEXT, "storage", "Where Borg keeps its configuration.", variable="BORG_CONFIG_DIR"),
    Option("borg_cache_directory", Type.TEXT, "storage", "Where Borg keeps its cache.", variable="BORG_CACHE_DIR"),
    Option("use_chunks_archive", Type.BOOLEAN, "storage", "Whether Borg's chunks cache keeps a part for each archive.", variable="BORG_USE_CHUNKS_ARCHIVE"),
    Option("borg_files_cache_ttl", Type.INTEGER, "storage", "How many backups a file may miss before Borg's cache forgets it.", variable="BORG_FILES_CACHE_TTL"),
    Option("borg_security_directory", Type.TEXT, "storage", "Where Borg keeps its security information.", variable="BORG_SECURITY_DIR"),
    Option("borg_keys_directory", Type.TEXT, "storage", "Where Borg keeps key files.", variable="BORG_KEYS_DIR"),
    Option("borg_key_file", Type.TEXT, "storage", "The key file of the repository.", variable="BORG_KEY_FILE"),
    Option("umask", Type.UMASK, "storage", "The umask Borg runs with.", "--umask", _ALL),
    Option("lock_wait", Type.INTEGER, "storage", "Seconds to wait for a locked repository.", "--lock-wait", _ALL),
    Option("archive_name_format", Type.TEXT, "storage", "The name of new archives, with Borg's placeholders."),
    Option("match_archives", Type.TEXT, "storage", "Archives that prune, check and the reading actions select (default: those of the name format)."),
    Option("archive_hostname", Type.TEXT, "storage", "The host name stored in archives.", variable="BORG_HOSTNAME"),
    Option("archive_username", Type.TEXT, "storage", "The user name stored in archives.", variable="BORG_USERNAME"),
    Option("file_list_format", Type.TEXT, "storage", "How `list` shows files.", "--format", frozenset({Action.LIST})),
    Option("archive_list_format", Type.TEXT, "storage", "How `repo-list` shows archives.", "--format", frozenset({Action.REPO_LIST})),
    Option("borg_exit_codes", Type.EXIT_CODES, "storage", "Exit codes of Borg to treat as an error or as a warning.", choices=("error", "warning")),
    Option("relocated_repo_access_is_ok", Type.BOOLEAN, "storage", "Don't ask about a repository that has moved.", variable="BORG_RELOCATED_REPO_ACCESS_IS_OK"),
    Option("unknown_unencrypted_repo_access_is_ok", Type.BOOLEAN, "storage", "Don't ask about an unknown unencrypted repository.", variable="BORG_UNKNOWN_UNENCRYPTED_REPO_ACCESS_IS_OK"),
    Option("debug_passphrase", Type.BOOLEAN, "storage", "Let Borg show the passphrase it was given.", implemented=False),
    Option("display_passphrase", Type.BOOLEAN, "storage", "Let Borg show the passphrase of a new repository.", implemented=False),
    Option("check_i_know_what_i_am_doing", Type.BOOLEAN, "storage", "Don't ask before `check --repair`.", variable="BORG_CHECK_I_KNOW_WHAT_I_AM_DOING"),
    Option("msgpack_version_check", Type.BOOLEAN, "storage", "Whether Borg checks the version of msgpack.", variable="BORG_MSGPACK_VERSION_CHECK"),
    *(
        Option(f"extra_borg_options.{name}", Type.TEXT, "storage", f"Additional arguments for borg {command}.")
        for name, command in (
            ("init", "init"), ("repo_create", "repo-create"), ("create", "create"), ("prune", "prune"),
            ("compact", "compact"), ("check", "check"), ("transfer", "transfer"), ("extract", "extract"),
            ("export_tar", "export-tar"), ("list", "list"), ("repo_list", "repo-list"), ("info", "info"),
            ("repo_info", "repo-info"), ("delete", "delete"), ("break_lock", "break-lock"),
            ("key_export", "key export"), ("diff", "diff"), ("key_import", "key import"),
            ("key_change_passphrase", "key change-passphrase"), ("mount", "mount"), ("umount", "umount"),
            ("recreate", "recreate"), ("rename", "rename"), ("repo_delete", "repo-delete"),
        )
    ),
    # retention
    Option("keep_within", Type.TEXT, "retention", "Keep all archives within this time span, such as 3H.", "--keep-within", _PRUNE),
    Option("keep_secondly", Type.INTEGER, "retention", "How many secondly archives to keep.", "--keep-secondly", _PRUNE, zero=Zero.PASSED),
    Option("keep_minutely", Type.INTEGER, "retention", "How many minutely archives to keep.", "--keep-minutely", _PRUNE, zero=Zero.PASSED),
    Option("keep_hourly", Type.INTEGER, "retention", "How many hourly archives to keep.", "--keep-hourly", _PRUNE, zero=Zero.PASSED),
    Option("keep_daily", Type.INTEGER, "retention", "How many daily archives to keep.", "--keep-daily", _PRUNE, zero=Zero.PASSED),
    Option("keep_weekly", Type.INTEGER, "retention", "How many weekly archives to keep.", "--keep-weekly", _PRUNE, zero=Zero.PASSED),
    Option("keep_monthly", Type.INTEGER, "retention", "How many monthly archives to keep.", "--keep-monthly", _PRUNE, zero=Zero.PASSED),
    Option("keep_yearly", Type.INTEGER, "retention", "How many yearly archives to keep.", "--keep-yearly", _PRUNE, zero=Zero.PASSED),
    Option("keep_13weekly", Type.INTEGER, "retention", "How many archives of quarters of 13 weeks to keep.", "--keep-13weekly", _PRUNE, zero=Zero.PASSED, since="1.4.0"),
    Option("keep_3monthly", Type.INTEGER, "retention", "How many archives of quarters of 3 months to keep.", "--keep-3monthly", _PRUNE, zero=Zero.PASSED, since="1.4.0"),
    Option("prefix", Type.TEXT, "retention", "Prune only archives whose names start with this; empty for all.", empty_allowed=True),
    # consistency
    Option("checks", Type.CHECKS, "consistency", "Which consistency checks to run.", choices=("repository", "archives", "data", "extract", "spot", "disabled")),
    Option("check_repositories", Type.TEXTS, "consistency", "Check only these of the repositories."),
    Option("check_last", Type.INTEGER, "consistency", "Check only that many of the newest archives."),
    Option("compact_threshold", Type.INTEGER, "storage", "Percentage of saved space from which compact rewrites a segment.", "--threshold", _COMPACT, zero=Zero.PASSED),
    Option("prefix", Type.TEXT, "consistency", "Check only archives whose names start with this; empty for all.", empty_allowed=True, alias="check_prefix"),
    # output
    Option("color", Type.BOOLEAN, "output", "Whether to colour the output."),
    Option("verbosity", Type.INTEGER, "output", "Verbosity: 1 information, 2 everything.", minimum=-2, maximum=2),
    Option("syslog_verbosity", Type.INTEGER, "output", "Verbosity of the system log: -2 nothing, below 1 errors.", minimum=-2, maximum=2),
    Option("log_file", Type.TEXT, "output", "A file to append the run's log to."),
    Option("log_file_verbosity", Type.INTEGER, "output", "Verbosity of the log file: -2 nothing, below 1 errors.", minimum=-2, maximum=2),
    Option("monitoring_verbosity", Type.INTEGER, "output", "Verbosity of logs sent to monitoring services.", minimum=-2, maximum=2, effect=False),
    Option("log_json", Type.BOOLEAN, "output", "borgplan always reads Borg's log as JSON.", effect=False),
    Option("progress", Type.BOOLEAN, "output", "Show Borg's progress."),
    Option("statistics", Type.CHOICE, "output", "Show Borg's statistics.", choices=("standard", "quick", "none"), booleans=("none", "standard")),
    Option("quick_statistics", Type.BOOLEAN, "output", "Show those statistics that Borg computes quickly."),
    Option("list_details", Type.BOOLEAN, "output", "Let Borg list files or archives."),
    # hooks
    *(
        Option(kind.value, Type.COMMANDS, "hooks", text, empty_allowed=True)
        for kind, text in HOOKS.items()
    ),
    Option("constants", Type.CONSTANTS, "hooks", "Values to use as `{name}`."),
    Option("commands", Type.COMMAND_HOOKS, "hooks", "Hooks by position, action and state."),
    Option("default_actions", Type.BOOLEAN, "hooks", "Whether a command line without actions runs the default actions (default true)."),
    Option("bootstrap.store_config_files", Type.BOOLEAN, "hooks", "Add the configuration files to archives, for `bootstrap` (default true, with releases before 1.8 false)."),
    Option("store_config_files", Type.BOOLEAN, "hooks", "Older name of `bootstrap.store_config_files`."),
    Option("systemd.systemd_creds_command", Type.TEXT, "hooks", "The command that decrypts credentials outside of a systemd unit."),
    Option("systemd.encrypted_credentials_directory", Type.TEXT, "hooks", "Where encrypted credentials are."),
    Option("container.secrets_directory", Type.TEXT, "hooks", "Where a container's secrets are."),
    Option("keepassxc.keepassxc_cli_command", Type.TEXT, "hooks", "The command that asks KeePassXC."),
    Option("keepassxc.secret_tool_command", Type.TEXT, "hooks", "The command that asks the secret service."),
    Option("keepassxc.ask_for_password", Type.BOOLEAN, "hooks", "Whether KeePassXC asks for the database's password (default true)."),
    Option("keepassxc.key_file", Type.TEXT, "hooks", "The key file that opens the KeePassXC database."),
    Option("keepassxc.yubikey", Type.TEXT, "hooks", "The YubiKey slot that opens the KeePassXC database."),
    *(Option(f"{key}_command", Type.TEXT, "hooks", f"The command that is called as `{key.partition('.')[2]}` for snapshots.")
      for key in ("btrfs.btrfs", "zfs.zfs", "zfs.mount", "zfs.umount", "lvm.lvcreate", "lvm.lvremove", "lvm.lvs", "lvm.lsblk",
                  "lvm.mount", "lvm.umount")),
    Option("btrfs.findmnt_command", Type.TEXT, "hooks", "borgplan asks the system itself what is mounted.", effect=False),
    Option("lvm.snapshot_size", Type.TEXT, "hooks", "The size of each snapshot, as 5GB or 10%ORIGIN (default 10%ORIGIN)."),
    Option("onepassword.op_command", Type.TEXT, "hooks", "The command that asks 1Password."),
    Option("skip_actions", Type.TEXTS, "hooks", "Actions to skip.", choices=ACTION_NAMES),
    Option("umask", Type.UMASK, "hooks", "The umask hook commands run with.", alias="hooks_umask"),
)  # fmt: skip

# Of an entry of `repositories`, beside those that it may share with the file.
REPOSITORY_OPTIONS: tuple[Option, ...] = (
    Option("path", Type.TEXT, "repositories", "A path or an ssh:// address."),
    Option("label", Type.TEXT, "repositories", "A name for the repository."),
    Option("encryption", Type.TEXT, "repositories", "Borg's encryption mode (repo-create).", "--encryption"),
    Option("append_only", Type.BOOLEAN, "repositories", "repo-create: whether the repository is append-only.", "--append-only"),
    Option("storage_quota", Type.TEXT, "repositories", "repo-create: the maximum size of the repository.", "--storage-quota"),
    Option("make_parent_directories", Type.BOOLEAN, "repositories", "repo-create: create missing parent directories.", "--make-parent-dirs"),
    Option("id_hash", Type.TEXT, "repositories", "how Borg 2 names chunks (repo-create).", "--id-hash", since="2.0.0b19"),
    Option("key_location", Type.TEXT, "repositories", "where Borg 2 keeps the key (repo-create).", "--key-location", since="2.0.0b19"),
)  # fmt: skip

# Never shown, whatever is wrong with them.
SECRETS = frozenset({"encryption_passphrase"})

BY_NAME: dict[str, list[Option]] = {}  # also by former names
for _option in OPTIONS:
    for _name in dict.fromkeys((_option.name, _option.former)):
        BY_NAME.setdefault(_name, []).append(_option)
del BY_NAME[""], _option, _name

BY_SECTION: dict[str, dict[str, Option]] = {
    section: {
        name: option
        for option in OPTIONS
        if option.section == section
        for name in (option.name, option.former)
        if name
    }
    for section in SECTIONS
}
# Mappings of options: the part of an option's name before its point.
GROUPS = frozenset(option.name.partition(".")[0] for option in OPTIONS if "." in option.name)
