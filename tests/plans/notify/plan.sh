#!/bin/sh
# create, prune, compact and check on 2 repositories of 1 configuration file: 15 commands (0 hooks).
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
    'R /home/example/photos'
printf '%s\n' > "$scratch"/s4 \
    'R '"$scratch"/s2/./borgmatic/bootstrap \
    '+ pp:'"$scratch"/s2/./borgmatic/bootstrap \
    'R /etc/borgmatic/notify/photos.yaml' \
    '+ pp:/etc/borgmatic/notify/photos.yaml'
mkdir -p "$scratch"/s2
mkdir -p "$scratch"/s2/borgmatic/bootstrap
printf '%s\n' > "$scratch"/s2/borgmatic/bootstrap/manifest.json \
    '{"borgmatic_version": "2.1.10", "config_paths": ["/etc/borgmatic/notify/photos.yaml"]}'

# Borg's environment.
with_1() (
    export BORG_EXIT_CODES=modern
    exec "$@"
)

# everything

# configuration notify/photos.yaml

# repository /home/example/backups/photos.borg (near)

# action create
# 1  borg create of near (photos.yaml:6)
step=1
with_1 borg create --patterns-from "$scratch"/s4 --patterns-from "$scratch"/s1 --log-json --json '/home/example/backups/photos.borg::{hostname}-{now:%Y-%m-%dT%H:%M:%S.%f}' || warning $? 1-1 100-125

# action prune
# 2  borg prune of near (photos.yaml:6)
step=2
with_1 borg prune --keep-daily 7 --glob-archives '{hostname}-[0-9][0-9][0-9][0-9]-[0-9][0-9]-[0-9][0-9]T[0-9][0-9]:[0-9][0-9]:[0-9][0-9].[0-9][0-9][0-9][0-9][0-9][0-9]' --log-json --list /home/example/backups/photos.borg || warning $? 1-1 100-125

# action compact
# 3  borg compact of near (photos.yaml:6)
step=3
with_1 borg compact --log-json --info /home/example/backups/photos.borg || warning $? 1-1 100-125

# action check
# 4  borg check of near (photos.yaml:6)
step=4
with_1 borg check --glob-archives '{hostname}-[0-9][0-9][0-9][0-9]-[0-9][0-9]-[0-9][0-9]T[0-9][0-9]:[0-9][0-9]:[0-9][0-9].[0-9][0-9][0-9][0-9][0-9][0-9]' --log-json /home/example/backups/photos.borg || warning $? 1-1 100-125

# repository /home/example/backups/photos-away.borg (away)

# action create
# 5  borg create of away (photos.yaml:8)
step=5
with_1 borg create --patterns-from "$scratch"/s4 --patterns-from "$scratch"/s1 --log-json --json '/home/example/backups/photos-away.borg::{hostname}-{now:%Y-%m-%dT%H:%M:%S.%f}' || warning $? 1-1 100-125

# action prune
# 6  borg prune of away (photos.yaml:8)
step=6
with_1 borg prune --keep-daily 7 --glob-archives '{hostname}-[0-9][0-9][0-9][0-9]-[0-9][0-9]-[0-9][0-9]T[0-9][0-9]:[0-9][0-9]:[0-9][0-9].[0-9][0-9][0-9][0-9][0-9][0-9]' --log-json --list /home/example/backups/photos-away.borg || warning $? 1-1 100-125

# action compact
# 7  borg compact of away (photos.yaml:8)
step=7
with_1 borg compact --log-json --info /home/example/backups/photos-away.borg || warning $? 1-1 100-125

# action check
# 8  borg check of away (photos.yaml:8)
step=8
with_1 borg check --glob-archives '{hostname}-[0-9][0-9][0-9][0-9]-[0-9][0-9]-[0-9][0-9]T[0-9][0-9]:[0-9][0-9]:[0-9][0-9].[0-9][0-9][0-9][0-9][0-9][0-9]' --log-json /home/example/backups/photos-away.borg || warning $? 1-1 100-125
# 9  the message finish to healthchecks (borgplan.yaml:2)
#   POST https://hc-ping.com/…d9aa
omitted 9 'it is a message'
# 11  the message finish to ntfy (borgplan.yaml:8)
#   POST https://ntfy.sh/
omitted 11 'it is a message'
