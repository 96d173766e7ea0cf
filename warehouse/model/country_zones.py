"""The time zone assumed for a country's viewers: that of most of its people, because the data has no other.

Countries with one zone come from the time zone database; for those with several, the zone is listed here.
"""

from collections.abc import Mapping
from functools import cache
from importlib.resources import files
from types import MappingProxyType

OTHERWISE = "UTC"

_OF_MOST_PEOPLE: Mapping[str, str] = MappingProxyType(
    {
        "AQ": "Antarctica/McMurdo",
        "AR": "America/Argentina/Buenos_Aires",
        "AU": "Australia/Sydney",
        "BR": "America/Sao_Paulo",
        "CA": "America/Toronto",
        "CD": "Africa/Kinshasa",
        "CL": "America/Santiago",
        "CN": "Asia/Shanghai",
        "CY": "Asia/Nicosia",
        "DE": "Europe/Berlin",
        "EC": "America/Guayaquil",
        "ES": "Europe/Madrid",
        "FM": "Pacific/Chuuk",
        "GL": "America/Nuuk",
        "ID": "Asia/Jakarta",
        "KI": "Pacific/Tarawa",
        "KZ": "Asia/Almaty",
        "MH": "Pacific/Majuro",
        "MN": "Asia/Ulaanbaatar",
        "MX": "America/Mexico_City",
        "MY": "Asia/Kuala_Lumpur",
        "NZ": "Pacific/Auckland",
        "PF": "Pacific/Tahiti",
        "PG": "Pacific/Port_Moresby",
        "PS": "Asia/Gaza",
        "PT": "Europe/Lisbon",
        "RU": "Europe/Moscow",
        "UA": "Europe/Kyiv",
        "UM": "Pacific/Wake",
        "US": "America/New_York",
        "UZ": "Asia/Tashkent",
    }
)


@cache
def zone_of_country() -> Mapping[str, str]:
    """Country, ISO 3166 alpha-2 → IANA zone, for every country that the database knows.

    Source: `zone.tab` of the package `tzdata`.
    """
    lines = (files("tzdata") / "zoneinfo" / "zone.tab").read_text(encoding="utf-8").splitlines()
    rows = [line.split("\t") for line in lines if not line.startswith("#")]
    return MappingProxyType({**{country: zone for country, _, zone, *_ in rows}, **_OF_MOST_PEOPLE})
