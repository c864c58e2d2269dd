"""Small captures: one flow for each host or request, so that a real Suricata can be asked."""

from __future__ import annotations

import struct
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from collections.abc import Iterable
    from pathlib import Path

SERVER = "198.51.100.7"


def hello(name):
    """A TLS 1.2 ClientHello that asks for `name`."""
    host = name.encode()
    entry = struct.pack("!BH", 0, len(host)) + host
    names = struct.pack("!H", len(entry)) + entry
    extensions = struct.pack("!HH", 0, len(names)) + names
    body = b"\x03\x03" + bytes(32) + b"\x00" + b"\x00\x02\x13\x01" + b"\x01\x00"
    body += struct.pack("!H", len(extensions)) + extensions
    shake = b"\x01" + len(body).to_bytes(3, "big") + body
    return b"\x16\x03\x01" + struct.pack("!H", len(shake)) + shake


def request(path="/", host="www.example.org", method="GET", headers=()):
    """An HTTP request."""
    lines = [f"{method} {path} HTTP/1.1", f"Host: {host}", *(f"{n}: {v}" for n, v in headers)]
    return "\r\n".join([*lines, "Content-Length: 0", "", ""]).encode()


def question(name):
    """A DNS question for the address of `name`."""
    labels = b"".join(bytes([len(label)]) + label.encode() for label in name.split("."))
    return b"\x12\x34\x01\x00\x00\x01\x00\x00\x00\x00\x00\x00" + labels + b"\x00\x00\x01\x00\x01"


def write(path: Path, flows: Iterable[tuple[str, int, bytes]]) -> None:
    """A capture of flows (protocol, server port, what the client says); flow n is from 10.x.y.z."""
    out = bytearray(struct.pack("<IHHiIII", 0xA1B2C3D4, 2, 4, 0, 0, 65535, 101))
    clock = 1_772_438_400
    for number, (kind, port, said) in enumerate(flows):
        client = client_of(number)
        packets = _udp(client, port, said) if kind == "udp" else _tcp(client, port, said)
        for packet in packets:
            clock += 1
            out += struct.pack("<IIII", clock, 0, len(packet), len(packet)) + packet
    path.write_bytes(out)


def client_of(number: int) -> str:
    """The address that flow `number` comes from."""
    return f"10.{number >> 16 & 255}.{number >> 8 & 255}.{number & 255}"


def _tcp(client: str, port: int, said: bytes):
    def segment(forth, flags, seq, ack, data=b""):
        ends = (40_000, port) if forth else (port, 40_000)
        head = struct.pack("!HHIIBBHHH", *ends, seq, ack, 5 << 4, flags, 65_535, 0, 0)
        return _ip(client, SERVER, 6, head + data) if forth else _ip(SERVER, client, 6, head + data)

    after = 101 + len(said)
    yield segment(True, 2, 100, 0)
    yield segment(False, 18, 500, 101)
    yield segment(True, 16, 101, 501)
    yield segment(True, 24, 101, 501, said)
    yield segment(False, 16, 501, after)
    yield segment(True, 17, after, 501)
    yield segment(False, 17, 501, after + 1)
    yield segment(True, 16, after + 1, 502)


def _udp(client: str, port: int, said: bytes):
    yield _ip(client, SERVER, 17, struct.pack("!HHHH", 40_000, port, 8 + len(said), 0) + said)


def _ip(source: str, target: str, protocol: int, payload: bytes) -> bytes:
    def packed(address):
        return bytes(map(int, address.split(".")))

    head = struct.pack("!BBHHHBBH", 0x45, 0, 20 + len(payload), 0, 0, 64, protocol, 0)
    return head + packed(source) + packed(target) + payload
