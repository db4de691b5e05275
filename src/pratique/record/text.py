"""Bytes as text: base 64 (RFC 4648, section 4) in the one way to write them: no flipped bit is passed over."""

import base64
import binascii

from pratique.errors import InvalidInput


def encoded(content: bytes) -> str:
    """The text of some bytes."""
    return base64.b64encode(content).decode()


def decoded(text: str) -> bytes:
    """The bytes of a text. Raises `InvalidInput` unless it is what `encoded` gives for them."""
    try:
        content = base64.b64decode(text, validate=True)
    except (binascii.Error, ValueError) as error:
        raise InvalidInput("it is not written in base 64") from error
    if encoded(content) != text:
        raise InvalidInput("it is not written in base 64 in the one way to write it")
    return content
