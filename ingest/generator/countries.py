"""The ten countries of the demo: population share, time zone, names and network quality."""

from dataclasses import dataclass


@dataclass(frozen=True, slots=True)
class Country:
    """One country: its `share` of the users, time `zone`, and `locale` for names.

    `buffering` multiplies how often a stream stalls. `prices` above 1 means more expensive subscriptions.
    """

    code: str
    zone: str
    locale: str
    share: float
    buffering: float
    prices: float


COUNTRIES = (
    Country("US", "America/New_York", "en_US", 0.27, 1.0, 1.3),
    Country("IN", "Asia/Kolkata", "en_IN", 0.15, 1.9, 0.5),
    Country("BR", "America/Sao_Paulo", "pt_BR", 0.12, 1.6, 0.7),
    Country("GB", "Europe/London", "en_GB", 0.10, 0.9, 1.2),
    Country("DE", "Europe/Berlin", "de_DE", 0.09, 1.1, 1.2),
    Country("JP", "Asia/Tokyo", "ja_JP", 0.08, 0.6, 1.1),
    Country("FR", "Europe/Paris", "fr_FR", 0.07, 0.9, 1.0),
    Country("MX", "America/Mexico_City", "es_MX", 0.05, 1.5, 0.7),
    Country("CA", "America/Toronto", "en_CA", 0.04, 0.9, 1.2),
    Country("AU", "Australia/Sydney", "en_AU", 0.03, 1.2, 1.2),
)
