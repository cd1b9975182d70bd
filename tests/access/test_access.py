"""Who may do what, without a server."""

import asyncio
import socket

import pytest

from digitlab.access import Guard, Visitor, invitation, network, password
from digitlab.errors import NotAllowed

HERE = {"Host": "localhost:8501", "Origin": "http://localhost:8501"}


def visitor(key="", address="127.0.0.1", **headers) -> Visitor:
    return Visitor(key, address, {**HERE, **headers})


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
        visitor(Origin="http://localhost:3000"),  # a page on another local port
        visitor(Origin="null"),
        visitor(Host="[::1"),
        visitor(**{"X-Forwarded-For": "127.0.0.1"}),
        visitor(**{"x-real-ip": "127.0.0.1"}),
        visitor(Forwarded="for=127.0.0.1"),
        Visitor("", "127.0.0.1", {}),
    ],
    ids=str,
)
def test_from_elsewhere_it_is_read_only_without_a_password(who, caplog):
    guard = Guard(None, "127.0.0.1")
    with pytest.raises(NotAllowed, match="DIGITLAB_PASSWORD"):
        guard.require(who, "retrain")
    assert "refused to retrain" in caplog.text
    with pytest.raises(NotAllowed):  # nothing to guess either
        asyncio.run(guard.unlock(who, guard.new_page(), ""))


@pytest.mark.parametrize("listens_on", [None, "", "0.0.0.0", "::", "10.0.0.5"])
def test_a_server_that_can_be_reached_is_read_only_for_all_without_a_password(listens_on):
    assert not Guard(None, listens_on).is_presenter(visitor())


@pytest.mark.parametrize("secret", ["", None])
def test_an_empty_password_is_none(secret):
    assert not Guard(secret, None).has_password


def test_made_passwords_differ_and_can_be_read_aloud():
    made = {password.make() for _ in range(100)}
    assert len(made) == 100
    assert all(len(word) == 14 and not set(word) & set("0o1il") for word in made)


@pytest.mark.parametrize(
    ("given", "is_short"), [(None, False), ("hello", True), ("eleven sign", True), ("twelve signs", False)]
)
def test_a_password_that_can_be_guessed_is_short(given, is_short):
    assert password.is_short(given) is is_short
    assert not password.is_short(password.make())


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
