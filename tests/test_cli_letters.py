"""Letters from the command line: where they go is said at the start, and a wrong place is told in a sentence."""

from __future__ import annotations

import os
import signal
import subprocess
import sys
import threading
from pathlib import Path

import pytest
from click.testing import CliRunner, Result

from engine import worker
from engine.delivery import delivery_at
from engine.office import Office
from engine.sending import Post
from engine.store import outbox
from engine.worker import Mailing
from tests.unit.casting import hired
from tests.unit.letter_cases import WRITTEN, Hands, acknowledged, filings, letter
from tests.unit.mail_servers import mail_server
from web import cli, posting

ROOT = Path(__file__).resolve().parents[1]


def redress(*words: str, **environment: str) -> Result:
    return CliRunner(env=environment).invoke(cli.main, words)


def folder_of(office: Office) -> Path:
    return Path(office.database.url.removeprefix("sqlite:///")).with_suffix(".letters")


def test_the_worker_writes_letters_into_a_folder_beside_the_database(office: Office) -> None:
    reference = acknowledged(office, hired(office, "Ann"))
    result = redress("worker", "--once", "--database", office.database.url)
    assert (result.exit_code, result.output) == (0, "0 cases moved on. 1 sent.\n")
    assert letter(office, reference).status == "sent"
    assert [path.suffix for path in sorted((folder_of(office) / reference).iterdir())] == [".pdf", ".eml"]


def test_the_worker_sends_by_the_server_it_is_told(office: Office) -> None:
    acknowledged(office, hired(office, "Ann"))
    with mail_server() as (address, received):
        words = ("worker", "--once", "--database", office.database.url, "--mail-from", "c@landlord.example")
        assert "1 sent." in redress(*words, REDRESS_MAIL=address).output
    assert received.mails[0].mail_from == "c@landlord.example"
    assert not folder_of(office).exists()


def test_a_server_that_is_away_is_said_and_nothing_is_lost(office: Office) -> None:
    reference = acknowledged(office, hired(office, "Ann"))
    with mail_server() as (address, _):
        pass
    words = ("worker", "--once", "--database", office.database.url, "--mail", address, "--mail-from", "c@l.example")
    assert "1 to be tried again: nothing can be reached." in redress(*words).output
    assert letter(office, reference).status == "waiting"


@pytest.mark.parametrize("verb", [("serve",), ("worker", "--once")])
@pytest.mark.parametrize(
    ("options", "said"),
    [
        (("--mail", "carrier-pigeon:"), "There is no way to send mail by 'carrier-pigeon:'."),
        (("--mail", "smtp://mail.example"), "set REDRESS_MAIL_FROM"),
        (("--mail", "smtp://us:hush@mail.example", "--mail-from", "c@l.example"), "only under TLS"),
        (("--mail", "notify:"), "REDRESS_NOTIFY_KEY and REDRESS_NOTIFY_TEMPLATE"),
        (("--address", "complaints"), "Write https://complaints.landlord.example."),
        (("--returns", "/no/such/folder"), "There is no folder /no/such/folder"),
    ],
)
def test_a_wrong_address_is_told_at_the_start(
    verb: tuple[str, ...], options: tuple[str, ...], said: str, office: Office
) -> None:
    result = redress(*verb, "--database", office.database.url, *options, REDRESS_SECRET_KEY="a secret for this test")
    assert result.exit_code == 1
    assert said in result.output
    assert "hush" not in result.output


@pytest.mark.parametrize("verb", ["serve", "worker"])
def test_help_never_shows_what_the_environment_holds(verb: str) -> None:
    result = redress(verb, "--help", REDRESS_MAIL="smtps://us:hush@mail.example", REDRESS_NOTIFY_KEY="hush")
    assert result.exit_code == 0
    assert "hush" not in result.output


def test_what_is_printed_of_an_address_is_nothing_secret() -> None:
    said = {
        "mail": "smtps://us:hush@mail.example",
        "mail_from": "c@l.example",
        "documents": "s3://id:hush@bucket/copies",
    }
    mailing = posting.mailing_of("postgresql://redress:hush@db/redress", **said, address="", returns="")
    assert posting.where(mailing) == (
        "Letters go to the mail server mail.example, port 465; copies are filed in s3://bucket/copies. "
        "Checkpoints of the record go to the folder redress.checkpoints."
    )


def test_a_letter_goes_within_seconds_of_being_written_while_the_office_is_served(office: Office) -> None:
    ann = hired(office, "Ann")
    command = [sys.executable, "-c", "from web.cli import main; main()", "serve", "--database", office.database.url]
    environment = os.environ | {"REDRESS_SECRET_KEY": "a secret for this test"}
    options = {"cwd": ROOT, "env": environment, "stdout": subprocess.PIPE, "stderr": subprocess.STDOUT, "text": True}
    with subprocess.Popen([*command, "--port", "0"], **options) as server:  # type: ignore[call-overload]  # one call's options
        watchdog, pause = threading.Timer(90, server.kill), threading.Event()
        watchdog.start()
        said = []
        for line in server.stdout:
            said.append(line)
            if "Serving on " in line:
                break
        assert any(line.startswith("Letters go to the folder") for line in said)
        reference = acknowledged(office, ann)
        for _ in range(200):
            if letter(office, reference).status == "sent":
                break
            pause.wait(0.1)
        server.send_signal(signal.SIGTERM)
        assert server.wait(timeout=30) == 0
        watchdog.cancel()
    assert letter(office, reference).status == "sent"


def test_between_two_rounds_the_outbox_is_looked_at_every_few_seconds(
    office: Office, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    """A minute between rounds, and yet a letter written just after one is gone long before the next."""
    monkeypatch.setattr(worker, "LOOK_SECONDS", 0.02)
    ann, hands, pause = hired(office, "Ann"), Hands(WRITTEN), threading.Event()
    mailing = Mailing(Post(delivery_at(f"folder:{tmp_path / 'letters'}", ""), str(tmp_path / "documents")))
    thread, stop = worker.in_background(lambda: office, hands, every=600, mailing=mailing)
    pause.wait(0.5)
    reference = acknowledged(office, ann)
    for _ in range(500):
        if letter(office, reference).status == "sent":
            break
        pause.wait(0.02)
    stop.set()
    thread.join(timeout=10)
    assert letter(office, reference).status == "sent"
    assert {row.status for row in filings(office, reference)} <= {outbox.CANCELLED, outbox.SENT}
