"""For stand-ins of Borg in shell: what `borg create` says of its archive, without which no backup counts."""

from __future__ import annotations

# Said at the end, unless the stand-in fails by then; 1 is a warning, which Borg has a word for.
MADE = r"""
trap '
    code=$?
    [ $code != 1 ] || echo "{\"type\": \"log_message\", \"levelname\": \"WARNING\", \"message\": \"odd\"}" >&2
    case "$code $1 $*" in [01]" create "*--json*) echo "{\"archive\": {\"name\": \"made\"}}" ;; esac
' EXIT
"""
