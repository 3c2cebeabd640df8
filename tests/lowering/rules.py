"""Where borgplan's commands deliberately differ from recorded ones, and what it refuses by name.

docs/divergences.md has the reasons at length. A rule applies where a comparison finds a difference, a
refusal where borgplan says that it doesn't have something. A vector that is equivalent needs neither,
and one that covers nothing is out of date, which fails a test.
"""

from __future__ import annotations

import re
from typing import NamedTuple


class Rule(NamedTuple):
    """`vectors`: a pattern for whole names such as `1.3.25/old-init` or `2.1.10/create-json@2.0.0b19`.

    `differences`: a pattern that each difference has to begin with, so that a rule covers nothing but
    what it is about.
    """

    vectors: str
    reason: str
    differences: str = ""

    def fits(self, vector: str) -> bool:
        return re.fullmatch(self.vectors, vector) is not None

    def covers(self, vector: str, differences: list[str]) -> bool:
        return self.fits(vector) and all(
            re.match(self.differences, difference) for difference in differences
        )


# Nothing runs in one of the two, or it ends otherwise.
_RUNS = r"commands: \[\] != |exit: failed != did well|times: \[\] != "
_REFUSED = r"commands: \['\w+'\] != \[\]|exit: did well != failed|refused: "

DELIBERATE = (
    Rule(
        r"2\.1\.10/stream-(?!sqlite-dry-run).*",
        "an archive with dumps is renamed by the name that Borg reports, not as the newest one",
        r"commands: \['create', 'list for the newest archive'(, 'rename')?\] != \['create', 'rename'\]"
        r"|exit: failed != did well",
    ),
    Rule(
        r"1\.3\.25/old-(check|default-actions)-dry-run|2\.1\.10/check-dry-run",
        "a dry run changes nothing, so check doesn't run",
        r"commands: \[(.*, )?'check'\] != |times: ",
    ),
    Rule(
        r"1\.3\.25/old-create-name-without-prefix",
        "a name format without prefix is taken, with a warning",
        _RUNS,
    ),
    Rule(
        r"2\.1\.10/(create-probe-fails|create-version-fails|check-probe-fails)",
        "nothing is asked in the course of a run",
        _RUNS,
    ),
    Rule(
        r"2\.1\.10/repocreate-probe-rc-(1|3|11|51)",
        "where it is unknown whether a repository exists, Borg decides: it creates none twice",
        _RUNS,
    ),
    Rule(
        r"2\.1\.10/cfg-cli-override-flag",
        "a word too many is a configuration file; the good one beside it runs, and the run fails",
        r"commands: \[\] != \['create'\]|refused: BP101 ",
    ),
    Rule(r"2\.1\.10/cfg-constants-coerce-int", "a passphrase of digits remains a text", _RUNS),
    Rule(
        r"2\.1\.10/check-duplicate-only",
        "a check that stands there twice doesn't crash `--only`",
        _RUNS,
    ),
    Rule(
        r"2\.1\.10/check-extract-no-archives",
        "a check that found no archive to look at is not noted as done",
        r"times: \['extract'\] != \[\]",
    ),
    Rule(
        r"2\.1\.10/check-max-duration-split",
        "a check of the repository that went well is noted as done",
        r"times: ",
    ),
    Rule(
        r"2\.1\.10/(check|list)-extra-options(@.*)?",
        "extra options are for what they are named after, not for borgplan's own question",
        r"(repo-)?list for the newest archive unknown: ",
    ),
    Rule(
        r"2\.1\.10/create-exclude-nodump@2.*",
        "Borg isn't given what this version of it refuses",
        r"create unknown: \('--[a-z-]+',\) != \(\)$",
    ),
    Rule(
        r"2\.1\.10/(.*@1\.1\.18|gate-(atime|compact))",
        "Borg before 1.2 is not supported",
    ),
    Rule(
        r"2\.1\.10/create-archive-name-hashlike",
        "`aid:` names an archive that exists; a new one's name is what the configuration says",
        r"create archive: 'aid:deadbeef01' != 'deadbeef01'",
    ),
    Rule(
        r"2\.1\.10/prune-name-format-(now-comma|unixtime)",
        "borgmatic's filter fits no archive that the name format makes",
        r"prune archive_filter: \('id:docs-\{\S+\}',\) != \('sh:docs-\*(,\*)?',\)$",
    ),
    Rule(
        r"2\.1\.10/gate-separate-repo(@2\.0\.0a2)?",
        "where borgmatic has `*` for a time, a filter has its digits, so that no other series fits",
        r"(prune|check) (archive|arguments): \(?'\{hostname\}-\*'.* != \(?'\{hostname\}-\[0-9\]",
    ),
    Rule(
        r"2\.1\.10/create-exclude-empty-string",
        "an empty pattern excludes nothing, and isn't passed on",
        r"create rules: ",
    ),
    Rule(
        r"2\.1\.10/create-local-path-space",
        "`local_path` is a path, not a command line",
        _RUNS,
    ),
    Rule(
        r"2\.1\.10/create-no-sources(-no-bootstrap)?",
        "nothing to back up is an error",
        _REFUSED,
    ),
    Rule(
        r"2\.1\.10/create-patterns-no-space",
        "Borg itself reads `R/path` as it reads `R /path`",
        _RUNS,
    ),
    Rule(
        r"2\.1\.10/create-runtime-directory-relative",
        "borgplan has no directory for a manifest",
        _RUNS,
    ),
    Rule(
        r"2\.1\.10/create-runtime-dedup",
        "no root has to make room for a manifest; Borg passes over what it has had",
        r"create roots: ",
    ),
    Rule(
        r"2\.1\.10/(delete-everything|actions-delete-nothing-chosen)(@.*)?",
        "a whole repository isn't deleted by leaving something out",
        r"commands: \['(repo-)?delete'\] != \[\]|exit: did well != failed|refused: BP413 ",
    ),
    Rule(
        r"2\.1\.10/env-passcommand-outer-passphrase",
        "what is configured wins over what is inherited",
        r"create passphrase: 'outer' != 'mine'",
    ),
    Rule(
        r"2\.1\.10/exit-create-75",
        "success is not reported after a failure",
        r"exit: did well != failed",
    ),
    Rule(
        r"2\.1\.10/borg-exit-127",
        "a Borg that was not found, or died, is a failure",
        r"exit: did well != failed",
    ),
    Rule(
        r"2\.1\.10/flow-default-actions-off",
        "a run that does nothing says so by its exit code",
        _REFUSED,
    ),
    Rule(
        r"2\.1\.10/repocreate-extra-options-repo-create",
        "`extra_borg_options.repo_create` is followed",
        r"init unknown: \(\) != \('--save-it',\)",
    ),
    Rule(r"2\.1\.10/repos-missing-path", "a backup must not vanish", _REFUSED),
    Rule(
        r"2\.1\.10/repos-url-forms(@.*)?",
        "`~` is expanded, and a path with a colon stays a path",
        r"create repository: '(/TMP/cwd/~|ssh:///data)/",
    ),
    Rule(
        r"2\.1\.10/check-extract-options(@.*)?",
        "the umask is for every command",
        r"extract options: .*'umask'",
    ),
    Rule(
        r"2\.1\.10/env-bool-inherited-wins",
        "what is configured wins over what is inherited",
        r"create environment: ",
    ),
    Rule(
        r"2\.1\.10/flow-json-two-actions",
        "several actions may print JSON: one array has the answers of all",
        _RUNS,
    ),
    Rule(
        r"2\.1\.10/list-find(@.*)?",
        "list `--find` looks into one archive, which has to be named",
        _REFUSED,
    ),
    Rule(
        r"1\.3\.25/old-list-archive-json",
        "Borg lists an archive as `--json-lines`; it refuses `--json`",
        r"list options: ",
    ),
    Rule(
        r"2\.1\.10/prune-cli-from",
        "Borg isn't given what this version of it refuses",
        r"commands: \['prune'\] != \[\]|exit: did well != failed|refused: BP414 ",
    ),
    Rule(
        r"2\.1\.10/repocreate-id-hash-short-flag",
        "`-i` is for `--id-hash` and doesn't call the action `info` too",
        r"exit: failed != did well",
    ),
    Rule(
        r"2\.1\.10/transfer-latest",
        "Borg takes `latest` for a name; borgplan refuses it",
        _RUNS + "|" + _REFUSED,
    ),
    Rule(
        r"1\.3\.25/old-check-extract",
        "every command waits for the lock, not only those after a check",
        r"list for the newest archive options: |extract options: ",
    ),
    Rule(
        r"2\.1\.10/(actions-)?mount-repository@2.*",
        "borgmatic crashes where Borg 2 is to mount all archives",
        r"commands: \[\] != |exit: failed != did well",
    ),
    Rule(
        r"2\.1\.10/actions-mount-dry-run",
        "a dry run mounts nothing",
        r"commands: \['list for the newest archive', 'mount'\] != ",
    ),
    Rule(
        r"2\.1\.10/actions-mount-two-repositories",
        "two repositories can't be mounted on one place",
        _REFUSED + r"|commands: \['list for the newest archive', 'mount', ",
    ),
    Rule(
        r"2\.1\.10/(actions-(mount-(?!repository|options)|recreate-(?!all|match)).*|recreate-main)@2.*",
        "the newest archive is named to Borg 2 by its id, which needs `aid:`; Borg isn't given what it refuses",
        r"mount archive_filter: |recreate (archive_filter|roots|rules|arguments|unknown|options): ",
    ),
    Rule(
        r"2\.1\.10/actions-recreate-(all|match-configured)",
        "with Borg 1 recreate takes no filter, and is done for one archive only",
        r"commands: \['recreate'\] != \[\]|exit: did well != failed|refused: BP413 ",
    ),
    Rule(
        r"2\.1\.10/actions-recreate-(all|match-configured)@2.*",
        "archives of other machines aren't rewritten by leaving something out",
        r"commands: \['recreate'\] != \[\]|exit: did well != failed|refused: BP413 ",
    ),
    Rule(
        r"2\.1\.10/actions-recreate-leftover",
        "what an interrupted recreate left is an archive like others, by its name",
        r"commands: |exit: ",
    ),
    Rule(
        r"2\.1\.10/(actions-recreate-(everything-set|exit-30|latest)|recreate-main)",
        "what else is kept is named as a path; a comment has no quotes; the umask is for every command",
        r"recreate (roots|rules|arguments|options): ",
    ),
    Rule(
        r"2\.1\.10/(actions-repo-delete(?!-environment)|repodelete-(?!cache)).*",
        "consent is asked for before the run, and handed to Borg",
        r"(repo-)?delete environment: \(\) != \(\('BORG_DELETE_I_KNOW_WHAT_I_AM_DOING', 'yes'\),\)",
    ),
    Rule(
        r"2\.1\.10/(actions-)?key-change-passphrase(-(dry-run|options))?",
        "without a new passphrase Borg asks for it, and a run has no terminal",
        r"commands: \['key change-passphrase'(, 'key change-passphrase')?\] != \[\]|exit: did well != failed|refused: BP41[39] ",
    ),
    Rule(
        r"2\.1\.10/actions-key-change-passphrase-environment",
        "what is configured wins over what is inherited, also for the old passphrase",
        r"key change-passphrase passphrase: 'old' != 'secret'",
    ),
    Rule(
        r"2\.1\.10/(actions-)?key-import-(paper|stdin)",
        "a run has no standard input: a key comes from a file",
        r"commands: \['key import'\] != \[\]|exit: did well != failed|refused: BP413 ",
    ),
    Rule(
        r"2\.1\.10/actions-create-json-list",
        "Borg lists on standard error what is backed up, beside its JSON",
        r"commands: \[\] != |exit: failed != did well",
    ),
    Rule(
        r"2\.1\.10/exporttar-strip-components(@.*)?",
        "a list shows which paths were left",
        r"export-tar options: .*\('output_list', True\)",
    ),
    Rule(
        r"2\.1\.10/(delete-save-space|create-checkpoint-volume)@2.*",
        "Borg isn't given what this version of it refuses",
        r"(delete|create) (unknown|archive|roots|directory): |times: ",
    ),
    Rule(
        r"2\.1\.10/(delete-oldest|info-newer|mount-newest|repolist-(deleted|older))",
        "Borg isn't given what this version of it refuses",
        r"commands: .* != \[\]|exit: did well != failed|refused: BP414 ",
    ),
    Rule(
        r"2\.1\.10/(extract|mount)-two-repositories(@.*)?",
        "two repositories have no room in one place",
        r"commands: .* != \[\]|exit: did well != failed|refused: BP419 ",
    ),
    Rule(
        r"2\.1\.10/delete-sort-by(@.*)?",
        "a whole repository isn't deleted by leaving something out",
        r"commands: .* != \[\]|exit: did well != failed|refused: BP413 ",
    ),
    Rule(
        r"2\.1\.10/(u?mount)-dry-run(@.*)?",
        "a dry run changes nothing",
        r"commands: \[.*'u?mount'\] != ",
    ),
    Rule(
        r"2\.1\.10/(repoinfo|repolist)-extra-options",
        "`extra_borg_options` for these are followed with Borg 1, too",
        r"(info|list) unknown: \(\) != ",
    ),
    Rule(
        r"2\.1\.10/info-name-format-of-borg",
        "archives of an earlier Borg are found",
        r"info archive_filter: ",
    ),
    Rule(
        r"2\.1\.10/repocreate-exists-(mode|id-hash)-mismatch",
        "another encryption is found when Borg is asked, before there is a plan (BP422)",
        _RUNS + "|exit: failed != did well",
    ),
)


class Refusal(NamedTuple):
    """`says`: a pattern for what borgplan says that it doesn't have; `vectors`: as those of a rule."""

    says: str
    vectors: str
    reason: str

    def covers(self, vector: str, missing: tuple[str, ...]) -> bool:
        return re.fullmatch(self.vectors, vector) is not None and all(
            re.fullmatch(self.says, name) for name in missing
        )


_SHOWS_SECRETS = "a log is no place for a passphrase"
# What borgplan refuses by name, before anything runs.
REFUSED = (
    Refusal(
        "databases with Borg 2", r"2\.1\.10/stream-.*", "Borg 2 has no name that hides an archive"
    ),
    Refusal("debug_passphrase", r"2\.1\.10/env-.*", _SHOWS_SECRETS),
)
