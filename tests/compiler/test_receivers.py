"""Which places of a hook take plain text, and which don't."""

from __future__ import annotations

import time

import pytest

from borgplan.compiler.plan.words import Late
from borgplan.compiler.shell.neutral import as_argument, as_name, as_setting, in_form
from borgplan.compiler.shell.place_kinds import Kind
from borgplan.compiler.shell.receivers import place

AS_IT_IS = (
    "echo @", "echo -n 'x @' y", 'printf "%s\\n" @', "printf '%s: %-9s' a \"@\"", "printf -- '%b' @", ": @", "case @ in x) ;; esac",
    "[ -n @ ]", "test -z '@'", '[ "@" = "no space" ]', "if [ x != @ ]; then true; fi", "jq -n --arg text @ '{text: $text}'",
    "echo @ | mail -s failed root", "echo @ | tee -a a.log | logger -t x", "printf '%s' @ | curl -d @- https://example.org",
    "jq -n --arg t @ '{t: $t}' | curl -fsS --data @- u", "{ echo a; echo @; } | mail -s x root", "(date; echo @) | mailx -s x root",
    "echo @ >&2", "echo @ >> /var/log/x 2>&1", "echo a > x.log; echo @ >> x.log", "echo @ > ~/last-error", "echo @ >> \"$HOME/trace\"", "echo @ > told", "date; echo @ > /dev/null; sh x", "set -e; echo @",
    "sh x && echo @", "docker start x; echo @ | mail -s x root", "timeout 5 echo @", "sudo -u me /usr/bin/printf %s @",
    "printf '%s' \"$(printf %s @)\"", "echo `echo @` | cat", "x=1; if true; then for y in 1 2; do echo @; done; fi",
    "case x in x) echo @;; *) true;; esac", "echo x # it's a comment | sh\necho @", "echo \\\n  @", "! echo @",
    "notify.sh @", "/opt/notify.sh --text=@ x", "echo @ | notify.sh", "/srv/send -m @", 'm="failed: @"; echo "$m"',
    "~/bin/notify.sh @", '"$HOME/bin/notify.sh" @', '"${HOME}/notify.sh" @', 'MSG=@\necho "$MSG" | mail -s x root',
)  # fmt: skip
ARGUMENTS = (
    "logger @", "logger -t borg -- @", "logger -p user.err '@'", "mail -s @ root", "mail -s'x @' root", "mail --subject=@ root",
    "curl -d @ u", "curl -fsS -m 10 --retry 5 -d 'failed: @' https://example.org/fail", "curl -F 'message=@' u",
    "curl --data-urlencode 'text=@' u", "curl -fsSd @ u", "curl https://example.org/@", "wall @", "notify-send borg @",
    "notify-send -u critical borg @", "apprise -b @ -t borg u", "mosquitto_pub -t x -m @", "timeout 10 curl -d @ u",
    "mail -s \"$(hostname): $(echo @)\" root", "nice -n 19 logger @", 'm=@; logger "$m"',
)  # fmt: skip
NAMES = (
    "docker stop @", "systemctl start @.service", "mount /dev/x @", "rm -rf @/x", "ls '@'", "[ -d @ ]", "test -e @", "echo x > @", "echo @ > x", "{ date; echo @; } >> ~/x", "echo @ | tee a.log b", "echo @ >> /etc/cron.d/log", "echo @ > bin/log", "echo @ > ~/.profile", "echo @ > log.sh", "echo @ >&3",
    "borg list @", "curl -H 'Authorization: @' u", "PGPASSWORD=@ pg_dump x", "MYSQL_PWD=@ mysqldump x", "mysqldump -p@ x > x.sql", "mail @", "printf 'in @\\n'",
    "touch @ && ls", 'repo=@; borg list "$repo"', "curl -d '{\"x\": \"@\"}' u", "cat @ | gzip > x", "zfs snapshot @",
)  # fmt: skip
NEUTRAL = (
    "unknown @", "./echo @", "~/bin/mail -s @ root", "/opt/bin/echo @", "$X @", "sh -c @", "eval @", "X=@", "BORG_RSH=@ borg list", "PATH=@ ls", "PGPASSWORD=@ unknown", "LD_PRELOAD=@ echo x", "PATH=@; echo \"$PATH\"",
    "echo @ | sh", "echo @ | unknown | cat", "echo @ | while read x; do :; done", "{ echo @; } | sh", "echo @ > x; sh x",
    "echo @ | tee x; unknown", "echo @ > >(sh)", "exec > x; echo @", "alias echo=eval; echo @", "echo() { eval \"$1\"; }; echo @",
    ". ./x; echo @", "echo @; $_", "echo @; echo \"$_\"", "echo $(sh -c @)", "x=$(echo @)", "echo @ <<E\nE", "jq --arg x `echo @` -n x", "logger $(echo @)", "[ -n `echo @` ]", "mail -s $(echo @) root", "printf @ x", "printf $(echo @)", 'printf "$(echo @)" x', 'm=@; printf "$m"', "printf ''@ x",
    "printf -v @ x", "printf '%d' @", "printf $x @", "[ @ -eq 1 ]", "[[ @ == x ]]", "test @", "[ -v @ ]", "jq @", "curl -K @", "curl -fK @",
    "docker exec x echo @", "docker run @", "docker -c @ stop x", "borg --rsh @ list", "export X=@", "for x in @; do echo \"$x\"; done",
    "echo @ | sendmail -t", "echo @ | curl -K - u", "echo @ | systemd-cat sh", "echo 'x", "echo @ )", "echo ${x:-@}", "echo $((1)) @",
    "sudo -i echo @", "env -S echo @", "time echo @", "echo @ | timeout 5 sh", 'm=@; logger $m', 'm=@; eval "$m"', "m=@; sh -c '$m'",
    'm=@; export m; echo "$m"', "@", "x@", "@ | sh", "command eval @", "trap 'eval \"$x\"' EXIT; echo @", "set x; echo @ | sh",
    "mail -s x -S @ root", "logger\t-x @ | sh", "notify.sh.old @", "send @", "$HOME/notify.sh @", '"${x%/notify.sh}" @', '"$(x)notify.sh" @', '"${x:-/}eval" @', '"$x" echo @', "~/echo @", "case x in @) ;; esac", "select x in @; do :; done",
)  # fmt: skip
ADDED = ("notify.sh", "/srv/send")


