"""Options that several commands have."""

from __future__ import annotations

from typing import Annotated

from cyclopts import Parameter

#: On where it is given, and off where it is not: there is no ``--no-…``.
Flag = Annotated[bool, Parameter(negative="")]
#: Which phone, by serial number, address or model.
Phone = Annotated[str | None, Parameter(name=["--phone", "-p"])]
