"""Who may do what, without a server."""

import logging
import socket

import pytest

from digitlab.access import Guard, Visitor, invitation, network, password
from digitlab.errors import NotAllowed

HERE = {"Host": "localhost:8501", "Origin": "http://localhost:8501"}


def visitor(session="1", address="127.0.0.1", **headers) -> Visitor:
    return Visitor(session, address, {**HERE, **headers})


@pytest.mark.parametrize(
    "host", ["127.0.0.1", "localhost", "LOCALHOST", "::1", "[::1]", "127.8.9.1", "::ffff:127.0.0.1"]
)
def test_loopback(host):
    assert network.is_loopback(host)


@pytest.mark.parametrize(
    "host", [None, "", "10.0.0.5", "0.0.0.0", "::", "localhost.example.org", "127.0.0.1.example.org"]
)
def test_not_loopback(host):
    assert not network.is_loopback(host)


def test_at_the_machine_itself_everything_is_allowed_without_a_password():
    Guard(None, "127.0.0.1").require(visitor(), "retrain")


@pytest.mark.parametrize(
    "who",
    [
        visitor(address="10.0.0.5"),
        visitor(address=None),
        visitor(Host="digits.example.org"),  # DNS rebinding
        visitor(Host=""),
        visitor(Origin="https://digits.example.org"),
        visitor(Origin="http://["),
        visitor(Host="[::1"),
        visitor(**{"X-Forwarded-For": "127.0.0.1"}),
        visitor(**{"x-real-ip": "127.0.0.1"}),
        visitor(Forwarded="for=127.0.0.1"),
        Visitor("1", "127.0.0.1", {}),
    ],
    ids=str,
)
def test_from_elsewhere_it_is_read_only_without_a_password(who, caplog):
    guard = Guard(None, "127.0.0.1")
    with pytest.raises(NotAllowed, match="DIGITLAB_PASSWORD"):
        guard.require(who, "retrain")
    assert "refused to retrain" in caplog.text
    with pytest.raises(NotAllowed):  # nothing to guess either
        guard.unlock(who, "")


@pytest.mark.parametrize("listens_on", [None, "", "0.0.0.0", "::", "10.0.0.5"])
def test_a_server_that_can_be_reached_is_read_only_for_all_without_a_password(listens_on):
    assert not Guard(None, listens_on).is_presenter(visitor())


@pytest.mark.parametrize("secret", ["", None])
def test_an_empty_password_is_none(secret):
    assert not Guard(secret, None).has_password


def test_the_password_makes_a_presenter_of_one_session_alone(caplog):
    caplog.set_level(logging.INFO)
    guard = Guard("open sesame", None)
    mine, other = visitor("mine"), visitor("other")
    assert not guard.is_presenter(mine)
    assert not guard.unlock(mine, "open")
    assert guard.unlock(mine, " open sesame\n")
    guard.require(mine, "promote")
    assert not guard.is_presenter(other)
    guard.lock(mine)
    assert not guard.is_presenter(mine)
    for words in ("wrong password", "right password", "allowed to promote"):
        assert words in caplog.text
    assert "sesame" not in caplog.text


def test_repeated_guesses_are_held_up_even_a_right_one(caplog):
    guard = Guard("open sesame", None)
    for guess in range(password.GUESSES):
        assert not guard.unlock(visitor(f"session {guess}", "10.0.0.5"), f"guess {guess}")
    with pytest.raises(NotAllowed, match=r"again in \d+ s"):
        guard.unlock(visitor("next", "10.0.0.5"), "open sesame")  # a new session is the same address
    assert not guard.is_presenter(visitor("next", "10.0.0.5"))
    assert "too many" in caplog.text
    assert guard.unlock(visitor("at the desk", "10.0.0.6"), "open sesame")


def test_many_machines_share_a_limit_that_does_not_lock_the_desk_out():
    guard = Guard("open sesame", None)
    for guess in range(password.ALL_GUESSES):
        guard.unlock(visitor(address=f"10.0.1.{guess}"), "no")
    with pytest.raises(NotAllowed):
        guard.unlock(visitor(address="10.0.2.1"), "open sesame")
    assert guard.unlock(visitor(), "open sesame")


def test_after_a_minute_one_may_guess_again():
    now = 0.0
    limit = password.Limit(lambda: now)
    for _ in range(password.GUESSES):
        limit.guess("a", lambda: False, here=False)
    with pytest.raises(NotAllowed):
        limit.guess("a", lambda: True, here=False)
    now = password.WINDOW_S + 1
    assert limit.guess("a", lambda: True, here=False)


def test_made_passwords_differ_and_can_be_read_aloud():
    made = {password.make() for _ in range(100)}
    assert len(made) == 100
    assert all(len(word) == 14 and not set(word) & set("0o1il") for word in made)


def test_the_qr_code_leads_to_the_address():
    address = "http://192.168.178.20:8501/play"
    assert invitation.image(address).startswith("data:image/svg+xml")
    assert invitation.image(address) != invitation.image(address + "x")
    assert len(invitation.text(address).splitlines()) >= 15


@pytest.mark.parametrize("host", ["127.0.0.1", "0.0.0.0", "::"])
def test_a_port_is_taken_as_long_as_somebody_listens(host):
    with socket.create_server((host, 0), family=socket.AF_INET6 if ":" in host else socket.AF_INET) as other:
        port = other.getsockname()[1]
        assert not network.is_free(host, port)
    assert network.is_free(host, port)


def test_own_address_is_one_that_others_can_use():
    address = network.own_address()
    assert address is None or not network.is_loopback(address)
