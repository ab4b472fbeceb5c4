"""How much one visitor and one network may do: counted in memory, under keys nobody keeps.

A company may stand behind one address: two hundred of its readers in an hour must all be counted.
So a network that goes faster than readers do is not refused at first; its new votes are set aside
(kept, out of the figures), and only far above that is it told to wait. A key is the digest of a
network prefix under a random key of the day that lives in this process only: no address is stored,
and yesterday's counts say nothing about anybody.
"""

import datetime as dt
import hashlib
import math
import secrets
import threading
import time
from collections import deque
from dataclasses import dataclass
from ipaddress import IPv4Address, ip_address, ip_network
from typing import Final

from faq_cms.errors import TooMany
from faq_cms.settings import Network

MINUTE: Final = 60
HOUR: Final = 3600


@dataclass(frozen=True, slots=True)
class Limit:
    """At most so many in any stretch of so many seconds."""

    most: int
    seconds: int


# A reader who hesitates, gives two reasons and writes a remark makes six calls.
VISITOR: Final = Limit(20, MINUTE)
# All articles together: two hundred people reading five articles each stay under it.
NETWORK: Final = Limit(3000, HOUR)
# New votes on one article. 200 an hour is 3.3 a minute: readers alone never make 20 in one.
PACE: Final = (
    Limit(20, MINUTE),
    Limit(80, 10 * MINUTE),
    Limit(250, HOUR),
)
# Questions readers report as missing: written by hand, read by hand.
QUESTIONS: Final = Limit(60, HOUR)
REMARKS: Final = Limit(200, HOUR)
# Of one machine: a night's job may ask for each category in each format, one after another.
EXPORTS: Final = Limit(120, MINUTE)
SITE: Final = 48  # bits of IPv6 one subscriber may be given whole: /64s are theirs to rotate
HARD: Final = Limit(1000, HOUR)


class Caps:
    """The counts of one process. Safe to share between threads."""

    def __init__(self) -> None:
        """Nothing counted yet."""
        self._lock = threading.Lock()
        self._counted: dict[tuple[Limit, str, str], deque[float]] = {}
        self._swept = 0.0
        self._day: dt.date | None = None
        self._key = b""

    def admit(self, *, visitor: str | None, network: str | None, now: dt.datetime) -> None:
        """Count one call of this visitor and this network; None: the caller does not say.

        Raises TooMany when either has used up what it may do.
        """
        if visitor is not None:
            self._take("visitor", VISITOR, "visitor", self._digest(visitor, now))
        if network is not None:
            self._take("votes", NETWORK, "network", self._digest(prefix(network), now))

    def admit_question(self, *, network: str, now: dt.datetime) -> None:
        """Count one reported question of this network. Raises TooMany beyond what people write."""
        self._take("questions", QUESTIONS, "questions", self._digest(prefix(network), now))

    def admit_remark(self, *, network: str, now: dt.datetime) -> None:
        """Count one remark of this network. Raises TooMany beyond what an office writes."""
        self._take("remarks", REMARKS, "remarks", self._digest(prefix(network), now))

    def admit_export(self, *, machine: str, now: dt.datetime) -> None:
        """Count one export of this machine. Raises TooMany beyond what a night's job asks for."""
        self._take("exports", EXPORTS, "exports", self._digest(machine, now))

    def is_out_of_pace(self, *, network: str, article_id: int, now: dt.datetime) -> bool:
        """Count a new vote of this network on one article; True: it is to be set aside.

        Raises TooMany when the network is far beyond what readers do.
        """
        key = self._digest(f"{prefix(network, ipv6=SITE)} {article_id}", now)
        self._take("votes", HARD, "hard", key)
        waits = [self._count(pace, "pace", key) for pace in PACE]  # each window counts it
        return any(waits)

    def _take(self, scope: str, limit: Limit, kind: str, key: str) -> None:
        if wait := self._count(limit, kind, key):
            # One second more: at the very end of its window a call is still refused.
            raise TooMany(scope, math.floor(wait) + 1)

    def _count(self, limit: Limit, kind: str, key: str) -> float:
        """Count one, and 0; or, when the window is full, the seconds until it has room."""
        now = time.time()
        with self._lock:
            if now - self._swept > MINUTE:
                self._sweep(now)
            counted = self._counted.setdefault((limit, kind, key), deque())
            while counted and counted[0] < now - limit.seconds:
                counted.popleft()
            if len(counted) >= limit.most:
                return max(counted[0] + limit.seconds - now, 1e-6)
            counted.append(now)
        return 0.0

    def _sweep(self, now: float) -> None:
        """Forget who has not been seen for the length of a window."""
        self._swept = now
        over = [each for each, at in self._counted.items() if at[-1] < now - each[0].seconds]
        for each in over:
            del self._counted[each]

    def _digest(self, text: str, now: dt.datetime) -> str:
        with self._lock:
            if self._day != now.date():
                self._day, self._key = now.date(), secrets.token_bytes(32)
            key = self._key
        return hashlib.blake2b(text.encode(), key=key, digest_size=16).hexdigest()


def prefix(address: str, *, ipv6: int = 64) -> str:
    """The network an address is counted under: /24, or so many bits of IPv6; "" when unknown."""
    try:
        ip = ip_address(address)
    except ValueError:
        return ""
    network: Network = ip_network(
        f"{ip}/{24 if isinstance(ip, IPv4Address) else ipv6}", strict=False
    )
    return str(network)


_current = Caps()


def use(caps: Caps) -> Caps:
    """Make `caps` the ones `current` gives, in every thread."""
    global _current  # noqa: PLW0603 — one process counts once: public pages and API share it
    _current = caps
    return caps


def current() -> Caps:
    """The caps in use."""
    return _current
