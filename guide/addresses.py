"""Addresses of other sites, in links and sources: what is wrong with one, and what to write instead."""

from __future__ import annotations

import ipaddress
import re
from urllib.parse import parse_qsl, urlsplit

TRACKING = re.compile(r"utm_\w+|fbclid|gclid|mc_[ce]id|igshid")
OWN_NETWORK = re.compile(r"(.*\.)?(localhost|local|internal|lan|home)")


def explain(address: str) -> str:
    """The second half of a sentence that starts with the address; empty if nothing is wrong.

    >>> explain("https://arxiv.org/abs/1412.6980")
    ''
    >>> explain("http://arxiv.org/abs/1412.6980")
    'is not encrypted: write `https://arxiv.org/abs/1412.6980`'
    >>> explain("https://192.168.0.1/")
    'leads into your own network: link to a page that every reader can open'
    """
    try:
        parts = urlsplit(address)
        host = parts.hostname or ""
    except ValueError:
        host = ""
    if not re.fullmatch(r"[\w.:-]+", host) or re.search(r"[\s<>\"'`\\{}|^]", address):
        return "is no address: write one such as `https://arxiv.org/abs/1412.6980`, without blanks or quotes"
    if not parts.scheme:
        return f"names no scheme: write `https:{address}`"
    if _is_own_network(host):
        return "leads into your own network: link to a page that every reader can open"
    if parts.username is not None:
        return "holds a name or a password: remove what stands before the `@`"
    if parts.scheme.lower() == "http":
        return f"is not encrypted: write `https{address[4:]}`"
    if tracks := [name for name, _ in parse_qsl(parts.query, keep_blank_values=True) if TRACKING.match(name)]:
        return f"tells who sent the reader: remove `{tracks[0]}=…` from it"
    return ""


def _is_own_network(host: str) -> bool:
    try:
        return not ipaddress.ip_address(host).is_global
    except ValueError:
        return OWN_NETWORK.fullmatch(host) is not None or "." not in host
