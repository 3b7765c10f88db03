"""What processes ask of the kernel, as strace writes it down."""

from __future__ import annotations

import re
import subprocess
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import Final

#: A connection to the adb server of this machine.
ADB_SERVER: Final = r'connect\(.*sin_port=htons\(5037\), sin_addr=inet_addr\("127\.0\.0\.1"\)'
#: That, and urllib3's question to the system whether it knows IPv6, which it asks at import by binding a socket that
#: nobody listens at.
_HARMLESS = (ADB_SERVER, r'bind\(.*sin6_port=htons\(0\),.*"::1"')


@dataclass(frozen=True)
class Strace:
    """Runs commands while the kernel says what they call, they and every process they start."""

    folder: Path

    def calls(self, line: Sequence[str | bytes | Path], environment: Mapping[str, str], *, named: str) -> list[str]:
        """The calls of these names, one each, that ``line`` made, which has to end well."""
        record = self.folder / "calls"
        done = subprocess.run(
            ["strace", "-f", "-qq", "-s", "4096", "-o", record, "-e", f"trace={named}", *line],
            env=dict(environment),
            capture_output=True,
            text=True,
            check=False,
        )
        assert done.returncode == 0, done.stderr
        return record.read_text(errors="replace").splitlines()


def beyond_the_adb_server(calls: Iterable[str]) -> list[str]:
    """Those that reach for a network, the adb server of this machine apart."""
    reaching = (call for call in calls if re.search(r"\b(connect|bind|send\w+)\(.*AF_(INET|INET6|NETLINK)", call))
    return [call for call in reaching if not any(re.search(harmless, call) for harmless in _HARMLESS)]
