"""Laws of mail by GOV.UK Notify, against a server that answers as its API does: nothing goes twice, whatever fails."""

from __future__ import annotations

import json
import logging
import threading
import uuid
from collections.abc import Iterator
from datetime import UTC, datetime
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from urllib.parse import parse_qs, urlsplit

import pytest

from engine.delivery import Delivery, delivery_at
from engine.mail import LETTER, Mail, NotNow, Returned
from engine.refusals import Refused
from tests.unit.mail_servers import free_port

SERVICE, SECRET, TEMPLATE = str(uuid.UUID(int=1)), str(uuid.UUID(int=2)), str(uuid.UUID(int=3))
KEY = f"letters-{SERVICE}-{SECRET}"


class Service(ThreadingHTTPServer):
    """What Notify keeps: the mails it took. `fails`: what it answers next; `dies`: it takes a mail and hangs up."""

    def __init__(self) -> None:
        super().__init__(("127.0.0.1", 0), Api)
        self.mails: list[dict[str, object]] = []
        self.fails: list[tuple[int, object]] = []
        self.dies = False
        self.asked: list[str] = []


class Api(BaseHTTPRequestHandler):
    """GET and POST as https://docs.notifications.service.gov.uk/rest-api.html describes them."""

    server: Service

    def log_message(self, *_: object) -> None:
        """Quietly."""

    def do_GET(self) -> None:
        asked = {name: values[0] for name, values in parse_qs(urlsplit(self.path).query).items()}
        self.server.asked.append(self.path)
        found = [
            one
            for one in self.server.mails
            if all(one[name] == asked[name] for name in ("reference", "status") if name in asked)
        ]
        older = [str(one["id"]) for one in found].index(asked["older_than"]) + 1 if "older_than" in asked else 0
        page = found[older : older + 2]
        first = self.path.partition("&older_than=")[0]
        following = f"{first}&older_than={page[-1]['id']}" if page else first
        self.answer(200, {"notifications": page, "links": {"current": self.path, "next": following}})

    def do_POST(self) -> None:
        said = json.loads(self.rfile.read(int(self.headers["Content-Length"])))
        assert self.headers["Authorization"].startswith("Bearer ")
        if self.server.fails:
            self.answer(*self.server.fails.pop(0))
            return
        self.server.mails.append(said | {"id": str(uuid.uuid4()), "status": "created"})
        if self.server.dies:
            self.server.dies = False
            self.connection.close()
            self.close_connection = True
            return
        self.answer(201, {"id": "1", "reference": said["reference"]})

    def answer(self, status: int, body: object) -> None:
        content = json.dumps(body).encode()
        self.send_response(status)
        self.send_header("Content-Type", "application/json")
        self.send_header("Content-Length", str(len(content)))
        self.end_headers()
        self.wfile.write(content)


@pytest.fixture
def service() -> Iterator[Service]:
    running = Service()
    thread = threading.Thread(target=running.serve_forever, daemon=True)
    thread.start()
    yield running
    running.shutdown()
    running.server_close()
    thread.join(timeout=10)


@pytest.fixture
def notify(service: Service) -> Iterator[Delivery]:
    delivery = delivery_at("notify:", "", environment=environment(service.server_port))
    yield delivery
    delivery.close()


def environment(port: int) -> dict[str, str]:
    return {
        "REDRESS_NOTIFY_KEY": KEY,
        "REDRESS_NOTIFY_TEMPLATE": TEMPLATE,
        "REDRESS_NOTIFY_URL": f"http://127.0.0.1:{port}",
    }


def mail(number: int = 3) -> Mail:
    when = datetime(2024, 12, 20, tzinfo=UTC)
    return Mail(f"letter:SEH-1:{number}", LETTER, "ada@resident.example", "Your complaint", "Dear Ada", when)


def send(delivery: Delivery, one: Mail) -> str:
    return delivery.send(one, lambda: pytest.fail("what is repeatable never asks"))


def test_a_letter_goes_with_its_key_as_reference(service: Service, notify: Delivery) -> None:
    assert send(notify, mail()) == "GOV.UK Notify took it."
    (taken,) = service.mails
    assert taken["email_address"] == "ada@resident.example"
    assert taken["template_id"] == TEMPLATE
    assert taken["personalisation"] == {"subject": "Your complaint", "body": "Dear Ada"}
    assert taken["reference"] == "letter:SEH-1:3"


def test_what_went_already_does_not_go_again(service: Service, notify: Delivery) -> None:
    send(notify, mail())
    assert send(notify, mail()) == "GOV.UK Notify has it already."
    assert len(service.mails) == 1


def test_an_answer_lost_on_the_way_is_asked_for_and_nothing_goes_twice(service: Service, notify: Delivery) -> None:
    service.dies = True
    with pytest.raises(NotNow) as problem:
        send(notify, mail())
    assert problem.value.is_down
    assert send(notify, mail()) == "GOV.UK Notify has it already."
    assert len(service.mails) == 1


def refusal(status: int, error: str, message: str) -> tuple[int, object]:
    return status, {"status_code": status, "errors": [{"error": error, "message": message}]}


@pytest.mark.parametrize(
    ("answer", "kind", "is_down"),
    [
        (refusal(400, "ValidationError", "email_address Not a valid email address"), Returned, None),
        (refusal(400, "BadRequestError", "Missing personalisation: body"), NotNow, False),
        (refusal(403, "AuthError", "Invalid token: API key not found"), NotNow, True),
        (refusal(429, "RateLimitError", "Exceeded rate limit for key type LIVE"), NotNow, True),
        (refusal(500, "Exception", "Internal server error"), NotNow, True),
        ((503, "not JSON that we know"), NotNow, True),
    ],
)
def test_what_notify_refuses_is_returned_or_tried_again(
    service: Service, notify: Delivery, answer: tuple[int, object], kind: type[Exception], is_down: bool | None
) -> None:
    service.fails = [answer]
    with pytest.raises(kind) as problem:
        send(notify, mail())
    assert getattr(problem.value, "is_down", None) == is_down
    assert send(notify, mail()) == "GOV.UK Notify took it."


def test_a_service_that_is_not_there_is_tried_again() -> None:
    away = delivery_at("notify:", "", environment=environment(free_port()))
    with pytest.raises(NotNow) as problem:
        send(away, mail())
    assert problem.value.is_down
    with pytest.raises(NotNow):
        list(away.came_back())


def test_mails_whose_address_does_not_exist_come_back_later(service: Service, notify: Delivery) -> None:
    for number in range(7):
        send(notify, mail(number))
    for number in (0, 1, 3, 4, 6):
        service.mails[number]["status"] = "permanent-failure"
    keys = [key for key, _ in notify.came_back()]
    assert keys == [f"letter:SEH-1:{number}" for number in (0, 1, 3, 4, 6)]


def test_the_key_is_never_shown(service: Service, notify: Delivery, caplog: pytest.LogCaptureFixture) -> None:
    caplog.set_level(logging.DEBUG)
    service.fails = [refusal(403, "AuthError", "Invalid token")]
    with pytest.raises(NotNow) as problem:
        send(notify, mail())
    with pytest.raises(Refused) as wrong:
        delivery_at("notify:", "", environment={"REDRESS_NOTIFY_KEY": SECRET, "REDRESS_NOTIFY_TEMPLATE": TEMPLATE})
    for text in (caplog.text, str(problem.value), str(wrong.value), repr(notify), notify.where):
        assert SECRET not in text
