"""SHA-256, from the interpreter's own module: `hashlib` loads OpenSSL, which takes as long as a dozen modules.

(The standard library's `random` does likewise.) An interpreter without that module has `hashlib`'s.
"""

from __future__ import annotations

from .record import TYPE_CHECKING

__all__ = ["sha256"]

if TYPE_CHECKING:
    from hashlib import sha256
else:
    try:
        from _sha256 import sha256
    except ImportError:
        try:
            from _sha2 import sha256  # Python 3.12
        except ImportError:
            from hashlib import sha256
