#!/usr/bin/env python3
"""Writes a picture of 512 × 512 px as PNG, with nothing but Python itself: slopes, a horizon and some grain."""
import random, struct, sys, zlib

random.seed(2)
rows = bytearray()
for y in range(512):
    rows.append(0)
    for x in range(512):
        grain = random.randint(-6, 6)
        sky = (110 + y // 6, 140 + y // 8, 200 - y // 8)
        hill = (70 + x // 8, 100 + x // 16, 60)
        colour = sky if y < 300 + 40 * ((x // 64) % 2) else hill
        rows.extend(max(0, min(255, value + grain)) for value in colour)


def chunk(kind, data):
    return struct.pack(">I", len(data)) + kind + data + struct.pack(">I", zlib.crc32(kind + data))


with open(sys.argv[1], "wb") as file:
    file.write(b"\x89PNG\r\n\x1a\n" + chunk(b"IHDR", struct.pack(">IIBBBBB", 512, 512, 8, 2, 0, 0, 0))
               + chunk(b"IDAT", zlib.compress(bytes(rows))) + chunk(b"IEND", b""))
