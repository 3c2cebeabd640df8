#!/bin/sh
# prune, create and check on 1 repository of 1 configuration file: 10 commands (4 hooks).
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
    'R /home/example/dumps'

# Borg's environment.
with_1() (
    unset BORG_NEW_PASSPHRASE BORG_PASSPHRASE BORG_PASSPHRASE_FD
    export BORG_EXIT_CODES=legacy
    export BORG_PASSCOMMAND='printf %s phrase-from-a-command'
    exec "$@"
)

recover_2() {
    # 9  `rm -f ~/dumps/accounts.sql` (dump.yaml:29)
    step=9
    ( umask 0077; sh -c 'rm -f ~/dumps/accounts.sql' ) || return
    # 10  `echo "dump of {configuration_f ... {repository})" >> ~/alerts.log` (dump.yaml:30)
    step=10
    ( umask 0077; sh -c 'echo "dump of dump.yaml: ${BORGPLAN_ERROR} (${BORGPLAN_REPOSITORY})" >> ~/alerts.log' ) || return
}

# everything

# configuration dump.yaml
open="recover_2"
# 1  `mkdir -p ~/dumps && echo "inse ... es (1)" > ~/dumps/accounts.sql` (dump.yaml:25)
step=1
( umask 0077; sh -c 'mkdir -p ~/dumps && echo "insert into accounts values (1)" > ~/dumps/accounts.sql' )

# repository /home/example/backups/dump.borg

# action prune
# 2  borg prune of /home/example/backups/dump.borg (dump.yaml:6)
step=2
with_1 borg prune --keep-daily 14 --glob-archives 'dump-*' --log-json --list /home/example/backups/dump.borg || warning $? 1-1
# 3  borg compact of /home/example/backups/dump.borg (dump.yaml:6)
step=3
with_1 borg compact --log-json --info /home/example/backups/dump.borg || warning $? 1-1

# action create
# 4  borg create of /home/example/backups/dump.borg (dump.yaml:6)
step=4
with_1 borg create --patterns-from "$scratch"/s1 --log-json --json '/home/example/backups/dump.borg::dump-{now:%Y-%m-%dT%H:%M:%S.%f}' || warning $? 1-1

# action check
# 5  borg check of /home/example/backups/dump.borg (dump.yaml:6)
step=5
with_1 borg check --repository-only --log-json /home/example/backups/dump.borg || warning $? 1-1
# 6  borg list of /home/example/backups/dump.borg (dump.yaml:6)
step=6
value_1=$(with_1 borg list --short --last 1 /home/example/backups/dump.borg) || warning $? 1-1
value_1=$(printf '%s\n' "$value_1" | tail -n 1)
# 7  borg extract of /home/example/backups/dump.borg (dump.yaml:6)
step=7
if [ -z "$value_1" ]; then true; else with_1 borg extract --dry-run --log-json /home/example/backups/dump.borg::"$value_1" || warning $? 1-1; fi
# 8  `rm ~/dumps/accounts.sql` (dump.yaml:27)
step=8
( umask 0077; sh -c 'rm ~/dumps/accounts.sql' )
