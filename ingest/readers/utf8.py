"""Whether bytes are UTF-8."""


def is_utf8(block: bytes) -> bool:
    """Whether a block is entirely UTF-8."""
    if block.isascii():
        return True
    try:
        block.decode()
    except UnicodeDecodeError:
        return False
    return True
