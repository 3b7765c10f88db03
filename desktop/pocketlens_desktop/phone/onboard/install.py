"""Installing the engine on a phone, checking it, and removing it without a trace.

What is pushed is verified on the phone file by file, tried there, and only then put to use by replacing one small
file. Whatever happens before that leaves the engine that was there as it was.
"""

from __future__ import annotations

import re
import secrets
import subprocess
import sys
from collections.abc import Callable
from pathlib import Path
from typing import Final, NoReturn

import msgspec
import numpy as np

from pocketlens import __version__
from pocketlens.client import engine_environment
from pocketlens.model import read_manifest
from pocketlens.onboard.self_check import CheckResult
from pocketlens_desktop.phone import shell
from pocketlens_desktop.phone.errors import EngineMissing, EngineRefused, PhoneMisbehaved, PhoneRefused
from pocketlens_desktop.phone.information import parse_space
from pocketlens_desktop.phone.onboard import layout
from pocketlens_desktop.phone.onboard.layout import Installed, Parts
from pocketlens_desktop.phone.parts import Bundle, Part, core_part, find_bundle, model_part
from pocketlens_desktop.phone.quoting import command
from pocketlens_desktop.phone.sync import REPLY_S
from pocketlens_desktop.phone.transport import Transport
from pocketlens_desktop.sample import ALBUM

#: int8 kernels differ between processors; two that compute the same model agree better than this.
LEAST_PARITY: Final = 0.999
#: The photo that PC and phone both encode.
CHECK_PHOTO: Final = ALBUM / "DCIM" / "Camera" / "IMG_20210703_150122.jpg"

_ON_PC: Final = "Index on the PC instead: pocketlens phone index --on pc."
#: Room for the job's catalogue, on top of the parts.
_SPARE_BYTES: Final = 64 * 1024 * 1024
#: A slow card writes some megabytes a second, and `tar` says nothing meanwhile.
_WRITING_S: Final = 300.0
#: Loading and encoding four photos: seconds on a phone, a minute in an emulator.
_CHECKING_S: Final = 300.0
_HASHED = re.compile(rb"([0-9a-f]{64})[ *]+\./([^\n]+)")

#: Told how many bytes of how many have been pushed.
Told = Callable[[int, int], object]


def installed(phone: Transport) -> Installed | None:
    """What is installed on the phone, None when nothing is, or nothing whole.

    Raises:
        PhoneLost: it was unplugged.
    """
    with phone.sync() as session:
        try:
            return msgspec.json.decode(session.read(layout.INSTALLED, 64 * 1024), type=Installed)
        except (PhoneRefused, msgspec.MsgspecError, UnicodeDecodeError):
            return None


def parts_of(known: Installed) -> Parts:
    return Parts(known.runtime, known.core, known.model)


def bundle_for(phone: Transport) -> Bundle:
    """The bundle that runs on this phone.

    Raises:
        EngineMissing: there is none.
        EngineRefused: there can be none: its programs are 32 bits wide, or of another kind.
    """
    said = shell.run(phone, b"getprop ro.product.cpu.abilist; getprop ro.product.cpu.abi", seconds=REPLY_S)
    abis = [abi.strip() for abi in said.output.decode(errors="replace").replace("\n", ",").split(",") if abi.strip()]
    for abi in dict.fromkeys(abis):
        if abi in ("arm64-v8a", "x86_64"):
            return find_bundle(abi)
    what = "32-bit programs only" if any(abi.startswith(("armeabi", "x86")) for abi in abis) else "other programs"
    raise EngineRefused(
        f"This phone runs {what} ({', '.join(abis) or 'it does not say which'}).", thing=phone.address, remedy=_ON_PC
    )


def is_current(known: Installed | None, phone: Transport, model: Path) -> bool:
    """Whether what is installed is this version with this model."""
    if known is None or known.version != __version__:
        return False
    try:
        runtime = bundle_for(phone).runtime.sha256
    except EngineMissing:
        runtime = known.runtime  # nothing newer to install
    return (known.runtime, known.core, known.model) == (runtime, core_part().sha256, model_part(model).sha256)


