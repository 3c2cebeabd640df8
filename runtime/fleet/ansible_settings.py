"""With which settings Ansible runs: those of who calls, but for its output, and for pipelining where nobody has chosen."""

from __future__ import annotations

import os
from collections.abc import Mapping
from configparser import ConfigParser
from configparser import Error as ConfigError

# What reads inventories without running anything that they contain.
_STATIC = "ansible.builtin.host_list,ansible.builtin.yaml,ansible.builtin.ini,ansible.builtin.toml"
_PIPELINING = ("ANSIBLE_PIPELINING", "ANSIBLE_SSH_PIPELINING")
_SECTIONS = ("defaults", "connection", "ssh_connection")


def environment(bin_folder: str, *, static: bool) -> dict[str, str]:
    """`bin_folder`: where Ansible's executables are. `static`: nothing configures Ansible."""
    found = {**os.environ, "ANSIBLE_NOCOLOR": "1", "ANSIBLE_RETRY_FILES_ENABLED": "0"}
    found["PATH"] = os.pathsep.join((bin_folder, os.environ.get("PATH", os.defpath)))
    if static:
        found = {name: text for name, text in found.items() if not name.startswith("ANSIBLE_")}
        return {**found, "ANSIBLE_CONFIG": os.devnull, "ANSIBLE_INVENTORY_ENABLED": _STATIC}
    own = os.path.abspath("ansible.cfg")
    if "ANSIBLE_CONFIG" not in found and _is_configuration(own):
        found["ANSIBLE_CONFIG"] = own  # its playbook is elsewhere
    if not _chooses_pipelining(found):
        # A module is one connection then, not four. Variables of hosts decide before it.
        found["ANSIBLE_PIPELINING"] = "True"
    return found


def _chooses_pipelining(variables: Mapping[str, str]) -> bool:
    if any(name in variables for name in _PIPELINING):
        return True
    file = _file(variables)
    found = _read(file) if file else None
    return found is not None and any(found.has_option(s, "pipelining") for s in _SECTIONS)


def _file(variables: Mapping[str, str]) -> str:
    """The file that configures Ansible; empty for none."""
    given = variables.get("ANSIBLE_CONFIG")
    if given:
        given = os.path.expanduser(given)
        return os.path.join(given, "ansible.cfg") if os.path.isdir(given) else given
    places = (os.path.expanduser("~/.ansible.cfg"), "/etc/ansible/ansible.cfg")
    return next((place for place in places if os.path.exists(place)), "")


def _is_configuration(path: str) -> bool:
    """Whether Ansible would read it from here: not in a folder that everybody may write to."""
    try:
        if os.stat(os.path.dirname(path)).st_mode & 0o002:
            return False
    except OSError:
        return False
    return _read(path) is not None


def _read(path: str) -> ConfigParser | None:
    found = ConfigParser(interpolation=None, strict=False)
    try:
        with open(path, encoding="utf-8") as file:
            found.read_file(file)
    except (OSError, ValueError, ConfigError):
        return None
    return found
