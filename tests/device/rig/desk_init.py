"""Process 1 of a desk: the namespaces in which one adb server and its test phones live.

Started by `device.rig.desk` through ``unshare --net --mount --pid``. Reads one JSON command a line and answers each
with one line. When its input ends, or whoever started it is killed, the kernel ends every process of the desk and
takes back its network and its mounts: nothing can be left behind.

Uses the standard library only, and nothing of PocketLens.
"""

from __future__ import annotations

import ctypes
import fcntl
import json
import os
import signal
import socket
import struct
import sys
import time
from pathlib import Path
from typing import Any

SHELL_UID = 2000  # Android's `shell`
_MS_RDONLY, _MS_REMOUNT, _MS_BIND, _MS_REC, _MS_PRIVATE = 1, 32, 4096, 16384, 1 << 18
_CLONE_NEWNS, _CLONE_NEWUSER = 0x20000, 0x10000000
_SIOCGIFFLAGS, _SIOCSIFFLAGS, _IFF_UP = 0x8913, 0x8914, 1

_libc = ctypes.CDLL(None, use_errno=True)
_children: dict[str, int] = {}
_dead: set[int] = set()


def _mount(source: str, target: Path, kind: str | None, flags: int, data: str | None = None) -> None:
    encoded = [None if text is None else text.encode() for text in (source, str(target), kind, data)]
    if _libc.mount(encoded[0], encoded[1], encoded[2], flags, encoded[3]) != 0:
        raise OSError(ctypes.get_errno(), f"mount {target}")


def _unshare(what: int) -> None:
    if _libc.unshare(what) != 0:
        raise OSError(ctypes.get_errno(), "unshare")


def _bind(source: Path, target: Path, *, read_only: bool = False) -> None:
    if source.is_dir():
        target.mkdir(parents=True, exist_ok=True)
    else:
        target.touch()
    _mount(str(source), target, None, _MS_BIND)
    if read_only:
        _mount("none", target, None, _MS_BIND | _MS_REMOUNT | _MS_RDONLY)


def _loopback_up() -> None:
    with socket.socket(socket.AF_INET, socket.SOCK_DGRAM) as handle:
        request = struct.pack("16sH14x", b"lo", 0)
        flags = struct.unpack("16sH14x", fcntl.ioctl(handle, _SIOCGIFFLAGS, request))[1]
        fcntl.ioctl(handle, _SIOCSIFFLAGS, struct.pack("16sH14x", b"lo", flags | _IFF_UP))


def _reap(_signal: int, _frame: object) -> None:
    while True:
        try:
            pid, _status = os.waitpid(-1, os.WNOHANG)
        except ChildProcessError:
            return
        if pid == 0:
            return
        _dead.add(pid)


def _start(
    name: str, argv: list[str], env: dict[str, str], log: Path, *, root: Path | None = None, arm64: bool = False
) -> None:
    unshared, told = os.pipe()
    mapped, go_on = os.pipe()
    pid = os.fork()
    if pid == 0:
        try:
            os.setsid()
            if arm64 and root is not None:
                _unshare(_CLONE_NEWUSER | _CLONE_NEWNS)
                os.write(told, b"1")
                os.close(go_on)
                os.read(mapped, 1)  # until the parent has closed its end
                _run_arm64_programs(root)
            out = os.open(log, os.O_WRONLY | os.O_CREAT | os.O_APPEND, 0o600)
            nothing = os.open(os.devnull, os.O_RDONLY)
            for number, handle in ((0, nothing), (1, out), (2, out)):
                os.dup2(handle, number)
            os.closerange(3, 256)
            if root is not None:
                os.chroot(root)
                os.chdir("/")
                os.setgroups([])
                os.setgid(SHELL_UID)
                os.setuid(SHELL_UID)
            os.execve(argv[0], argv, env)
        except OSError as error:
            os.write(2, f"{argv[0]}: {error}\n".encode())
        finally:
            os._exit(127)
    _children[name] = pid
    os.close(told)
    if arm64 and root is not None and os.read(unshared, 1):
        for what in ("uid_map", "gid_map"):
            # The phone's own /proc: the host's has other numbers for the processes in here.
            (root / "proc" / str(pid) / what).write_text("0 0 65536")
    for end in (unshared, mapped, go_on):
        os.close(end)


# binfmt_misc (the kernel's admin guide): 64-bit little-endian ELF for EM_AARCH64, whatever its OS ABI. F: the
# interpreter is opened now, so that it need not be in the phone's root; P: it is told the program's own argv[0].
_AARCH64 = (
    rb":qemu-aarch64:M::\x7f\x45\x4c\x46\x02\x01\x01\x00\x00\x00\x00\x00\x00\x00\x00\x00\x02\x00\xb7\x00:"
    rb"\xff\xff\xff\xff\xff\xff\xff\x00\xff\xff\xff\xff\xff\xff\xff\xff\xfe\xff\xff\xff:/usr/bin/qemu-aarch64-static:FP"
)
#: onnxruntime looks there for what the processor can do, and crashes on what it says of an x86 one.
_ARM_CPUINFO = "".join(
    f"processor\t: {number}\nBogoMIPS\t: 38.40\nFeatures\t: fp asimd evtstrm aes pmull sha1 sha2 crc32 atomics fphp"
    " asimdhp cpuid asimdrdm lrcpc dcpop asimddp\nCPU implementer\t: 0x41\nCPU architecture: 8\nCPU variant\t: 0x1\n"
    "CPU part\t: 0xd0b\nCPU revision\t: 0\n\n"
    for number in range(2)
)


