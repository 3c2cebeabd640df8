#!/bin/sh
# prune, create and check on 2 repositories of 1 configuration file: 10 commands (3 hooks).
#
# Written by `borgplan plan --script`: the same commands in the same order. What `borgplan apply` does and this
# script doesn't:
# - After a failure it runs cleanups and error hooks, and ends; `apply` continues with the next repository or file.
# - No journal, no `recover` or `resume`; no locks between runs; no retries, time limits or parallel runs.
# - Exit code 75 of a hook ends the script without an error, after the cleanups.
# - Borg's evidence isn't read: an archive counts as made if Borg ends with 0 or a warning.
# - No messages to monitoring services, no dates of checks, no logs, no masks over secrets in what is printed.
# shellcheck disable=SC2016,SC2089,SC2090  # what is in quotes is meant literally
# shellcheck disable=SC2034  # some values are for steps that aren't done
# shellcheck disable=SC2030,SC2031  # variables are for one command
# shellcheck disable=SC2317,SC2329  # functions below are called by their names in $open
set -eu

stop() { printf '%s\n' "$*" >&2; exit 2; }
omitted() { printf 'step %s is not done by this script: %s\n' "$1" "$2" >&2; }

# warning CODE FIRST-LAST...: whether an exit code is only a warning.
warning() {
    code=$1
    shift
    for range in "$@"; do
        [ "$code" -lt "${range%-*}" ] || [ "$code" -gt "${range#*-}" ] || return 0
    done
    return "$code"
}

# the value of encryption_passphrase in two-repositories.yaml
secret_1=${BORGPLAN_SECRET_1-}; unset BORGPLAN_SECRET_1
[ -n "$secret_1" ] || stop 'set BORGPLAN_SECRET_1 to the value of encryption_passphrase in two-repositories.yaml'
# Late values: in a script they are empty, but for the error.
BORGPLAN_ERROR=; export BORGPLAN_ERROR
BORGPLAN_REPOSITORY=; export BORGPLAN_REPOSITORY
scratch=$(mktemp -d "${TMPDIR:-/tmp}/borgplan-script.XXXXXX")
step=0
open=  # what has to run after a failure, the innermost first

ended() {
    code=$?
    trap - EXIT
    trap '' HUP INT TERM
    set +e
    if [ "$code" -ne 0 ]; then
        BORGPLAN_ERROR="step $step ended with exit code $code"
        export BORGPLAN_ERROR
        [ "$code" -eq 75 ] || printf '%s\n' "$BORGPLAN_ERROR" >&2
        for undo in $open; do "$undo"; done
    fi
    rm -rf "$scratch"
    [ "$code" -ne 75 ] || code=0
    exit "$code"
}
trap ended EXIT
trap 'exit 129' HUP
trap 'exit 130' INT
trap 'exit 143' TERM

printf '%s\n' > "$scratch"/s1 \
    'R /home/example/documents'

# Borg's environment.
with_1() (
    unset BORG_NEW_PASSPHRASE BORG_PASSCOMMAND BORG_PASSPHRASE
    export BORG_EXIT_CODES=legacy
    export BORG_PASSPHRASE_FD=9
    exec "$@" 9<<END
$secret_1
END
)

recover_2() {
    # 10  `echo "{error}, repository {repository}" >> ~/alerts.log` (two-repositories.yaml:30)
    step=10
    sh -c 'echo "${BORGPLAN_ERROR}, repository ${BORGPLAN_REPOSITORY}" >> ~/alerts.log' || return
}

# everything

# configuration two-repositories.yaml
open="recover_2"
# 1  `echo "once, before both repositories"` (two-repositories.yaml:26)
step=1
sh -c 'echo "once, before both repositories"'

# repository /home/example/backups/near.borg

# action prune
# 2  borg prune of /home/example/backups/near.borg (two-repositories.yaml:6)
step=2
with_1 borg prune --lock-wait 5 --keep-hourly 24 --keep-daily 7 --glob-archives '{hostname}-[0-9][0-9][0-9][0-9]-[0-9][0-9]-[0-9][0-9]T[0-9][0-9]:[0-9][0-9]:[0-9][0-9].[0-9][0-9][0-9][0-9][0-9][0-9]' --log-json --list /home/example/backups/near.borg || warning $? 1-1
# 3  borg compact of /home/example/backups/near.borg (two-repositories.yaml:6)
step=3
with_1 borg compact --lock-wait 5 --log-json --info /home/example/backups/near.borg || warning $? 1-1

# action create
# 4  borg create of /home/example/backups/near.borg (two-repositories.yaml:6)
step=4
with_1 borg create --patterns-from "$scratch"/s1 --exclude-if-present .nobackup --lock-wait 5 --log-json --json '/home/example/backups/near.borg::{hostname}-{now:%Y-%m-%dT%H:%M:%S.%f}' || warning $? 1-1

# action check
# 5  borg check of /home/example/backups/near.borg (two-repositories.yaml:6)
step=5
with_1 borg check --repository-only --log-json --lock-wait 5 /home/example/backups/near.borg || warning $? 1-1

# repository /home/example/backups/far.borg

# action prune
# 6  borg prune of /home/example/backups/far.borg (two-repositories.yaml:7)
step=6
with_1 borg prune --lock-wait 5 --keep-hourly 24 --keep-daily 7 --glob-archives '{hostname}-[0-9][0-9][0-9][0-9]-[0-9][0-9]-[0-9][0-9]T[0-9][0-9]:[0-9][0-9]:[0-9][0-9].[0-9][0-9][0-9][0-9][0-9][0-9]' --log-json --list /home/example/backups/far.borg || warning $? 1-1
# 7  borg compact of /home/example/backups/far.borg (two-repositories.yaml:7)
step=7
with_1 borg compact --lock-wait 5 --log-json --info /home/example/backups/far.borg || warning $? 1-1

# action create
# 8  borg create of /home/example/backups/far.borg (two-repositories.yaml:7)
step=8
with_1 borg create --patterns-from "$scratch"/s1 --exclude-if-present .nobackup --lock-wait 5 --log-json --json '/home/example/backups/far.borg::{hostname}-{now:%Y-%m-%dT%H:%M:%S.%f}' || warning $? 1-1
# 9  `echo "once, after both, if nothing failed"` (two-repositories.yaml:28)
step=9
sh -c 'echo "once, after both, if nothing failed"'
