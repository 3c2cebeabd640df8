#!/bin/sh
# prune, create and check on 2 repositories of 2 configuration files: 13 commands (5 hooks).
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

# the value of encryption_passphrase in everything/documents.yaml
secret_1=${BORGPLAN_SECRET_1-}; unset BORGPLAN_SECRET_1
[ -n "$secret_1" ] || stop 'set BORGPLAN_SECRET_1 to the value of encryption_passphrase in everything/documents.yaml'
# the value of encryption_passphrase in everything/pictures.yaml
secret_2=${BORGPLAN_SECRET_2-}; unset BORGPLAN_SECRET_2
[ -n "$secret_2" ] || stop 'set BORGPLAN_SECRET_2 to the value of encryption_passphrase in everything/pictures.yaml'
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
    'R /home/example/documents'
printf '%s\n' > "$scratch"/s2 \
    'R /home/example/pictures' \
    '- sh:**/thumbnails'

# Borg's environment.
with_1() (
    unset BORG_NEW_PASSPHRASE BORG_PASSCOMMAND BORG_PASSPHRASE
    export BORG_EXIT_CODES=legacy
    export BORG_PASSPHRASE_FD=9
    exec "$@" 9<<END
$secret_1
END
)

# Borg's environment.
with_2() (
    unset BORG_NEW_PASSPHRASE BORG_PASSCOMMAND BORG_PASSPHRASE
    export BORG_EXIT_CODES=legacy
    export BORG_PASSPHRASE_FD=9
    exec "$@" 9<<END
$secret_2
END
)

after_1() {
    # 13  `date > ~/last-run` (documents.yaml:20)
    step=13
    sh -c 'date > ~/last-run' || return
}

recover_7() {
    # 12  `echo "{error}" >> ~/alerts.log` (pictures.yaml:19)
    step=12
    sh -c 'echo "${BORGPLAN_ERROR}" >> ~/alerts.log' || return
}

# everything
# 1  `echo "is the backup disk there?" && mkdir -p ~/backups` (documents.yaml:16)
step=1
sh -c 'echo "is the backup disk there?" && mkdir -p ~/backups'

# configuration everything/documents.yaml
open="after_1"
# 2  `echo "documents"` (documents.yaml:18)
step=2
sh -c 'echo "documents"'

# repository /home/example/backups/documents.borg

# action prune
# 3  borg prune of /home/example/backups/documents.borg (documents.yaml:5)
step=3
with_1 borg prune --keep-daily 7 --glob-archives '{hostname}-[0-9][0-9][0-9][0-9]-[0-9][0-9]-[0-9][0-9]T[0-9][0-9]:[0-9][0-9]:[0-9][0-9].[0-9][0-9][0-9][0-9][0-9][0-9]' --log-json --list /home/example/backups/documents.borg || warning $? 1-1
# 4  borg compact of /home/example/backups/documents.borg (documents.yaml:5)
step=4
with_1 borg compact --log-json --info /home/example/backups/documents.borg || warning $? 1-1

# action create
# 5  borg create of /home/example/backups/documents.borg (documents.yaml:5)
step=5
with_1 borg create --patterns-from "$scratch"/s1 --log-json --json '/home/example/backups/documents.borg::{hostname}-{now:%Y-%m-%dT%H:%M:%S.%f}' || warning $? 1-1

# action check
# 6  borg check of /home/example/backups/documents.borg (documents.yaml:5)
step=6
with_1 borg check --glob-archives '{hostname}-[0-9][0-9][0-9][0-9]-[0-9][0-9]-[0-9][0-9]T[0-9][0-9]:[0-9][0-9]:[0-9][0-9].[0-9][0-9][0-9][0-9][0-9][0-9]' --log-json /home/example/backups/documents.borg || warning $? 1-1

# configuration everything/pictures.yaml
open="recover_7 after_1"
# 7  `echo "pictures"` (pictures.yaml:17)
step=7
sh -c 'echo "pictures"'

# repository /home/example/backups/pictures.borg

# action prune
# 8  borg prune of /home/example/backups/pictures.borg (pictures.yaml:5)
step=8
with_2 borg prune --keep-daily 7 --glob-archives '{hostname}-[0-9][0-9][0-9][0-9]-[0-9][0-9]-[0-9][0-9]T[0-9][0-9]:[0-9][0-9]:[0-9][0-9].[0-9][0-9][0-9][0-9][0-9][0-9]' --log-json --list /home/example/backups/pictures.borg || warning $? 1-1
# 9  borg compact of /home/example/backups/pictures.borg (pictures.yaml:5)
step=9
with_2 borg compact --log-json --info /home/example/backups/pictures.borg || warning $? 1-1

# action create
# 10  borg create of /home/example/backups/pictures.borg (pictures.yaml:5)
step=10
with_2 borg create --patterns-from "$scratch"/s2 --log-json --json '/home/example/backups/pictures.borg::{hostname}-{now:%Y-%m-%dT%H:%M:%S.%f}' || warning $? 1-1

# action check
# 11  borg check of /home/example/backups/pictures.borg (pictures.yaml:5)
step=11
with_2 borg check --glob-archives '{hostname}-[0-9][0-9][0-9][0-9]-[0-9][0-9]-[0-9][0-9]T[0-9][0-9]:[0-9][0-9]:[0-9][0-9].[0-9][0-9][0-9][0-9][0-9][0-9]' --log-json /home/example/backups/pictures.borg || warning $? 1-1
open=""
# 13  `date > ~/last-run` (documents.yaml:20)
step=13
sh -c 'date > ~/last-run'
