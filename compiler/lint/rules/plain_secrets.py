"""Secrets that stand in a configuration as they are."""

from __future__ import annotations

from ...config.model import Configuration
from ...driver.compile import Compilation
from ...source.diagnostic import Diagnostics
from ...source.host import Host
from ...support.regex import lazily
from ..rule import Rule
from .written import written

# Words of examples. A text of nothing else is a placeholder, and so is one that says what is to stand there.
_WORDS = (
    r"change|replace|insert|enter|put|set|add|choose|pick|generate|use|fill|type|paste|edit|modify|me|this|it|in|here|goes|"
    r"your|my|our|the|a|an|is|of|to|with|by|and|or|some|any|new|old|own|very|long|strong|secure|safe|super|"
    r"really|complicated|random|good|better|unique|existing|actual|real|placeholder|example|sample|dummy|demo|test|testing|fake|"
    r"todo|fixme|tbd|none|null|nil|empty|unset|undefined|redacted|removed|hidden|secret|s3cr3t|password|passwort|"
    r"passwd|passw0rd|p@ssw0rd|pass|phrase|key|backup|backups|borg|borgmatic|repo|repository|encryption|encrypt|value|"
    r"text|string|qwerty|foo|bar|baz|blah?|admin|root|letmein|"
    r"user|vault|variable|now|please|must|be|thing|something|anything|server|storage|default|changed|dont|not|do|no|"
    r"abc|abcd|abcdef|xyz|asdf"
)
_PLACEHOLDER = lazily(
    rf"(?i)(?:(?:{_WORDS}|(?<!\d)\d{{1,4}}(?!\d)|(?<!\d)1234\d*(?!\d))[-_ .!?',:;()/\[\]]*)+"
    r"|<.*>|\[.*\]|\{\w*\}|%[A-Z_]+%|@@?[A-Z_]+@@?|__\w+__|(.)\1{2,}|[x*.?-]+|\u2022+|[x*]{3,}(?:[-_ ][x*]{3,})*"
    r"|.*(?:change[-_ ]?me|replace[-_ ]?(?:me|this|with)|your[-_ ].*(?:pass|secret|key)|"
    r"(?:pass|phrase|password|secret)[-_ ]?(?:goes[-_ ])?here).*"
)
_GIVEN = ("${", "{credential ", "{{", "{%")
_LONGEST = 100  # the search takes time that doubles with some words
_JOINT = lazily(r"(?<=[a-z])(?=[A-Z])")
_PATH = lazily(r"(?:~|\$HOME)?/[\w.-]+(?:/[\w.-]+)+|\$\(.*\)|`.*`|cat /.*|pass show .*|\$\w+")


def plain_secrets(compilation: Compilation, _host: Host, diagnostics: Diagnostics) -> None:
    """BP610: a passphrase. BP611: the placeholder of one. BP615: no passphrase, but where it is."""
    for configuration in compilation.configurations:
        setting = configuration.settings.by_key.get("encryption_passphrase")
        if setting is None or not setting.value:
            continue
        text = written(compilation, setting.span)
        if _is_filled_in(text, configuration):
            continue
        if _PATH.fullmatch(str(setting.value)):
            diagnostics.warning(
                "BP615",
                "this passphrase looks like a file name or a command, but it is used literally",
                setting.span,
                'use "{credential file PATH}" or `encryption_passcommand`',
            )
        elif is_placeholder(str(setting.value)):
            diagnostics.warning(
                "BP611",
                "this passphrase is a well-known placeholder from examples",
                setting.span,
                "choose another; `borg key change-passphrase` changes it in a repository",
            )
        else:
            diagnostics.note(
                "BP610",
                "the passphrase is stored in plain text in this file and every copy of it",
                setting.span,
                'store it separately: "{credential file /etc/borgmatic/passphrase}"',
            )


def _is_filled_in(text: str, configuration: Configuration) -> bool:
    """Whether a variable, a credential, a constant, or what makes files of templates gives the passphrase."""
    constants = (f"{{{name}}}" for name in configuration.constants)
    return any(name in text for name in (*_GIVEN, *constants))


def is_placeholder(text: str) -> bool:
    """Whether a passphrase is what stands in examples, `YourPassphraseHere` too."""
    if len(text) > _LONGEST:
        return False
    apart = _JOINT.sub(" ", text)
    return any(_PLACEHOLDER.fullmatch(one.strip()) for one in (text, apart))


RULES = (Rule(("BP610", "BP611", "BP615"), plain_secrets),)
