#!/bin/sh
# prune, create and check on 1 repository of 1 configuration file: 4 commands (0 hooks).
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

# the value of encryption_passphrase in minimal.yaml
secret_1=${BORGPLAN_SECRET_1-}; unset BORGPLAN_SECRET_1
[ -n "$secret_1" ] || stop 'set BORGPLAN_SECRET_1 to the value of encryption_passphrase in minimal.yaml'
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

# everything

# configuration minimal.yaml

# repository /home/example/backups/minimal.borg

# action prune
# 1  borg prune of /home/example/backups/minimal.borg (minimal.yaml:5)
step=1
with_1 borg prune --keep-daily 7 --keep-weekly 4 --glob-archives '{hostname}-[0-9][0-9][0-9][0-9]-[0-9][0-9]-[0-9][0-9]T[0-9][0-9]:[0-9][0-9]:[0-9][0-9].[0-9][0-9][0-9][0-9][0-9][0-9]' --log-json --list /home/example/backups/minimal.borg || warning $? 1-1
# 2  borg compact of /home/example/backups/minimal.borg (minimal.yaml:5)
step=2
with_1 borg compact --log-json --info /home/example/backups/minimal.borg || warning $? 1-1

# action create
# 3  borg create of /home/example/backups/minimal.borg (minimal.yaml:5)
step=3
with_1 borg create --patterns-from "$scratch"/s1 --log-json --json '/home/example/backups/minimal.borg::{hostname}-{now:%Y-%m-%dT%H:%M:%S.%f}' || warning $? 1-1

# action check
# 4  borg check of /home/example/backups/minimal.borg (minimal.yaml:5)
step=4
with_1 borg check --glob-archives '{hostname}-[0-9][0-9][0-9][0-9]-[0-9][0-9]-[0-9][0-9]T[0-9][0-9]:[0-9][0-9]:[0-9][0-9].[0-9][0-9][0-9][0-9][0-9][0-9]' --log-json /home/example/backups/minimal.borg || warning $? 1-1
