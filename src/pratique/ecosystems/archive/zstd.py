"""Zstandard (RFC 8878): the standard library's decompressor, which Pythons before 3.14 have as a package (docs/adr)."""

import sys

from pratique.model import limits

if sys.version_info >= (3, 14):
    from compression import zstd
else:
    from backports import zstd

__all__ = ["ZstdError", "decompressor", "zstd"]

ZstdError = zstd.ZstdError


def decompressor() -> zstd.ZstdDecompressor:
    """For one frame. Raises `ZstdError` for a frame that needs a larger window than `limits` allow, or a dictionary."""
    most = limits.ARCHIVE_ZSTD_WINDOW_BYTES_MAX.bit_length() - 1
    return zstd.ZstdDecompressor(options={zstd.DecompressionParameter.window_log_max: most})
