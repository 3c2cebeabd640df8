#!/bin/sh
# prune, compact, create and check on 2 repositories of 1 configuration file: 12 commands (4 hooks).
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
    'R /home/example/shop'

# Borg's environment.
with_1() (
    export BORG_EXIT_CODES=legacy
    exec "$@"
)

recover_2() {
    # 11  `rm -f ~/shop.stopped && echo " ... p runs again, after a failure"` (shop.yaml:23); stopped after 5 min
    step=11
    sh -c 'rm -f ~/shop.stopped && echo "the shop runs again, after a failure"' || return
    # 12  `echo "the shop's backup failed {error}" >> ~/alerts.log` (shop.yaml:24); stopped after 5 min
    step=12
    sh -c 'echo "the shop'"'"'s backup failed ${BORGPLAN_ERROR}" >> ~/alerts.log' || return
}

# everything

# configuration policies/shop.yaml
open="recover_2"
# 1  `touch ~/shop.stopped && echo "the shop is stopped"` (shop.yaml:17); stopped after 5 min
step=1
sh -c 'touch ~/shop.stopped && echo "the shop is stopped"'

# repository /home/example/backups/shop.borg (near)

# action prune
# 2  borg prune of near (shop.yaml:8)
step=2
with_1 borg prune --keep-daily 7 --keep-weekly 4 --glob-archives '{hostname}-[0-9][0-9][0-9][0-9]-[0-9][0-9]-[0-9][0-9]T[0-9][0-9]:[0-9][0-9]:[0-9][0-9].[0-9][0-9][0-9][0-9][0-9][0-9]' --log-json --list /home/example/backups/shop.borg || warning $? 1-1

# action compact
# 3  borg compact of near (shop.yaml:8)
step=3
with_1 borg compact --log-json --info /home/example/backups/shop.borg || warning $? 1-1

# action create
# 4  borg create of near (shop.yaml:8)
step=4
with_1 borg create --patterns-from "$scratch"/s1 --log-json --json '/home/example/backups/shop.borg::{hostname}-{now:%Y-%m-%dT%H:%M:%S.%f}' || warning $? 1-1

# action check
# 5  borg check of near (shop.yaml:8)
step=5
with_1 borg check --glob-archives '{hostname}-[0-9][0-9][0-9][0-9]-[0-9][0-9]-[0-9][0-9]T[0-9][0-9]:[0-9][0-9]:[0-9][0-9].[0-9][0-9][0-9][0-9][0-9][0-9]' --log-json /home/example/backups/shop.borg

# repository /home/example/backups/shop-far.borg (far)

# action prune
# 6  borg prune of far (shop.yaml:10)
step=6
with_1 borg prune --keep-daily 7 --keep-weekly 4 --glob-archives '{hostname}-[0-9][0-9][0-9][0-9]-[0-9][0-9]-[0-9][0-9]T[0-9][0-9]:[0-9][0-9]:[0-9][0-9].[0-9][0-9][0-9][0-9][0-9][0-9]' --log-json --list /home/example/backups/shop-far.borg || warning $? 1-1

# action compact
# 7  borg compact of far (shop.yaml:10)
step=7
with_1 borg compact --log-json --info /home/example/backups/shop-far.borg || warning $? 1-1

# action create
# 8  borg create of far (shop.yaml:10)
step=8
with_1 borg create --patterns-from "$scratch"/s1 --log-json --json '/home/example/backups/shop-far.borg::{hostname}-{now:%Y-%m-%dT%H:%M:%S.%f}' || warning $? 1-1

# action check
# 9  borg check of far (shop.yaml:10)
step=9
with_1 borg check --glob-archives '{hostname}-[0-9][0-9][0-9][0-9]-[0-9][0-9]-[0-9][0-9]T[0-9][0-9]:[0-9][0-9]:[0-9][0-9].[0-9][0-9][0-9][0-9][0-9][0-9]' --log-json /home/example/backups/shop-far.borg
# 10  `rm -f ~/shop.stopped && echo "the shop runs again"` (shop.yaml:20); stopped after 5 min
step=10
sh -c 'rm -f ~/shop.stopped && echo "the shop runs again"'
