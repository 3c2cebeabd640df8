"""The version, here once; the package's metadata takes it from this file."""

VERSION = "0.1.0"
HOME = "https://pypi.org/project/borgplan/"  # where people find the project; reports link to it
