"""Commands that tell somebody something: mail, chat, a monitoring service."""

from __future__ import annotations

from ..support.regex import lazily
from .behind import SHELLS, behind
from .lexer import Words, program

# Their work is to tell; nothing else can be meant.
_TELLERS = frozenset(
    ("mail", "mailx", "s-nail", "mutt", "neomutt", "sendmail", "msmtp", "ssmtp", "swaks", "notify-send", "ntfy",
     "apprise", "telegram-send", "mosquitto_pub", "matrix-commander", "signal-cli", "gotify", "pushover",
     "zenity", "kdialog", "xmessage", "wall", "terminal-notifier", "healthchecks", "hc", "slack", "slacktee",
     "sendxmpp", "go-sendxmpp", "shoutrrr", "pb", "dunstify", "kdeconnect-cli", "nc-talk", "zabbix_sender")
)  # fmt: skip
ASKING = frozenset(("curl", "wget", "wget2", "http", "https", "httpie", "xh", "xhs"))
# A script or a unit that is called so tells, too.
_NAMED_SO = lazily(
    r"(?i)notif|telegram|discord|slack|ntfy|gotify|pushover|apprise|healthchecks|hc-ping|alert|alarm|"
    r"(?<![a-z])(?:mail|email|sendmail|heartbeat|webhook|matrix|sms)(?![a-z])"
)
_PLACE = lazily(
    r"(?i)hc-ping\.com|healthchecks|cronitor|cronhub|deadmanssnitch|nosnch\.in|betteruptime|betterstack|"
    r"uptime|heartbeat|watchgoose|ntfy|gotify|pushover|pushbullet|simplepush|prowlapp|ifttt|opsgenie|"
    r"pagerduty|sentry|discord(?:app)?\.com/api|hooks?\.slack|slack\.com|api\.telegram|/bot\d+|mattermost|"
    r"zulip|rocketchat|webhook|/hooks/|_matrix/|office\.com|chat\.googleapis|signal|api/push|/ping(?:/|\b)|"
    r"/notify|/notification|/message\b|/alert|[/?=](?:start|begin|state=run)\b"
)
_PATH_OF_ID = lazily(r"://[^\s/]+/\S*[0-9a-fA-F]{8}-[0-9a-fA-F]{4}-[0-9a-fA-F]{4}-")
_SAYS = lazily(
    r"(?i)[\"'](?:content|text|message|msg|title|body|chat_id|topic|username)[\"']\s*:|\b(?:chat_id|text|"
    r"message|title|payload)=|\A(?:title|priority|tags):|\b(?:backup|borg(?:matic)?)\b.*\b(?:start|begin|run|launch)"
    r"|\b(?:start|begin|running|launch)\w*\b.*\b(?:backup|borg(?:matic)?)\b"
)
_INTERPRETERS = lazily(r"(?:python|perl|ruby|node|php|lua)[\d.]*")
_MOST = 1000  # characters of a word that are read
_SAVING = lazily(r"-[a-zA-Z]*[oOJ]|--output(?:-document|-dir)?|--remote-name(?:-all)?|--download")
_NOWHERE = frozenset(("/dev/null", "-", "-O-", "-qO-", "-O/dev/null", "-qO/dev/null"))
_UPLOADING = frozenset(("-T", "--upload-file"))


def tells(words: Words) -> bool:
    """Whether a simple command is there to tell somebody something, and nothing else."""
    words = behind(words)
    if not words:
        return False
    name = program(words[0])
    if name in SHELLS or _INTERPRETERS.fullmatch(name):
        name = program(next((word for word in words[1:] if not word.startswith("-")), ""))
    if name in _TELLERS or (name not in ASKING and _NAMED_SO.search(name)):
        return True
    if name in ASKING:
        return _is_message(words)
    starts_unit = name in ("systemctl", "service") and any(
        word in ("start", "restart") for word in words
    )
    return starts_unit and any(_NAMED_SO.search(word) for word in words[1:])


def fetches(words: Words) -> bool:
    """Whether a request to the web is for what it answers, which is kept, and not for being made."""
    words = behind(words)
    if not words or program(words[0]) not in ASKING:
        return False
    name = program(words[0])
    if name.startswith("wget"):
        named = any(word.startswith(("-O", "--output-document")) for word in words)
        nowhere = any(word in _NOWHERE or word.endswith("=/dev/null") for word in words)
        sends = any(word.startswith(("--post", "--spider")) for word in words)
        return not (nowhere or sends) and (named or not any(map(_goes_to_place, words[1:])))
    for at, word in enumerate(words):
        if _SAVING.fullmatch(word.partition("=")[0]):
            target = word.partition("=")[2] or next(iter(words[at + 1 :]), "")
            if target not in ("/dev/null", "-"):
                return True
    return False


def _is_message(words: Words) -> bool:
    """Whether a request to the web goes where messages go, or says something."""
    if fetches(words) or _UPLOADING.intersection(words):
        return False
    return any(_goes_to_place(word) or _SAYS.search(word[:_MOST]) for word in words[1:])


def _goes_to_place(word: str) -> bool:
    if "/" not in word and "." not in word:
        return False
    word = word[:_MOST]
    return bool(_PATH_OF_ID.search(word) or _PLACE.search(word))
