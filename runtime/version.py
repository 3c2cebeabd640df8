"""The version, here once; the package's metadata takes it from this file."""

VERSION = "0.1.0"
