"""Every fault that is tried, one function each: it spoils a job, the stand says what became of it."""

from __future__ import annotations

import os
import resource
import shutil
import signal
import sqlite3
import subprocess
import time
from collections.abc import Callable, Iterator
from contextlib import contextmanager, suppress
from pathlib import Path

from core.small_album import known_photos
from every_interpreter import python_path
from faults.stand import Broken, Stand
from pocketlens.catalogue import PhotoState
from pocketlens_desktop.cli.exit_codes import ExitCode
from pocketlens_models.registry import SHIPPED

#: A job that was stopped by the fault says so by one of these.
_REPORTED = (ExitCode.OK, ExitCode.FAILED, ExitCode.NOTHING_THERE, ExitCode.MODEL, ExitCode.CATALOGUE)


class CannotHere(Exception):
    """This machine does not allow the fault."""


def killed(stand: Stand) -> str:
    """kill -9 of one of the job's processes, four times at random moments."""
    victims = []
    for _ in range(4):
        with stand.at_a_moment():
            there = stand.processes()
            if there:
                victim = stand.random.choice(sorted(there))
                with suppress(ProcessLookupError):
                    os.kill(victim, signal.SIGKILL)
                    victims.append(there[victim])
        stand.check_so_far()
    return ", ".join(victims)


def disk_full(stand: Stand) -> str:
    """The disk is full at some write of the job."""
    kilobytes = stand.random.randint(60, 1500)
    root = stand.home.data.parent
    with _small_disk(root, kilobytes):
        code = stand.run()
        stand.expect_code(code, ExitCode.OK, ExitCode.FAILED)
        stand.wait_until_gone()
        subprocess.run(["mount", "-o", "remount,size=64m", str(root)], check=True)
        stand.check_end()
    return f"{kilobytes} KB, exit {code}"


@contextmanager
def _small_disk(root: Path, kilobytes: int) -> Iterator[None]:
    root.mkdir(parents=True)
    options = f"size={kilobytes}k,mode=700"
    mount = ["mount", "-t", "tmpfs", "-o", options, "tmpfs", str(root)]
    if subprocess.run(mount, capture_output=True, check=False).returncode:
        raise CannotHere("mount is not allowed")
    try:
        yield
    finally:
        subprocess.run(["umount", str(root)], check=True)


def too_many_files(stand: Stand) -> str:
    """The system gives out no more file descriptors (EMFILE)."""
    before = resource.getrlimit(resource.RLIMIT_NOFILE)
    most = stand.random.randint(8, 48)
    command = stand.start()
    with command:
        resource.prlimit(command.pid, resource.RLIMIT_NOFILE, (most, before[1]))
        code = command.wait(600)
    stand.check_so_far()
    return f"{most} files, exit {code}"


def clock_jumps(stand: Stand) -> str:
    """The clock jumps by years while the job runs."""
    jumping = python_path(
        "import random, time\n"
        "real = time.time\n"
        "time.time = lambda: real() + random.choice([-1e9, -86400, 0, 86400, 1e9])\n"
        "time.time_ns = lambda: int(time.time() * 1e9)\n",
        stand.root / "jumping",
    )
    stand.expect_code(stand.run(PYTHONPATH=jumping), ExitCode.OK)
    return ""


def two_at_once(stand: Stand) -> str:
    """Two commands index the same album at once."""
    with stand.start() as one, stand.start() as other:
        codes = (one.wait(600), other.wait(600))
    for code in codes:
        stand.expect_code(code, ExitCode.OK, ExitCode.CATALOGUE)
    if ExitCode.OK not in codes:
        stand.expect_code(codes[0], ExitCode.OK)
    return f"exits {codes[0]} and {codes[1]}"


def catalogue_locked(stand: Stand) -> str:
    """Another program holds the catalogue's lock for a moment of the job."""
    with stand.at_a_moment() as command:
        if not stand.home.catalogue.exists():
            return "too early"
        holder = sqlite3.connect(stand.home.catalogue, isolation_level=None, timeout=30)
        try:
            holder.execute("BEGIN IMMEDIATE")
            with suppress(subprocess.TimeoutExpired):
                command.wait(2)
            holder.execute("ROLLBACK")
        finally:
            holder.close()
    stand.expect_code(command.returncode, *_REPORTED)
    return f"exit {command.returncode}"


def suspended(stand: Stand) -> str:
    """The computer sleeps in the middle of the job (SIGSTOP of every process, then SIGCONT)."""
    with stand.at_a_moment() as command:
        there = stand.processes()
        for pid in there:
            with suppress(ProcessLookupError):
                os.kill(pid, signal.SIGSTOP)
        time.sleep(1)
        asleep = [what for pid, what in there.items() if _is_stopped(pid)]
        for pid in there:
            with suppress(ProcessLookupError):
                os.kill(pid, signal.SIGCONT)
    if not asleep:
        raise Broken("nothing was asleep")
    stand.expect_code(command.returncode, ExitCode.OK)
    return ", ".join(asleep)


def _is_stopped(pid: int) -> bool:
    with suppress(OSError):
        # proc(5): the state follows the name, which is in brackets and may hold anything.
        return Path(f"/proc/{pid}/stat").read_text().rpartition(")")[2].split()[0] == "T"
    return False


