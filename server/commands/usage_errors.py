"""Usage errors as one sentence, with what was probably meant."""

import re
from difflib import get_close_matches

from server.commands.typer_internals import UsageError

_CHOICES = re.compile(r"Value error, '(?P<given>.*?)' is not one of (?P<known>'.*')\.?$")


def told_usage(error: UsageError) -> str:
    """What is wrong with a command line. Typer names near commands and options; values of a choice are named here."""
    sentence = " ".join(error.format_message().split())
    found = _CHOICES.search(sentence)
    if found is None:
        return sentence.replace("Value error, ", "")
    known = re.findall(r"'([^']*)'", found["known"])
    near = get_close_matches(found["given"].lower(), known, n=1)
    meant = f" Did you mean {near[0]}?" if near else ""
    return f"{sentence[: found.start()]}{found['given']!r} is not one of {', '.join(known)}.{meant}"