@pytest.mark.parametrize(
    ("text", "kind"),
    [
        (text, kind)
        for kind, texts in {
            (Kind.TEXT, False): AS_IT_IS,
            (Kind.TEXT, True): ARGUMENTS,
            (Kind.SETTING, None): NAMES,
            (Kind.NEUTRAL, None): NEUTRAL,
        }.items()
        for text in texts
    ],
)
def test_what_a_place_takes(text: str, kind: tuple[Kind, bool | None]) -> None:
    source = text.replace("@-", "\0-").replace("@", "{error}").replace("\0", "@")
    position = source.find("{error}")
    found = place(source, position, ADDED)
    assert found.kind is kind[0], found
    assert kind[1] is None or found.guarded is kind[1]


@pytest.mark.parametrize(
    ("value", "name", "setting", "argument"),
    [
        ("", "", "", ""),
        ("word", "_word", "word", "word"),
        ("Repository /mnt/a: no space\n", "_Repository_mnt_a_no_space", "Repository_/mnt/a:_no_space_", None),
        ("$(touch x)", "_touch_x", "__touch_x_", None),
        ("_", "__", "_", None),
        ("$", "__", "_", None),
        ("-rf", "_rf", "-rf", "_rf"),
        ("@/etc/passwd", "_etc_passwd", "@/etc/passwd", "_/etc/passwd"),
        ("BORGPLAN_ERROR", "_BORGPLAN_ERROR", "BORGPLAN_ERROR", None),
        ("naïve 日本", "_naïve_日本", "naïve_日本", None),
        ("⑴ﷺ\uff40", "__", "___", None),
        ("\udcff\x00\x1b", "__", "___", None),
        ("ssh://me@host:22/./a b", "_ssh_me_host_22_a_b", "ssh://me@host:22/./a_b", None),
    ],
)  # fmt: skip
def test_the_forms_of_a_value(value: str, name: str, setting: str, argument: str | None) -> None:
    assert as_name(value) == name == in_form("BORGPLAN_ERROR_NEUTRAL", Late.ERROR, value)
    assert (
        as_setting(value)
        == setting
        == in_form("BORGPLAN_REPOSITORY_NEUTRAL", Late.REPOSITORY, value)
    )
    assert as_argument(value) == (value if argument is None else argument)
    assert in_form("BORGPLAN_ERROR", Late.ERROR, value) == value.replace("\0", "")


@pytest.mark.parametrize(
    "text",
    [
        "echo {error}" + " $(echo" * 5000,
        "echo {error} " + '"$(echo ' * 3000 + ')"' * 3000,
        "m={error}; " + 'n="$m"; m="$n"; ' * 1000,
        "".join(f'm{n}="$m{n + 1}"; ' for n in range(1000)) + "m1000={error}",
        "echo {error} | " + "cat | " * 3000 + "cat",
        "case " * 3000 + "{error}",
        "echo {error} <<E " * 900,
        "(" * 9000 + "echo {error}",
    ],
)
def test_what_is_hard_to_read_takes_no_time(text: str) -> None:
    before = time.process_time()
    place(text, text.index("{error}"))
    assert time.process_time() - before < 2
