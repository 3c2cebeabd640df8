"""The secrets that a run's files hold, by where they are configured; no plan has them."""

from __future__ import annotations

from ..borg.target import passphrase
from ..config.model import Configuration
from ..plan.words import SecretOption
from ..source.host import Host
from ..support.record import TYPE_CHECKING

if TYPE_CHECKING:
    from .project_file import Project


def secrets_of(configurations: tuple[Configuration, ...], host: Host) -> dict[SecretOption, str]:
    """What `configurations` hold that no plan may, by where it is configured."""
    secrets = {}
    for file in configurations:
        for repository in file.repositories:
            place = passphrase(file, repository, host)
            value = file.of(repository).settings.text("encryption_passphrase")
            if isinstance(place, SecretOption) and value is not None:
                secrets[place] = value
        if file.services:
            from ..notify.secret_options import secret_options

            secrets.update(secret_options(file))
        if file.databases:
            from ..databases import access

            secrets.update(access.secret_options(file))
    return secrets


def secrets_of_project(project: Project | None) -> dict[SecretOption, str]:
    """What messages of the project file need that no plan may hold."""
    if project is None or not project.notices:
        return {}
    from ..notify.secret_options import of_service

    return {
        place: value
        for notice in project.notices
        for place, value in of_service(notice.service, notice.file, notice.within)
    }
