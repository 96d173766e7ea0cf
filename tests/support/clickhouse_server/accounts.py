"""Accounts: a name, a password, and what it may do; checked as a server does, by code."""

import re
from base64 import b64decode
from collections.abc import Mapping
from dataclasses import dataclass
from email.message import Message

AUTHENTICATION_FAILED, ACCESS_DENIED, UNKNOWN_SETTING = 516, 497, 115
_READS = re.compile(r"\s*\(?\s*(SELECT|WITH|SHOW|DESCRIBE|EXPLAIN)\b", re.IGNORECASE)
# Tables with a row policy, and the setting that it reads.
_HELD = re.compile(r"\bFROM (viewing_sessions|ratings|users|movies|\w+_analytics)(_undone|_versions)?\b")
_WALL = "SQL_marquee_country = "
_CREATES_DATABASE = re.compile(r"\s*CREATE\s+DATABASE\b", re.IGNORECASE)


class Refused(Exception):
    """What a server says to somebody who may not do something; `code` is ClickHouse's."""

    def __init__(self, code: int, message: str) -> None:
        super().__init__(f"Code: {code}. DB::Exception: {message}")
        self.code = code


@dataclass(frozen=True)
class Account:
    """Who may ask; `is_confined` to the databases that are there. One that `reads` has row policies, so its statements
    must say the asker's scope.
    """

    password: str = ""
    is_confined: bool = False
    reads: bool = False


Accounts = Mapping[str, Account]
ANYBODY: Accounts = {"default": Account()}


def read_accounts(texts: list[str]) -> Accounts:
    """Accounts as options name them: `name:password`, `name:password:confined` or `name:password:reads`."""
    accounts = {}
    for text in texts:
        name, password, *more = text.split(":")
        accounts[name] = Account(password, is_confined="confined" in more, reads="reads" in more)
    return accounts or ANYBODY


def check(accounts: Accounts, headers: Message, statement: str) -> None:
    """Raises: Refused for a wrong password, or a statement that the account may not run."""
    name, password = _who(headers)
    account = accounts.get(name)
    if account is None or account.password != password:
        raise Refused(
            AUTHENTICATION_FAILED,
            f"{name}: Authentication failed: password is incorrect, or there is no user with such name.",
        )
    if account.reads and not _READS.match(statement):
        raise Refused(ACCESS_DENIED, f"{name}: Not enough privileges.")
    if account.reads and _HELD.search(statement) and _WALL not in statement:
        raise Refused(UNKNOWN_SETTING, "Unknown setting 'SQL_marquee_country'.")
    if account.is_confined and _CREATES_DATABASE.match(statement):
        raise Refused(ACCESS_DENIED, f"{name}: Not enough privileges.")


def account_of(headers: Message) -> str:
    """The name of who asks."""
    return _who(headers)[0]


def _who(headers: Message) -> tuple[str, str]:
    if "X-ClickHouse-User" in headers:
        return headers["X-ClickHouse-User"], headers.get("X-ClickHouse-Key", "")
    scheme, _, given = headers.get("Authorization", "").partition(" ")
    if scheme.lower() == "basic":
        name, _, password = b64decode(given).decode().partition(":")
        return name, password
    return "default", ""
