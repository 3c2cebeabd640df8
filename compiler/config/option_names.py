"""Names of options that have no row in `options`: groups, services, databases, and what isn't implemented."""

from __future__ import annotations

# Not implemented only, with the section they would stand in.
LATER: dict[str, tuple[str, ...]] = {
    "output": ("log_file_format",),
}  # fmt: skip

SNAPSHOT_NAMES = ("btrfs", "lvm", "zfs")  # groups that are turned on by being there, even empty
# Monitoring services; their options stand in `services`, which is loaded where one of them is named.
SERVICE_NAMES = (
    "apprise", "cronhub", "cronitor", "healthchecks", "loki", "ntfy", "pagerduty", "pushover", "sentry",
    "uptime_kuma", "watchgoose", "zabbix",
)  # fmt: skip

# Lists of databases; their options stand in `databases`, which is loaded where one of them is there.
DATABASE_NAMES = tuple(
    f"{kind}_databases"
    for kind in ("influxdb", "mariadb", "mongodb", "mysql", "openldap", "postgresql", "sqlite")
)

LATER_SECTION: dict[str, str] = {
    name: section for section, names in LATER.items() for name in names
}
# Names that aren't in `OPTIONS`, with the section they would stand in.
BESIDE: dict[str, str] = LATER_SECTION | dict.fromkeys((*SERVICE_NAMES, *DATABASE_NAMES), "hooks")
