#!/bin/sh
# A stand-in of Borg that tells how far it is and waits there, so that what is to be seen then can be looked at.
[ "$1" = --version ] && echo "borg 1.4.0" && exit
for word; do case $word in "$LAB"/repo/*) name=${word#"$LAB"/repo/}; name=${name%%:*} ;; esac; done
case "$*" in *--progress*) watched=yes ;; *) watched= ;; esac
echo "$1 $name $watched" >> "$LAB/trace"
progress() {
    [ -z "$watched" ] || echo "{\"type\": \"archive_progress\", \"nfiles\": $1, \"original_size\": $2, \"compressed_size\": $3, \"deduplicated_size\": $4, \"path\": \"$5\", \"time\": 1.0}" >&2
}
percent() {
    [ -z "$watched" ] || echo "{\"type\": \"progress_percent\", \"operation\": 1, \"msgid\": \"x\", \"message\": \"$1 $2%\", \"current\": $2, \"total\": 100, \"finished\": false, \"time\": 1.0}" >&2
}
waits() {
    [ ! -p "$LAB/go-$1" ] || read -r word < "$LAB/go-$1"
}
case $1 in
create)
    progress 1204 4520000000 3010000000 1260000000 "srv/www/example.org/uploads/2026/11/28/originals/a-picture-with-a-long-name-0001.jpeg"
    waits "create-$name"
    if [ "$name" = "$FAILS" ]; then
        echo '{"type": "log_message", "levelname": "ERROR", "name": "borg.archiver", "msgid": "Repository.InsufficientFreeSpaceError", "message": "Insufficient free space to complete transaction (required: 1.2 GB, available: 3.4 MB)."}' >&2
        exit 2
    fi
    echo '{"archive": {"name": "machine-2026-11-28", "stats": {"nfiles": 2110, "original_size": 9040000000, "compressed_size": 6020000000, "deduplicated_size": 1320000000}}}'
    ;;
check)
    percent "Checking segments" 42
    waits "check-$name"
    ;;
esac
