"""The prompts: questions that people ask of a film service, and how the tools answer them."""

from collections.abc import Mapping
from types import MappingProxyType

import mcp_types as types

_ASK = "Use the tool `ask`, and `look_up_values` for values that you are not sure of. Say the range and the time zone."

# Name → title, and what to find out. `{country}` and `{range}` are the arguments.
_PROMPTS: Mapping[str, tuple[str, str]] = MappingProxyType(
    {
        "lost_viewers": (
            "Which genres lost viewers?",
            "Which genres lost viewers in {country} in the last {range}, compared with the period before? Group "
            "viewers by genre with compareTo PREVIOUS_PERIOD, and name those whose change is negative, the "
            "largest loss first.",
        ),
        "unwatched_films": (
            "Which films does nobody watch?",
            "Which films had no session in the last {range}? Group catalogueTitles and views by movie with having "
            "views below 1 and catalogueTitles of at least 1.",
        ),
        "new_viewers": (
            "How many viewers are new?",
            "Day by day for the last {range}, how many viewers are new to the service and how many return? Group "
            "newViewers and returningViewers by day.",
        ),
        "playback": (
            "Where did playback get worse?",
            "Where did buffering get worse in the last {range}, compared with the period before? Group "
            "bufferingPerView and views by device and quality with compareTo PREVIOUS_PERIOD, and leave out "
            "groups with few views.",
        ),
        "completion": (
            "How much of each film is watched?",
            "How much of each film do people watch in {country} in the last {range}? Group completionRate and "
            "views by movie, most views first.",
        ),
        "release": (
            "Do people watch films soon after release?",
            "How are views of the last {range} spread over the days since release? Group views by daysSinceRelease.",
        ),
        "evening": (
            "When do people watch?",
            "At which hour of which day of the week do people in {country} watch most, in the last {range}? Group "
            "watchHours by dayOfWeek and hourOfDay, in the country's time zone.",
        ),
        "hidden_gems": (
            "Which well-rated films are watched too little?",
            "Which films have a high averageRating and few views in the last {range}? Ask `rating` by movie and "
            "`viewing` by movie, and compare.",
        ),
        "what_moved": (
            "What moved the figures?",
            "Views of the last {range} changed against the period before. Find what moved them most: compare by "
            "country, by device and by genre, and say how much of the whole change each group makes.",
        ),
        "trust": (
            "Can I trust this number?",
            "How many viewers were there in {country} in the last {range}, and how was that computed? Use "
            "`explain` with the same arguments: say the source, the newest data and the definition.",
        ),
    }
)
_DEFAULTS = {"country": "all countries", "range": "P28D"}


def listed() -> list[types.Prompt]:
    """All prompts, with their arguments."""
    return [
        types.Prompt(name=name, title=title, description=title, arguments=_arguments(text))
        for name, (title, text) in _PROMPTS.items()
    ]


def prompt(name: str, arguments: Mapping[str, str]) -> types.GetPromptResult | None:
    """A prompt with its arguments filled in; None if there is none of that name."""
    if name not in _PROMPTS:
        return None
    title, text = _PROMPTS[name]
    filled = text.format(**{**_DEFAULTS, **{one: arguments[one] for one in _DEFAULTS if one in arguments}})
    content = types.TextContent(text=f"{filled} {_ASK}")
    return types.GetPromptResult(description=title, messages=[types.PromptMessage(role="user", content=content)])


def _arguments(text: str) -> list[types.PromptArgument]:
    descriptions = {"country": "A country, ISO 3166 alpha-2.", "range": "How far back, such as P7D."}
    return [
        types.PromptArgument(name=name, description=words, required=False)
        for name, words in descriptions.items()
        if f"{{{name}}}" in text
    ]
