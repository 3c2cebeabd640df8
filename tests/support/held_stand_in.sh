#!/bin/sh
# A stand-in for `borg` and `hook` that can be stopped at: notes what it was started as and ends as the
# line of its number in `ends` says. A line `hold CODE` makes it report itself and wait to be told to go on.
# Builtins only, so that thousands of runs take no time.
name=${0##*/}
[ "$name $*" = "borg --version" ] && { echo borg 1.4.0; exit; }
number=0
while read -r _; do number=$((number + 1)); done < "$LAB_STATE/begun"
printf '%s\0' "$#" "$name" "$(umask)" "$@" >> "$LAB_STATE/ran"
echo >> "$LAB_STATE/begun"
while read -r end && [ "$number" -gt 0 ]; do number=$((number - 1)); done < "$LAB_STATE/ends"
for word; do
    case $name$word in
        borg-*) ;;
        borglist) echo lab-2024-02-03T04:05:06; break ;;
        *) break ;;
    esac
done
# What Borg says where it has done its work, or only warns.
report() {
    case $name in borg) ;; *) return ;; esac
    case "$1 $words" in
        [01]" create "*--json*) echo '{"archive": {"name": "lab-2024-02-03T04:05:06"}}' ;;
    esac
    case "$1 $words" in
        1" "*--log-json*) echo '{"type": "log_message", "levelname": "WARNING", "message": "odd"}' >&2 ;;
    esac
}
words=$*
case $end in
    hold*)
        echo $$ > "$LAB_STATE/ready"
        read -r _ < "$LAB_STATE/go"
        report "${end#hold }"
        exit "${end#hold }"
        ;;
    kill*) kill "-${end#kill }" $$ ;;
esac
report "${end:-0}"
exit "${end:-0}"