def _run_arm64_programs(root: Path) -> None:
    """Let the kernel run arm64 programs through an emulator, in this user namespace alone (Linux 6.7 and later)."""
    os.setgid(0)
    os.setuid(0)
    _mount("binfmt_misc", Path("/proc/sys/fs/binfmt_misc"), "binfmt_misc", 0)
    Path("/proc/sys/fs/binfmt_misc/register").write_bytes(_AARCH64)
    _mount(str(root.with_suffix(".cpuinfo")), root / "proc" / "cpuinfo", None, _MS_BIND)


def _await_port(name: str, port: int) -> None:
    for _ in range(1000):
        with socket.socket() as attempt:
            if attempt.connect_ex(("127.0.0.1", port)) == 0:
                return
        if _children[name] in _dead:
            raise RuntimeError(f"{name} ended instead of listening on port {port}")
        time.sleep(0.01)
    raise RuntimeError(f"{name} does not listen on port {port}")


def serve(adb: str, home: str) -> None:
    """Start the adb server of this desk on its usual port."""
    env = {
        "HOME": home,
        "ANDROID_USER_HOME": home,
        "PATH": "/usr/bin:/bin",
        "TMPDIR": home,
        "ADB_MDNS": "0",
        "ADB_LIBUSB": "0",
    }
    _start("server", [adb, "-P", "5037", "nodaemon", "server"], env, Path(home, "adb-server.log"))
    _await_port("server", 5037)


def unserve() -> None:
    """End the adb server, as `adb kill-server` or a crash would."""
    _stop("server")


def furnish(template: str, root: str, instead: dict[str, str]) -> None:
    """Mount what every phone shares into one phone's root. ``instead``: programs that this phone has its own of."""
    shared, phone = Path(template), Path(root)
    _bind(shared / "adbd", phone / "adbd", read_only=True)
    _bind(shared / "system" / "bin", phone / "system" / "bin", read_only=True)
    for name, program in instead.items():
        _mount(program, phone / "system" / "bin" / name, None, _MS_BIND)
    (phone / "proc").mkdir()
    _mount("proc", phone / "proc", "proc", 0)
    (phone / "dev" / "pts").mkdir(parents=True)
    for device in ("null", "zero", "urandom", "random", "tty"):
        _bind(Path("/dev") / device, phone / "dev" / device)
    _mount("devpts", phone / "dev" / "pts", "devpts", 0, "newinstance,ptmxmode=0666,mode=0620")
    (phone / "dev" / "ptmx").symlink_to("pts/ptmx")


def plug(root: str, port: int, arm64: bool) -> None:
    """Start the adbd of the phone at ``root``. ``arm64``: on a phone that runs such programs as well."""
    env = {"PATH": "/system/bin", "ADBD_PORT": str(port), "ADB_EXTERNAL_STORAGE": "/sdcard", "HOME": "/"}
    if arm64:
        env["QEMU_CPU"] = "max"
        Path(root).with_suffix(".cpuinfo").write_text(_ARM_CPUINFO)
    argv = ["/adbd/ld.so", "--library-path", "/adbd/lib", "/adbd/adbd"]
    _start(root, argv, env, Path(root).with_suffix(".log"), root=Path(root), arm64=arm64)
    _await_port(root, port)


def unplug(root: str) -> None:
    """Kill the phone's adbd."""
    _stop(root)


def _stop(name: str) -> None:
    pid = _children.pop(name)
    if pid not in _dead:
        os.kill(pid, signal.SIGKILL)
    while pid not in _dead:
        time.sleep(0.002)  # not pause(): the signal may come between the question and the pause


_COMMANDS = {function.__name__: function for function in (serve, unserve, furnish, plug, unplug)}


def _answer(command: dict[str, Any]) -> dict[str, Any]:
    try:
        _COMMANDS[command.pop("do")](**command)
    except (OSError, RuntimeError) as error:
        return {"error": str(error)}
    return {}


def main() -> None:
    _mount("none", Path("/"), None, _MS_REC | _MS_PRIVATE)
    if Path("/dev/bus/usb").is_dir():
        # The tests see their own phones only, never one that is plugged into this machine.
        _mount("tmpfs", Path("/dev/bus/usb"), "tmpfs", 0)
    _loopback_up()
    signal.signal(signal.SIGCHLD, _reap)
    print(json.dumps({}), flush=True)
    for line in sys.stdin:
        print(json.dumps(_answer(json.loads(line))), flush=True)


if __name__ == "__main__":
    main()
