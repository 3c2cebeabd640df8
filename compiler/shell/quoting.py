"""A value or a variable as a part of one word of a shell, for the quotes that it stands in."""

from __future__ import annotations

import re
import shlex


def quoted(value: str, quoting: str) -> str:
    """`value` written so that it stands for itself inside these quotes."""
    if quoting == "'":
        return value.replace("'", "'\\''")
    if quoting == '"':
        return re.sub(r'([\\$"`])', r"\\\1", value)
    return shlex.quote(value)


def expanded(variable: str, quoting: str) -> str:
    """`${NAME}` written so that its value is a part of one word."""
    return {"": f'"{variable}"', '"': variable, "'": f"'\"{variable}\"'"}[quoting]
