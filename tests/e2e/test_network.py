"""Only the gateway can be reached from outside this machine."""

from __future__ import annotations

import ipaddress
from typing import TYPE_CHECKING

import psutil

if TYPE_CHECKING:
    from tests.e2e.conftest import Running


def listening(process: psutil.Process) -> set[tuple[str, int]]:
    return {
        (connection.laddr.ip, connection.laddr.port)
        for connection in process.net_connections("inet")
        if connection.status == psutil.CONN_LISTEN
    }


def test_only_the_gateway_listens_beyond_loopback(stack: Running) -> None:
    addresses = set().union(*(listening(process) for process in stack.processes()))
    settings = stack.settings
    ports = {port for _, port in addresses}
    assert {settings.port, settings.rasa_port, settings.actions_port} <= ports
    outside = {port for ip, port in addresses if not ipaddress.ip_address(ip).is_loopback}
    assert outside == {settings.port}
