"""What alerts send: signed as the example of Standard Webhooks' specification, and harmless to who reads it."""

from datetime import UTC, datetime

import orjson

from server.alerting.messages import LONGEST_VALUE, Message, signature_headers
from warehouse.alerts.history import Event, EventKind, Found, Mover
from warehouse.alerts.rules import Alert, AlertCondition, Rule
from warehouse.saved_items import Owner, Rights


def test_the_signature_is_that_of_the_specification() -> None:
    at = datetime.fromtimestamp(1_614_265_330, UTC)
    found = signature_headers(
        "whsec_MfKQ9r8GKYqrTwjUPD8ILPZIo2LaLaSw", "msg_p5jXN8AQM9LWM0D4loKWxJek", at, b'{"test": 2432232314}'
    )
    assert found == {
        "webhook-id": "msg_p5jXN8AQM9LWM0D4loKWxJek",
        "webhook-timestamp": "1614265330",
        "webhook-signature": "v1,g0hM9SsE+OTPJTGt/tmIKtSyZlE3uFJELVlNIOLJ1OE=",
    }


def test_a_value_of_a_row_begins_no_line_and_mentions_nobody() -> None:
    """A film's title is whatever a sender of films sent."""
    title = "A`\n@channel\u2028<!here> [win](https://evil.example) " + "x" * 500
    moved = Mover("movie", title, 2.0, 1.0, 1.0)
    owner, rule = (
        Owner("ada", "marquee"),
        Rule("views", "P1D", "UTC", AlertCondition.ABOVE, 1.0, None, ()),
    )
    alert = Alert("a", 1, "Views", owner, Rights("analyst", {}), rule, datetime.now(UTC))
    found = Found(2.0, 1.0, None, 1.0, "2026-05-02", "2026-05-03", movers=(moved,))
    message = Message(alert, Event("a", 1, EventKind.FIRING, datetime.now(UTC), found=found), "https://m.example/a")
    shown = "A  @channel <!here> [win](https://evil.example) xxxxxxxxxxxxxxxxxxxxxxxxxxxxxxx…"
    assert len(shown) == LONGEST_VALUE
    assert message.text.splitlines()[2:] == [
        "What moved it most:",
        f"  movie {shown}: 1 -> 2",
        "https://m.example/a",
    ]
    in_chat = orjson.loads(message.slack_body)["text"].splitlines()
    assert f"  movie `{shown.replace('<', '&lt;').replace('>', '&gt;')}`: 1 -&gt; 2" in in_chat
    # Machines get it as it is.
    assert orjson.loads(message.body)["data"]["movers"][0]["value"] == title
