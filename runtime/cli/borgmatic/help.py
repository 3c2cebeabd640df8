"""What `borgmatic` says of itself: its help, and the completion of shells."""

from __future__ import annotations

from .flags import GLOBAL, Action, Flags

_HEAD = """\
usage: borgmatic [flags] [ACTION [flags]] ...

This is borgplan, called as borgmatic: it takes the command line of borgmatic 2.1 and of older releases, and runs what
`borgplan plan` shows. Without an action: create, prune, compact and check, or what the configuration says.
`borgmatic --differences` lists where the run deliberately differs from borgmatic's.

"""


def help_text(actions: tuple[Action, ...], known: Flags) -> str:
    """Of some actions, or of all of it."""
    shown = actions or tuple(dict.fromkeys(known.actions.values()))
    common = ", ".join(name for name in GLOBAL if name.startswith("--"))
    lines = [
        f"flags: {common},\n  and every option of configuration files, as --option or --option.inner\n\n"
    ]
    for action in shown:
        names = ", ".join((action.name, *action.aliases))
        lines.append(f"{names}\n")
        lines += [
            f"    {', '.join(flag.names)}{' VALUE' if flag.takes_value else ''}\n"
            for flag in action.flags
        ]
    return _HEAD + "".join(lines)


def _words(known: Flags) -> list[tuple[str, list[str]]]:
    """The words that may stand first, and those behind each action."""
    every = dict.fromkeys(known.actions.values())
    common = [name for name in GLOBAL if name.startswith("--")]
    firsts = [*dict.fromkeys(a.name.split()[0] for a in every), *common, *known.options]
    found = [("", [word for word in firsts if "[" not in word])]
    for action in every:
        flags = [name for flag in action.flags for name in flag.names]
        found += [(name, flags) for name in (action.name, *action.aliases)]
    return found


def bash(known: Flags) -> str:
    """A script for bash that completes actions and flags."""
    (_, firsts), *others = _words(known)
    cases = "".join(
        f'            {name.split()[-1]}) words="$words {" ".join(flags)}" ;;\n'
        for name, flags in others
    )
    return (
        "_borgmatic() {\n"
        f'    local words="{" ".join(firsts)}" word\n'
        '    for word in "${COMP_WORDS[@]:1:COMP_CWORD-1}"; do\n'
        '        case "$word" in\n'
        f"{cases}"
        '            config) words="$words bootstrap generate validate show" ;;\n'
        '            key) words="$words export import change-passphrase" ;;\n'
        "        esac\n"
        "    done\n"
        '    COMPREPLY=($(compgen -W "$words" -- "${COMP_WORDS[COMP_CWORD]}"))\n'
        "}\n"
        "complete -o default -F _borgmatic borgmatic\n"
    )


def fish(known: Flags) -> str:
    """The same for fish."""
    (_, firsts), *others = _words(known)
    lines = [_fish(word, "") for word in firsts]
    for name, flags in others:
        if not name.startswith("-"):
            seen = f" -n '__fish_seen_subcommand_from {name.split()[-1]}'"
            lines += [_fish(flag, seen) for flag in flags]
    lines += [
        f"complete -c borgmatic -f -n '__fish_seen_subcommand_from {group}' -a '{words}'\n"
        for group, words in (
            ("config", "bootstrap generate validate show"),
            ("key", "export import change-passphrase"),
        )
    ]
    return "".join(lines)


def _fish(word: str, condition: str) -> str:
    if word.startswith("--"):
        return f"complete -c borgmatic{condition} -l '{word[2:]}'\n"
    if word.startswith("-"):
        return f"complete -c borgmatic{condition} -s '{word[1:]}'\n"
    return f"complete -c borgmatic -f{condition} -a '{word}'\n"
