"""Bodies of alerts are signed as Standard Webhooks has it: the example of its specification."""

from datetime import UTC, datetime

from server.alerting.messages import signature_headers


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