def install(phone: Transport, model: Path, told: Told = lambda _done, _total: None) -> Installed:
    """Install the engine with the model package in ``model``, or bring what is there up to date.

    Only parts whose content the phone has not are pushed.

    Raises:
        EngineMissing: there is no bundle for this kind of phone.
        EngineRefused: the phone has no room, does not let programs run, or computes something else than this PC.
        PhoneLost: it was unplugged; what was there before still works, and installing again goes on part by part.
        ModelMissing, ModelCorrupt, ModelUnsupported
    """
    key = read_manifest(model).key
    bundle = bundle_for(phone)
    wanted = (bundle.runtime, core_part(), model_part(model))
    _make_room(phone)
    missing = [part for part in wanted if not _is_there(phone, part)]
    _expect_space(phone, missing)
    total, before = sum(part.size for part in missing), 0
    told(0, total)
    for part in missing:
        _push(phone, part, lambda done, before=before: told(before + done, total))  # type: ignore[misc]
        before += part.size
    parts = Parts(*(part.sha256 for part in wanted))
    checked, parity = check(phone, parts, model)
    known = Installed(
        version=__version__,
        abi=bundle.abi,
        runtime=parts.runtime,
        core=parts.core,
        model=parts.model,
        model_key=key,
        photo_ms=checked.photo_ms,
        cores=checked.cores,
        parity=round(parity, 6),
    )
    _switch(phone, known)
    return known


def check(phone: Transport, parts: Parts, model: Path) -> tuple[CheckResult, float]:
    """Let the engine on the phone encode a photo, and compare with this PC.

    Returns:
        What the phone says, and the cosine of its vector with this PC's.

    Raises:
        EngineRefused: the engine does not run there, or computes something else.
    """
    here = check_here(model)
    there = _check_there(phone, parts, CHECK_PHOTO.read_bytes())
    if (len(there.vector), there.model, there.version) != (len(here.vector), here.model, here.version):
        raise EngineRefused("The engine on the phone is another than this PC's.", thing=there.model, remedy=_ON_PC)
    one, other = (np.frombuffer(result.vector, "<f2").astype(np.float32) for result in (here, there))
    with np.errstate(all="ignore"):  # of nothing, or of what is no number: the cosine is none either
        parity = float(one @ other / (np.linalg.norm(one) * np.linalg.norm(other)))
    if not parity >= LEAST_PARITY:
        raise EngineRefused(
            f"The phone computes other vectors than this PC (cosine {parity:.4f}, {LEAST_PARITY} is needed).",
            thing=phone.address,
            remedy=_ON_PC,
        )
    return there, parity


def remove(phone: Transport) -> None:
    """Stop the engine's job and remove everything of it from the phone.

    Raises:
        EngineRefused: something is left.
    """
    # Its process is found by its own files: no other program of the phone is ever signalled.
    _stop_job(phone)
    said = shell.run(phone, command(b"rm", b"-rf", layout.ROOT), seconds=_WRITING_S)
    with phone.sync() as session:
        left = session.status(layout.ROOT) is not None
    if said.exit_code != 0 or left:
        raise EngineRefused(
            f"The phone keeps something of the engine: {_words(said.errors)}", thing=layout.ROOT.decode("ascii")
        )


def _stop_job(phone: Transport) -> None:
    known = installed(phone)
    if known is None:
        return
    from pocketlens.onboard.protocol import Done, Steer
    from pocketlens_desktop.phone.onboard.connection import RelayConnection

    try:
        with RelayConnection(phone, parts_of(known), "") as relay:
            relay.ask(Steer(to="kill"), Done)
    except (EngineRefused, PhoneMisbehaved):
        return  # one that cannot even be asked is not running a job either


def _make_room(phone: Transport) -> None:
    line = b"umask 077 && " + command(b"mkdir", b"-p", layout.PARTS, layout.HOME)
    said = shell.run(phone, line + b" && " + command(b"chmod", b"700", layout.ROOT), seconds=REPLY_S)
    if said.exit_code != 0:
        _refused(said.errors, "The phone does not let adb write to its folder for programs.")


def _is_there(phone: Transport, part: Part) -> bool:
    with phone.sync() as session:
        status = session.status(layout.part_folder(part.sha256))
    return status is not None and status.is_folder


def _expect_space(phone: Transport, missing: list[Part]) -> None:
    _total, free = parse_space(
        shell.run(phone, command(b"df", b"-k", layout.PARENT), seconds=REPLY_S).output.decode(errors="replace")
    )
    needed = sum(part.size for part in missing) + _SPARE_BYTES
    if free is not None and free < needed:
        raise EngineRefused(
            f"The phone has {free / 1e6:.0f} MB free; the engine needs {needed / 1e6:.0f}.",
            thing=phone.address,
            remedy=f"Free some space on it. {_ON_PC}",
        )


