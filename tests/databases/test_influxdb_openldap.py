"""InfluxDB and OpenLDAP, with real Borg and stand-ins for their programs."""

from __future__ import annotations

import pytest

from tests.compiler.planning import ONE, codes, compilation
from tests.databases.test_faults import leaves_nothing, script
from tests.end_to_end.configured import apply, configure, init
from tests.end_to_end.home import Home

LDIF = "dn: dc=example,dc=com\\ndc: example\\n"


def configured(home: Home, *, slapcat: str = f"printf '{LDIF}'", influx: str = "") -> None:
    init(home)
    (home.path / "run").mkdir(exist_ok=True)
    log = f"{home.path}/log"
    made = (
        influx
        or 'for w; do :; done; test "$1" = backup && mkdir -p "$w" && echo x >"$w/1.manifest"; test "$1" != restore || ls "$w" >>LOG'
    )
    slapadd = script(home, "slapadd", f'echo "slapadd $*" >>{log}; cat >>{log}')
    configure(
        home,
        user_runtime_directory=str(home.path / "run"),
        openldap_databases=[
            {
                "name": "dc=example,dc=com",
                "slapcat_command": script(home, "slapcat", slapcat),
                "slapadd_command": slapadd,
            }
        ],
        influxdb_databases=[
            {
                "name": "bucket",
                "password": "hunter2",
                "influx_command": script(
                    home,
                    "influx",
                    f'echo "influx $* ${{INFLUX_TOKEN}}" >>{log}; {made.replace("LOG", log)}',
                ),
            }
        ],
    )


@pytest.mark.borg
def test_both_are_dumped_and_restored(home: Home) -> None:
    configured(home)
    ran = apply(home, "create")
    assert ran.exit_code == 0, ran.stderr
    assert f"openldap dc=example,dc=com: dumped, {len(LDIF) - 2} B" in ran.stdout
    assert "influxdb bucket: dumped" in ran.stdout
    (archive,) = home.archives("r")
    listed = home.borg("list", "--short", f"backups/r::{archive}").decode()
    assert "borgmatic/openldap_databases/localhost/dc=example,dc=com\n" in listed
    assert "borgmatic/influxdb_databases/localhost/bucket/1.manifest\n" in listed
    leaves_nothing(home)
    refused = home.borgplan("restore", "c.yaml")
    assert refused.exit_code == 2  # nobody knows what is there
    assert "--yes" in refused.stderr
    restored = home.borgplan("restore", "--yes", "c.yaml")
    assert restored.exit_code == 0, restored.stderr
    log = (home.path / "log").read_text()
    assert "slapadd -b dc=example,dc=com\n" + LDIF.replace("\\n", "\n") in log
    assert "influx restore --host https://localhost:8086 --bucket bucket " in log
    assert log.endswith("1.manifest\n") or "1.manifest\n" in log
    assert "hunter2\n" in log  # the token, by the environment
    assert "hunter2" not in ran.stdout + ran.stderr + restored.stdout + restored.stderr


@pytest.mark.borg
@pytest.mark.parametrize(
    "programs",
    [
        {"slapcat": "exit 0"}, {"slapcat": f"printf '{LDIF}'; exit 1"}, {"influx": "exit 1"},
    ],
)  # fmt: skip
def test_one_that_fails_fails_the_backup(home: Home, programs: dict[str, str]) -> None:
    configured(home, **programs)
    ran = apply(home, "create")
    assert ran.exit_code == 1
    assert home.archives("r") == []
    leaves_nothing(home)


@pytest.mark.parametrize(
    ("text", "code"),
    [
        ("openldap_databases: [{name: all}]", "BP384"),
        ("openldap_databases: [{name: dc=x, hostname: db}]", "BP380"),
        ("influxdb_databases: [{name: a, username: me}]", "BP380"),
        ("influxdb_databases: [{name: a}, {name: a, port: 8086, label: b}]", ""),
    ],
)
def test_what_an_entry_may_say(text: str, code: str) -> None:
    found = compilation({"c.yaml": f"{ONE}{text}\n"}, semantics="2.1.10")
    assert ({code} if code else set()) == {c for c in codes(found) if c.startswith("BP38")}


@pytest.mark.parametrize("option", ["full_replace: true", "restore_bucket: b", "restore_organization: o"])  # fmt: skip
def test_what_was_not_measured_is_refused_by_name(option: str) -> None:
    text = f"{ONE}influxdb_databases: [{{name: a, {option}}}]\n"
    found = compilation({"c.yaml": text}, semantics="2.1.10")
    assert found.plan is not None
    assert [refusal.what for refusal in found.plan.refusals] == [
        f"influxdb_databases: {option.partition(':')[0]}"
    ]
