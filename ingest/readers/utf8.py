"""Whether bytes are text."""


def is_utf8(block: bytes) -> bool:
    """Whether a block is UTF-8 from its beginning to its end."""
    if block.isascii():
        return True
    try:
        block.decode()
    except UnicodeDecodeError:
        return False
    return True
