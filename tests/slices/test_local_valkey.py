"""The embedded Valkey: a password, loopback, and a log that outlives a kill."""

import os
import signal
import stat
from pathlib import Path

import pytest
from redis import Redis
from redis.exceptions import AuthenticationError

from frontdesk.local.valkey import start_valkey


def test_it_wants_its_password_which_no_neighbour_can_read(tmp_path: Path) -> None:
    valkey = start_valkey(tmp_path / "a folder with spaces")
    try:
        with Redis.from_url(valkey.url) as client:
            assert client.ping()
        with Redis(port=valkey.port) as stranger, pytest.raises(AuthenticationError):
            stranger.ping()
        assert valkey.password not in Path(f"/proc/{valkey.pid}/cmdline").read_text()
        for name in ("password", "valkey.conf"):
            mode = (tmp_path / "a folder with spaces" / name).stat().st_mode
            assert stat.S_IMODE(mode) == 0o600
    finally:
        valkey.stop()


def test_rings_survive_a_stop_and_a_kill_minus_nine(tmp_path: Path) -> None:
    valkey = start_valkey(tmp_path)
    with Redis.from_url(valkey.url) as client:
        client.rpush("rings", "one")
    valkey.stop()
    again = start_valkey(tmp_path)
    assert again.port == valkey.port
    with Redis.from_url(again.url) as client:
        client.rpush("rings", "two")
        assert client.config_get("appendonly") == {"appendonly": "yes"}
    os.kill(again.pid, signal.SIGKILL)
    again.process.wait()
    third = start_valkey(tmp_path)
    try:
        with Redis.from_url(third.url) as client:
            assert client.lrange("rings", 0, -1) == [b"one", b"two"]
    finally:
        third.stop()
