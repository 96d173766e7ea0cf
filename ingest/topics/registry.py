"""A schema registry with Confluent's API, as Karapace and Apicurio have it too: Avro schemas by their numbers."""

from collections.abc import Iterator, Mapping
from contextlib import contextmanager
from typing import Any

import fastavro
import httpx2
import orjson
from confluent_kafka.schema_registry import Schema as Registered
from confluent_kafka.schema_registry import SchemaRegistryClient
from confluent_kafka.schema_registry.error import SchemaRegistryError

from ingest.topics.avro_schema import with_float_readers
from ingest.topics.messages import Malformed
from warehouse.errors import BadInput, Unavailable

ANSWER_S = 5
_NOT_FOUND = 404


class Registry:
    """The registry at a URL; `properties` are those of its client, such as `basic.auth.user.info`.

    Raises: BadInput for a URL or a property that its client does not take.
    """

    def __init__(self, url: str, properties: Mapping[str, str]) -> None:
        self._url = url
        self._known: dict[int, Any] = {}
        try:
            self._client = SchemaRegistryClient({**properties, "url": url, "timeout": ANSWER_S, "max.retries": 1})
        except (ValueError, TypeError) as error:
            raise BadInput(f"The schema registry {url!r} can't be used: {error}") from error

    def schema(self, number: int) -> Any:
        """A parsed schema, by its number. One that is not there is asked for again: somebody may register it.

        Raises: Malformed if there is none, or it is not Avro; Unavailable if the registry can't be asked.
        """
        if number not in self._known:
            self._known[number] = self._fetched(number)
        return self._known[number]

    def _fetched(self, number: int) -> Any:
        with _asking(self._url, f"the registry has no schema {number}"):
            found = self._client.get_schema(number)
        if found.schema_type != "AVRO":
            raise Malformed(f"schema {number} is {found.schema_type}, expected AVRO")
        named: dict[str, Any] = {}
        try:
            return self._parsed(found, named)
        except (fastavro.schema.SchemaParseException, fastavro.schema.UnknownType, ValueError, KeyError) as error:
            raise Malformed(f"schema {number} is not valid: {type(error).__name__} {error}") from error

    def _parsed(self, schema: Registered, named: dict[str, Any]) -> Any:
        """A schema, parsed after those that it refers to."""
        for one in schema.references or ():
            subject, version = one.subject or "", one.version or 1
            with _asking(self._url, f"the registry lacks version {version} of {subject}, which the schema uses"):
                used = self._client.get_version(subject, version)
            self._parsed(used.schema, named)
        return fastavro.parse_schema(with_float_readers(orjson.loads(schema.schema_str or "")), named)


@contextmanager
def _asking(url: str, missing: str) -> Iterator[None]:
    """Say what it means if the registry does not give what it is asked for; `missing` is what a 404 means.

    Raises: Malformed, Unavailable.
    """
    try:
        yield
    except SchemaRegistryError as error:
        if error.http_status_code == _NOT_FOUND:
            raise Malformed(missing) from error
        why = f"with status {error.http_status_code}: {error.error_message}"
        raise Unavailable(f"The schema registry {url} refuses {why}") from error
    except httpx2.HTTPError as error:
        raise Unavailable(
            f"The schema registry {url} can't be reached: {str(error) or type(error).__name__}."
        ) from error
