"""The same two operations in libvips, in a process of its own: decode, exposure, LCh saturation, encode at quality 95.

Usage: vips.py IN.jpg OUT.jpg    Prints the seconds of the work, without starting Python.
"""
import sys
import time

import pyvips

start = time.perf_counter()
photo = pyvips.Image.new_from_file(sys.argv[1], access="sequential")
light = photo.colourspace("scrgb") * 1.4
lch = light.colourspace("lch")
more = lch * [1, 1.2, 1]
more = more.copy(interpretation="lch")
more.colourspace("srgb").jpegsave(sys.argv[2], Q=95)
print(f"{time.perf_counter() - start:.3f}")
