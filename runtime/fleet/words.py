"""The words of `borgplan fleet`: its verbs and options."""

from __future__ import annotations

import argparse

from ..cli.options.common import actions_in, add_color, duration_in, number_in
from .windows import window_in

VERBS = {
    "plan": "show the plans of all hosts on one page; -o DIR saves them",
    "apply": "run the plans that `plan -o DIR` saved, each on its host",
    "recover": "run the outstanding cleanups of all hosts, on the hosts",
    "status": "show the last run of each host, what runs, and what is outstanding or overdue",
    "diff": "show what changes in the plans of all hosts since revision REV of the repository of --root",
    "lint": "check the configurations of all hosts; the same finding on several hosts is shown once",
    "policy": "evaluate the policies of a file on the plans of all hosts",
}
WITH_FOLDER = ("apply", "recover", "status", "diff", "policy")
_MOST = 10_000  # hosts at once


def configure(parser: argparse.ArgumentParser) -> None:
    add = parser.add_argument
    add("verb", metavar="VERB", choices=[*VERBS],
        help="; ".join(f"{verb}: {text}" for verb, text in VERBS.items()))  # fmt: skip
    add("folder", nargs="?", default="", metavar="DIR|REV|FILE",
        help="with apply, status and recover: the directory that `plan -o DIR` wrote; with diff: a git revision; with policy: a file")  # fmt: skip
    add("-i", "--inventory", action="append", default=[], metavar="INVENTORY",
        help="Ansible inventory: a file, a directory or a list of hosts with a comma; repeatable")  # fmt: skip
    add("--limit", default="", metavar="PATTERN",
        help="only the hosts that match this pattern of Ansible")  # fmt: skip
    add("--forks", type=number_in(_MOST), default=0, metavar="N",
        help="connect to at most N hosts in parallel (default: as Ansible is configured)")  # fmt: skip
    add("--facts-dir", default="", metavar="DIR",
        help="use the facts in DIR/HOST.json, and HOST.history.json beside it, and connect to no host")  # fmt: skip
    add("--root", default="", metavar="DIR",
        help="look for files with absolute paths below DIR/HOST, then below DIR/all, before the facts")  # fmt: skip
    add("--untrusted", action="store_true",
        help="for untrusted changes: connect to no host, and run or obey nothing that comes with the inventory")  # fmt: skip
    add("-a", "--actions", action="append", default=[], type=actions_in, metavar="LIST",
        help="actions to run on all hosts, separated by commas (default: borgplan_actions of the host)")  # fmt: skip
    add("--semantics", default="", metavar="NAME",
        help="borgmatic release that hooks follow on all hosts")  # fmt: skip
    add("--against-semantics", default="", metavar="NAME",
        help="diff: borgmatic release for the plans after the change")  # fmt: skip
    add("--exit-code", action="store_true",
        help="diff: exit with 0 for no change, 1 for an error, 2 for changes")  # fmt: skip
    add("--jobs", type=number_in(_MOST), default=0, metavar="N",
        help="compile in at most N processes (default: one for each core)")  # fmt: skip
    add("--overdue", type=duration_in, default=26 * 3600, metavar="DURATION",
        help="report a last backup older than this (default: 26h)")  # fmt: skip
    add("--serial", type=number_in(_MOST), default=0, metavar="N",
        help="apply: run on at most N hosts in parallel (default: all)")  # fmt: skip
    add("--per-server", type=number_in(_MOST), default=0, metavar="N",
        help="apply: at most N hosts write to one repository server in parallel (default: all)")  # fmt: skip
    add("--canaries", type=number_in(_MOST), default=0, metavar="N",
        help="apply: start with the first N hosts, and with the others only if all of these succeed")  # fmt: skip
    add("--max-failures", type=number_in(_MOST), default=0, metavar="N",
        help="apply: start no other host once N have failed (default: continue)")  # fmt: skip
    add("--window", type=window_in, default=None, metavar="HH:MM-HH:MM",
        help="apply: start hosts only in this time of the day, by the clock of this machine (default: always)")  # fmt: skip
    add("--patience", type=duration_in, default=600, metavar="DURATION",
        help="apply and recover: report a host as unknown that has not answered for so long (default: 10m)")  # fmt: skip
    add("--format", choices=("text", "json", "markdown", "html"), default="text",
        help="format of the result; html needs -o and writes a page for each host (default: text)")  # fmt: skip
    add("-o", "--output", default="", metavar="DIR",
        help="save the plans, and what they were made from, in this directory")  # fmt: skip
    add_color(parser)