def _push(phone: Transport, part: Part, told: Callable[[int], object]) -> None:
    """Unpack a part beside its place, verify every file there, and rename it into place."""
    new = layout.PARTS + b"/.new-" + secrets.token_hex(8).encode("ascii")
    unpack = b"umask 077 && " + command(b"mkdir", new) + b" && " + command(b"cd", new) + b" && exec tar -xf -"
    try:
        with shell.ShellStream(phone, unpack, silence_s=_WRITING_S) as stream, part.open() as tar:
            done = 0
            while chunk := tar.read(1 << 20):
                stream.send(chunk)
                done += len(chunk)
                told(done)
            stream.end_input()
            for _block in stream.blocks():
                pass
        if stream.exit_code != 0:
            _refused(stream.errors, f"The phone could not unpack the part “{part.name}”.")
        _verify(phone, part, new)
        said = shell.run(phone, command(b"mv", new, layout.part_folder(part.sha256)), seconds=REPLY_S)
        if said.exit_code != 0:
            _refused(said.errors, f"The phone could not put the part “{part.name}” into place.")
    except EngineRefused:
        shell.run(phone, command(b"rm", b"-rf", new), seconds=_WRITING_S)
        raise


def _verify(phone: Transport, part: Part, folder: bytes) -> None:
    line = (
        command(b"cd", folder) + b" && " + command(b"find", b".", b"-type", b"f", b"-exec", b"sha256sum", b"{}", b"+")
    )
    said = shell.run(phone, line, seconds=_WRITING_S)
    found = {name: digest.decode("ascii") for digest, name in _HASHED.findall(said.output)}
    if said.exit_code != 0 or found != part.files():
        raise EngineRefused(
            f"The part “{part.name}” is not whole on the phone. {_words(said.errors)}".strip(),
            thing=phone.address,
            remedy="Try again with another cable or port.",
        )


def _switch(phone: Transport, known: Installed) -> None:
    """Put it to use, then remove the parts of the version before."""
    new = layout.INSTALLED + b".new"
    with phone.sync() as session:
        session.write(new, [msgspec.json.encode(known)], mode=0o600)
    keep = [layout.part_folder(sha256) for sha256 in (known.runtime, known.core, known.model)]
    # The glob is the shell's own; what it gives never leaves it.
    clean = b'for part in %s/* %s/.new-*; do case $part in %s) ;; *) rm -rf "$part" ;; esac; done' % (
        layout.PARTS,
        layout.PARTS,
        b"|".join(keep),
    )
    said = shell.run(
        phone,
        command(b"chmod", b"600", new) + b" && " + command(b"mv", new, layout.INSTALLED) + b" && " + clean,
        seconds=_WRITING_S,
    )
    if said.exit_code != 0:
        _refused(said.errors, "The phone could not put the engine to use.")


def check_here(model: Path) -> CheckResult:
    """The same check on this PC.

    Raises:
        EngineRefused: its own engine does not work.
    """
    # In a process of its own: the model's memory is given back, and it is the very program the phone runs.
    done = subprocess.run(
        [sys.executable, "-P", "-m", layout.SELF_CHECK, "--model", str(model)],
        input=CHECK_PHOTO.read_bytes(),
        capture_output=True,
        check=False,
        env=engine_environment(),
    )
    if done.returncode != 0:
        raise EngineRefused(f"This PC's own engine does not work: {_words(done.stderr)}", remedy="pocketlens doctor")
    return msgspec.json.decode(done.stdout, type=CheckResult)


def _check_there(phone: Transport, parts: Parts, photo: bytes) -> CheckResult:
    line = layout.program(parts, layout.SELF_CHECK, b"--model", layout.model_folder(parts))
    answer = b""
    with shell.ShellStream(phone, line, silence_s=_CHECKING_S) as stream:
        stream.send(photo)
        stream.end_input()
        for block in stream.blocks():
            answer = (answer + block)[-64 * 1024 :]
    if stream.exit_code != 0:
        _refused(stream.errors, f"The engine does not run on this phone (exit status {stream.exit_code}).")
    try:
        return msgspec.json.decode(answer, type=CheckResult)
    except (msgspec.MsgspecError, UnicodeDecodeError) as error:
        raise EngineRefused("The engine on the phone says what makes no sense.", remedy=_ON_PC) from error


_REASONS: Final = (
    (rb"no space left|disk quota", "Its storage is full.", "Free some space on the phone."),
    (rb"exec format|not executable|cannot execute|syntax error", "Its processor is of another kind.", ""),
    (rb"permission denied|operation not permitted", "Its maker does not allow programs there.", ""),
    (rb"illegal instruction", "Its processor is too old.", ""),
    (rb"read-only file system", "Its storage is read-only.", "Restart the phone."),
)


def _refused(said: bytes, what: str) -> NoReturn:
    for pattern, why, remedy in _REASONS:
        if re.search(pattern, said, re.IGNORECASE):
            raise EngineRefused(f"{what} {why}", thing=_words(said), remedy=f"{remedy} {_ON_PC}".strip())
    raise EngineRefused(what, thing=_words(said), remedy=_ON_PC)


def _words(said: bytes) -> str:
    lines = said.decode(errors="backslashreplace").strip().splitlines()
    return lines[-1][:200] if lines else ""
