"""Holds event streams open over raw sockets and says when events arrive: `HOST PORT COUNT PATH...`.

A line for each event: its id and the time of its arrival. To be killed by whoever started it.
"""

import re
import selectors
import socket
import sys
import time

EVENT = re.compile(rb"id: (\d+)\nevent: progress\n")
OPENED = re.compile(rb"retry: ")
REQUEST = "GET {path} HTTP/1.1\r\nHost: {host}:{port}\r\nAccept: text/event-stream\r\n\r\n"


def main(host: str, port: int, count: int, paths: list[str]) -> None:
    waiting = selectors.DefaultSelector()
    for number in range(count):
        connection = socket.create_connection((host, port))
        request = REQUEST.format(path=paths[number % len(paths)], host=host, port=port)
        connection.sendall(request.encode())
        waiting.register(connection, selectors.EVENT_READ, bytearray())
    while True:
        for key, _ in waiting.select():
            arrived = time.time()
            received = key.fileobj.recv(65536)
            if not received:
                waiting.unregister(key.fileobj)
                print("closed 0", flush=True)
                continue
            _tell(key.data, received, arrived)


def _tell(kept: bytearray, received: bytes, arrived: float) -> None:
    kept += received
    end = kept.rfind(b"\n\n") + 2
    whole = bytes(kept[: max(1, end)])
    if end < 2:
        return
    del kept[:end]
    lines = [f"{found.decode()} {arrived:.4f}" for found in EVENT.findall(whole)]
    lines += ["open 0"] * len(OPENED.findall(whole))
    if lines:
        print("\n".join(lines), flush=True)


if __name__ == "__main__":
    main(sys.argv[1], int(sys.argv[2]), int(sys.argv[3]), sys.argv[4:])
