"""W3C's trace context: the header `traceparent`, by which a request belongs to a trace that began elsewhere.

Source: https://www.w3.org/TR/trace-context/#traceparent-header
"""

import re

from warehouse.random_ids import unique_hex

HEADER = "traceparent"
_FORM = re.compile(r"([0-9a-f]{2})-([0-9a-f]{32})-([0-9a-f]{16})-([0-9a-f]{2})(-.*)?")


def read_parent(header: str | None) -> tuple[str, str]:
    """(trace id, the caller's span id) of a request; a new trace and '' without a valid header."""
    found = _FORM.fullmatch((header or "").strip())
    if found:
        version, trace, span, _, more = found.groups()
        is_valid = version != "ff" and (version != "00" or not more) and trace.strip("0") and span.strip("0")
        if is_valid:
            return trace, span
    return unique_hex(32), ""
