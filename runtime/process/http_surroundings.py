"""What the environment says about requests: proxies and trusted certificates, by the names that tools built on the
library requests read, so that a machine that is set up for those needs nothing more."""

from __future__ import annotations

import ssl
from collections.abc import Mapping
from functools import lru_cache
from urllib.parse import unquote, urlsplit

from ...compiler.support.record import NamedTuple

# Files or directories of certificates. SSL_CERT_FILE and SSL_CERT_DIR are read by OpenSSL itself.
_BUNDLES = ("REQUESTS_CA_BUNDLE", "CURL_CA_BUNDLE")


class Proxy(NamedTuple):
    """`url` without `user` and `password`, which are empty where there are none."""

    url: str
    user: str = ""
    password: str = ""


def proxy_for(url: str, environment: Mapping[str, str]) -> Proxy | None:
    """The proxy of a URL; None for a direct connection.

    `https_proxy`, else `all_proxy`, in small letters or, where those aren't set, in capitals; unless `no_proxy`
    names the host.
    """
    parts = urlsplit(url)
    host = parts.hostname or ""
    port = parts.port or (443 if parts.scheme == "https" else 80)
    if _is_excepted(host, port, _said("no_proxy", environment)):
        return None
    wanted = _said(f"{parts.scheme}_proxy", environment) or _said("all_proxy", environment)
    if not wanted:
        return None
    found = urlsplit(wanted if "://" in wanted else f"http://{wanted}")
    place = found.netloc.rpartition("@")[2]
    user, password = unquote(found.username or ""), unquote(found.password or "")
    return Proxy(f"{found.scheme}://{place}", user, password)


def _said(name: str, environment: Mapping[str, str]) -> str:
    return environment.get(name, environment.get(name.upper(), "")).strip()


def _is_excepted(host: str, port: int, exceptions: str) -> bool:
    """Names with all that ends with them, addresses, networks (10.0.0.0/8), each with or without a port; `*`."""
    for item in (word.strip().lower() for word in exceptions.split(",")):
        if item == "*" or (item and _in_network(host, item)):
            return True
        name = item.removeprefix("*").lstrip(".")
        if name and any(
            place == name or place.endswith(f".{name}") for place in (host, f"{host}:{port}")
        ):
            return True
    return False


def _in_network(host: str, item: str) -> bool:
    import ipaddress

    try:
        return ipaddress.ip_address(host) in ipaddress.ip_network(item.strip("[]"), strict=False)
    except ValueError:
        return False


class Trust(NamedTuple):
    """As of `Request`."""

    verify: bool = True
    certificate: str = ""
    key: str = ""


def bundle_of(environment: Mapping[str, str]) -> str:
    """The file or directory of the certificates that alone are trusted; empty for the system's."""
    return next((environment[name] for name in _BUNDLES if environment.get(name)), "")


@lru_cache(maxsize=8)  # reading the system's certificates takes longer than most requests
def context_for(trust: Trust, named: str = "") -> ssl.SSLContext:
    """How TLS is spoken. `named`: see `bundle_of`. Raises OSError (of which ssl.SSLError is one) if a file can't be
    read or used."""
    context = ssl.SSLContext(ssl.PROTOCOL_TLS_CLIENT)  # with no certificates
    if trust.verify and not named:
        context = ssl.create_default_context()
    elif trust.verify:
        import os

        is_folder = os.path.isdir(named)
        context.load_verify_locations(
            cafile=None if is_folder else named, capath=named if is_folder else None
        )
    if not trust.verify:
        context.check_hostname = False
        context.verify_mode = ssl.CERT_NONE
    if trust.certificate:
        # Without a password OpenSSL would ask the terminal for that of a key which has one.
        context.load_cert_chain(trust.certificate, trust.key or None, password=lambda: "")
    return context
