#!/bin/sh
# prune, create and check on 1 repository of 1 configuration file: 11 commands (7 hooks).
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

# the value of encryption_passphrase in service.yaml
secret_1=${BORGPLAN_SECRET_1-}; unset BORGPLAN_SECRET_1
[ -n "$secret_1" ] || stop 'set BORGPLAN_SECRET_1 to the value of encryption_passphrase in service.yaml'
# Late values: in a script they are empty, but for the error.
BORGPLAN_ERROR=; export BORGPLAN_ERROR
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
    'R /home/example/documents' \
    'R /home/example/app' \
    '! fm:*.tmp'

# Borg's environment.
with_1() (
    unset BORG_NEW_PASSPHRASE BORG_PASSCOMMAND BORG_PASSPHRASE
    export BORG_EXIT_CODES=legacy
    export BORG_PASSPHRASE_FD=9
    exec "$@" 9<<END
$secret_1
END
)

after_1() {
    # 11  `echo "backup of $(hostname) ends"` (service.yaml:40)
    step=11
    sh -c 'echo "backup of $(hostname) ends"' || return
}

recover_2() {
    # 9  `rm -f ~/app.stopped && echo "t ... e runs again, after a failure"` (service.yaml:37)
    step=9
    sh -c 'rm -f ~/app.stopped && echo "the service runs again, after a failure"' || return
    # 10  `echo "{configuration_filename}: {error}" >> ~/alerts.log` (service.yaml:38)
    step=10
    sh -c 'echo "service.yaml: ${BORGPLAN_ERROR}" >> ~/alerts.log' || return
}

# everything
# 1  `echo "backup of $(hostname) begins"` (service.yaml:29)
step=1
sh -c 'echo "backup of $(hostname) begins"'

# configuration service.yaml
open="recover_2 after_1"
# 2  `touch ~/app.stopped && echo "the service is stopped"` (service.yaml:31)
step=2
sh -c 'touch ~/app.stopped && echo "the service is stopped"'
# 3  `test ! -e ~/disk-is-full` (service.yaml:32)
step=3
sh -c 'test ! -e ~/disk-is-full'

# repository /home/example/backups/service.borg

# action prune
# 4  borg prune of /home/example/backups/service.borg (service.yaml:9)
step=4
with_1 borg prune --keep-daily 7 --keep-weekly 4 --keep-monthly 6 --glob-archives '{hostname}-[0-9][0-9][0-9][0-9]-[0-9][0-9]-[0-9][0-9]T[0-9][0-9]:[0-9][0-9]:[0-9][0-9].[0-9][0-9][0-9][0-9][0-9][0-9]' --log-json --list /home/example/backups/service.borg || warning $? 1-1
# 5  borg compact of /home/example/backups/service.borg (service.yaml:9)
step=5
with_1 borg compact --log-json --info /home/example/backups/service.borg || warning $? 1-1

# action create
# 6  borg create of /home/example/backups/service.borg (service.yaml:9)
step=6
with_1 borg create --patterns-from "$scratch"/s1 --compression zstd,3 --log-json --json '/home/example/backups/service.borg::{hostname}-{now:%Y-%m-%dT%H:%M:%S.%f}' || warning $? 1-1

# action check
# 7  borg check of /home/example/backups/service.borg (service.yaml:9)
step=7
with_1 borg check --glob-archives '{hostname}-[0-9][0-9][0-9][0-9]-[0-9][0-9]-[0-9][0-9]T[0-9][0-9]:[0-9][0-9]:[0-9][0-9].[0-9][0-9][0-9][0-9][0-9][0-9]' --log-json /home/example/backups/service.borg || warning $? 1-1
# 8  `rm ~/app.stopped && echo "the service runs again"` (service.yaml:34)
step=8
sh -c 'rm ~/app.stopped && echo "the service runs again"'
open=""
# 11  `echo "backup of $(hostname) ends"` (service.yaml:40)
step=11
sh -c 'echo "backup of $(hostname) ends"'