def read_errors(stand: Stand) -> str:
    """The disk gives an error for every fourth photo or so (EIO), and for none the next time."""
    failing = python_path(
        "import errno, os, zlib\n"
        "real = os.open\n"
        "def fails(path):\n"
        "    name = os.fsencode(path) if isinstance(path, (str, bytes)) else b''\n"
        f"    return name.endswith(b'.jpg') and zlib.crc32(name, {stand.random.randrange(1 << 30)}) % 4 == 0\n"
        "def opened(path, *rest, **more):\n"
        "    if fails(path):\n"
        "        raise OSError(errno.EIO, os.strerror(errno.EIO))\n"
        "    return real(path, *rest, **more)\n"
        "os.open = opened\n",
        stand.root / "failing",
    )
    code = stand.run(PYTHONPATH=failing)
    # Several in a row are taken for a disk that went away.
    stand.expect_code(code, ExitCode.OK, ExitCode.NOTHING_THERE)
    stand.wait_until_gone()
    hit = [
        path
        for path, photo in known_photos(stand.home).items()
        if photo.state == PhotoState.UNREADABLE and stand.expected[path][0] != photo.state
    ]
    if code == ExitCode.OK and not hit:
        raise Broken("no photo was hit")
    stand.expect_code(stand.run("index", str(stand.album.root), "--retry-unreadable"), ExitCode.OK)
    return f"{len(hit)} photos"


def photos_come_and_go(stand: Stand) -> str:
    """Photos vanish, become folders or fifos while they are read, and are back afterwards."""
    names = [f"camera/{number:04}.jpg" for number in stand.random.sample(range(24), 6)]
    files = {stand.album.root / name: stand.album.root / f"{name}.away" for name in names}
    with stand.at_a_moment():
        for path, away in files.items():
            path.rename(away)
            become = stand.random.choice((lambda _: None, os.mkdir, os.mkfifo))
            become(path)
    for path, away in files.items():
        if path.is_dir():
            path.rmdir()
        path.unlink(missing_ok=True)
        away.rename(path)
        # What was found to be no photo is tried again when the file changes, or when asked.
    stand.wait_until_gone()
    stand.expect_code(stand.run("index", str(stand.album.root), "--retry-unreadable"), ExitCode.OK)
    return f"{len(files)} photos"


def derived_files_spoilt(stand: Stand) -> str:
    """Vector file and thumbnails are cut, zeroed or garbled."""
    stand.expect_code(stand.run(), ExitCode.OK)
    files = [path for path in stand.home.cache.rglob("*") if path.is_file()]
    done = [f"{path.name} {_spoil(path, stand)}" for path in stand.random.sample(files, min(2, len(files)))]
    stand.expect_code(stand.run("search", "sky"), ExitCode.OK)
    return ", ".join(done)


def catalogue_spoilt(stand: Stand) -> str:
    """The catalogue is cut, zeroed or garbled: it is reported, repaired when asked, and kept under another name."""
    stand.expect_code(stand.run(), ExitCode.OK)
    how = _spoil(stand.home.catalogue, stand)
    spoilt = stand.home.catalogue.read_bytes()
    code = stand.run("doctor", "--repair")
    stand.expect_code(code, ExitCode.OK)
    aside = [path for path in stand.home.data.iterdir() if ".damaged-" in path.name and not path.name.endswith("-wal")]
    if stand.home.catalogue.read_bytes() != spoilt and not any(path.read_bytes() == spoilt for path in aside):
        stand.expect_code(-1, 0)  # it was replaced and nobody kept it
    return f"{how}, {'set aside' if aside else 'in order'}"


def write_log_spoilt(stand: Stand) -> str:
    """The job is killed, and the log of writes that SQLite keeps beside the catalogue is cut, zeroed or garbled."""
    while True:
        with stand.at_a_moment():
            stand.end_all()
        stand.wait_until_gone()
        log = stand.home.catalogue.with_name(stand.home.catalogue.name + "-wal")
        if log.exists() and log.stat().st_size:
            break
        stand.fresh()  # it was too early or too late for one
    how = _spoil(log, stand)
    # What it held is gone, or the catalogue is damaged by that: then it says so.
    code = stand.run()
    stand.expect_code(code, ExitCode.OK, ExitCode.CATALOGUE)
    if code == ExitCode.CATALOGUE:
        stand.expect_code(stand.run("doctor", "--repair"), ExitCode.OK)
    return f"{how} exit {code}"


def model_spoilt(stand: Stand) -> str:
    """The installed model is cut, zeroed or garbled."""
    package = stand.home.models / "starter"
    shutil.copytree(SHIPPED / "starter", package)
    files = [path for path in package.iterdir() if path.suffix == ".onnx"]
    path = stand.random.choice(files)
    how = _spoil(path, stand)
    stand.expect_code(stand.run(), ExitCode.OK, ExitCode.MODEL)  # OK: the text model is not looked at
    shutil.rmtree(package)
    return f"{path.name} {how}"


def _spoil(path: Path, stand: Stand) -> str:
    size, random = path.stat().st_size, stand.random
    how = random.choice(("cut", "emptied", "zeroed", "garbled", "header gone"))
    if how == "cut":
        os.truncate(path, random.randrange(size + 1))
    elif how == "emptied":
        path.write_bytes(b"")
    elif how == "zeroed":
        path.write_bytes(bytes(size))
    else:
        with path.open("r+b") as file:
            file.seek(0 if how == "header gone" else random.randrange(max(1, size)))
            file.write(random.randbytes(random.choice((1, 100, 8192))))
    return how


Fault = Callable[[Stand], str]
#: All of them, the commonest first.
FAULTS: tuple[Fault, ...] = (
    killed,
    disk_full,
    too_many_files,
    clock_jumps,
    two_at_once,
    catalogue_locked,
    suspended,
    read_errors,
    photos_come_and_go,
    derived_files_spoilt,
    catalogue_spoilt,
    write_log_spoilt,
    model_spoilt,
)
