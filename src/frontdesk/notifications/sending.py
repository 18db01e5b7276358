"""Sends one message by an Apprise address: run in a process of its own, which is fenced in.

Once Apprise is loaded, that process may open no file of this machine, start nothing, and connect
only to public addresses, whatever a plugin, a redirect or a name in the DNS would have it do.
"""

import ipaddress
import json
import logging
import os
import re
import sys
import sysconfig
from collections.abc import Mapping
from typing import Any, NoReturn

LOCAL = frozenset(
    [
        *("syslog", "rsyslog", "dbus", "kde", "qt", "glib", "gnome", "macosx", "windows", "growl"),
        *("file", "exec", "vapid", "aprs", "irc", "ircs", "amqp", "amqps", "nostr"),
    ]
)
"""Schemes that speak to this machine, run on files of it, or are no HTTP."""
READABLE = tuple(
    {
        *(os.path.realpath(p) for p in (sys.prefix, sys.base_prefix)),
        *sysconfig.get_paths().values(),
        *("/etc/ssl", "/etc/pki", "/etc/hosts", "/etc/resolv.conf", "/etc/nsswitch.conf"),
        *("/etc/gai.conf", "/etc/host.conf", "/usr/share/zoneinfo", "/etc/localtime"),
        *("/usr/lib/ssl", "/dev/urandom", "/dev/null"),
    }
)
RUNS = ("subprocess.Popen", "os.system", "os.exec", "os.posix_spawn", "os.fork", "os.forkpty")
TALKS = ("socket.connect", "socket.sendto", "socket.sendmsg")
FORBIDS = (*RUNS, "os.remove", "os.rename", "os.mkdir", "os.rmdir", "os.link", "os.symlink")
SECONDS = 20
CODE = re.compile(r"\berror=(\d{3})\b")
"""How its plugins tell an HTTP status."""


class Fenced(PermissionError):
    """The fence: a service tried what no service needs"""


def fence(*, allow_private: bool) -> list[str]:
    """From now on and for good: there is no way to take an audit hook off. Gives what it stops."""
    stopped: list[str] = []

    def watch(event: str, args: tuple[Any, ...]) -> None:
        try:
            if event in TALKS and not allow_private:
                _public(args[1])
            elif event == "open":
                _readable(args)
            elif event in FORBIDS:
                _stop(event)
        except Fenced as refused:
            stopped.append(str(refused))
            raise

    sys.addaudithook(watch)
    return stopped


def _stop(what: str) -> NoReturn:
    raise Fenced(what)


def _public(address: Any) -> None:
    """A pair or more of host and port; a path is a socket of this machine."""
    if isinstance(address, str | bytes):
        _stop("a socket that is no address")
    host = str(address[0]).partition("%")[0]
    try:
        if not ipaddress.ip_address(host).is_global:
            _stop("a private address")
    except ValueError:
        _stop("a name, unresolved")


def _readable(args: tuple[Any, ...]) -> None:
    path, mode, flags = args[0], args[1] or "", args[2] or 0
    if isinstance(path, int):
        return
    writes = any(c in mode for c in "wax+") or flags & (os.O_WRONLY | os.O_RDWR | os.O_CREAT)
    whole = os.path.realpath(os.fsdecode(path))
    if writes or not any(whole == p or whole.startswith(f"{p}/") for p in READABLE):
        _stop("a file")


def send(asked: Mapping[str, Any]) -> str | None:
    """None when it was taken, else why not."""
    from apprise import Apprise, AppriseAsset  # noqa: PLC0415 - 0.6 s and 20 MiB, here alone

    asset = AppriseAsset(
        plugin_paths=[], secure_logging=True, http_redirects=False, app_id="Frontdesk"
    )
    box: Any = Apprise(asset=asset)
    if not box.add(asked["url"]):
        return "not an address of a service"
    heard = _listen()
    stopped = fence(allow_private=bool(asked["allow_private"]))
    if asked.get("only_look"):
        return None
    taken = box.notify(title=asked["title"], body=asked["body"], notify_type="info")
    if taken:
        return None
    return f"refused: {stopped[0]}" if stopped else _why(heard)


def _listen() -> list[str]:
    """What the library says of a failure, which may name the address: it leaves this process
    only as a number or as a sentence of ours.
    """
    heard: list[str] = []

    class Ear(logging.Handler):
        def emit(self, record: logging.LogRecord) -> None:
            heard.append(record.getMessage())

    library = logging.getLogger("apprise")
    library.handlers, library.propagate = [Ear()], False
    return heard


def _why(heard: list[str]) -> str:
    said = " ".join(heard)
    if "onnection error" in said:
        return "the service could not be reached"
    code = CODE.search(said)
    return f"the service answered {code[1]}" if code else "the service did not take it"


def main() -> None:
    """`python -m frontdesk.notifications.sending < JSON`: a JSON object with what went wrong."""
    import resource  # noqa: PLC0415 - not on every system that imports this module

    resource.setrlimit(resource.RLIMIT_CPU, (SECONDS, SECONDS))
    resource.setrlimit(resource.RLIMIT_NOFILE, (64, 64))
    try:
        error = send(json.loads(sys.stdin.buffer.read()))
    except Exception as failed:  # noqa: BLE001 - a library's own words may name the address
        error = type(failed).__name__
    sys.stdout.write(json.dumps({"error": error}))


if __name__ == "__main__":
    main()
