"""Giving the presenter's password: what it brings, and what others can do against it."""

import asyncio
import logging
import tracemalloc

import pytest
from starlette.applications import Starlette
from starlette.testclient import TestClient

from digitlab.access import Guard, Visitor, network, password, unlocking, visitor
from digitlab.access.gate import Gate, Rules
from digitlab.errors import NotAllowed

WORD = "open sesame"
ATTACKERS = 50


@pytest.fixture
def guard():
    return Guard(WORD, None)


def asks(key="", address="10.0.0.5") -> Visitor:
    return Visitor(key, address, {})


def unlock(guard, given=WORD, who=None, page=None):
    return asyncio.run(guard.unlock(who or asks(), page or guard.new_page(), given))


def test_the_password_makes_a_presenter_of_one_browser_alone(guard, caplog):
    caplog.set_level(logging.INFO)
    assert unlock(guard, "open") is None
    mine = asks(visitor.digest(unlock(guard, f" {WORD}\n")))
    guard.require(mine, "promote")
    for other in (asks(), asks("another"), asks(mine.key[:-1]), asks(mine.key.upper())):
        assert not guard.is_presenter(other)
    assert guard.is_presenter(asks(mine.key, "203.0.113.9"))  # a telephone that changes its network
    guard.lock(mine)
    assert not guard.is_presenter(mine)
    for words in ("wrong password", "right password", "allowed to promote"):
        assert words in caplog.text
    assert "sesame" not in caplog.text


def test_what_was_in_the_browser_before_never_becomes_a_presenters(guard):
    planted = visitor.new_secret()
    mine = asks(visitor.digest(planted))
    made = unlock(guard, who=mine)
    assert made != planted
    assert not guard.is_presenter(mine)
    again = unlock(guard, who=asks(visitor.digest(made)))
    assert again != made
    assert not guard.is_presenter(asks(visitor.digest(made)))  # one browser has one secret
    assert guard.is_presenter(asks(visitor.digest(again)))


def test_a_cookie_beside_the_real_one_does_no_harm(guard):
    made = unlock(guard)
    planted = f"{visitor.COOKIE}={visitor.new_secret()}; {visitor.COOKIE}=; {visitor.COOKIE}"
    assert guard.is_presenter(asks(visitor.key([f"{planted}; {visitor.COOKIE}={made}; _streamlit_xsrf=2|1"])))


@pytest.mark.parametrize(
    "cookie",
    [
        "", "=", ";;;", "x" * 50_000, "NAME=", f"NAME={'a' * 42}", f"NAME={'a' * 44}", f"NAME={'a' * 42}\xe9",
        f"xNAME={'a' * 43}", f'NAME="{"a" * 43}"', f"digitlab_presenter={'a' * 43}",
    ],
)  # fmt: skip
def test_a_forged_cookie_is_none(cookie):
    assert visitor.key([cookie.replace("NAME", visitor.COOKIE)]) == ""
    assert visitor.key([f"{visitor.COOKIE.upper()}={'a' * 43}"]) == ""
    assert visitor.key([f"{visitor.COOKIE}={'a' * 43}"]) != ""


def test_of_a_thousand_cookies_few_are_looked_at():
    flood = "; ".join(f"{visitor.COOKIE}={visitor.new_secret()}" for _ in range(1000))
    assert len(visitor.key([flood, flood]).split()) == 4


@pytest.mark.parametrize("page", ["", "1", "1 2 3", "0.0 00 " + "0" * 64, "\ud800 \ud800"])
def test_only_a_page_of_this_server_is_listened_to(guard, page):
    with pytest.raises(NotAllowed, match="Load it again"):
        unlock(guard, page=page or " ")
    with pytest.raises(NotAllowed, match="Load it again"):
        unlock(guard, page=Guard(WORD, None).new_page())


# ---- many who guess at once; a turn is 10 ms here, and 200 ms on a server, so that 3 s are 15 turns


class Hall:
    """Attackers who guess again as soon as they know that they were wrong; it counts guesses that were looked at."""

    def __init__(self):
        self.turns = password.Guesses(every_s=0.01)
        self.looked_at, self.refused = 0, 0
        self.tasks = []

    async def guess(self, address, page, opened=0.0):
        try:
            await self.turns.take(address, page, opened)
        except NotAllowed:
            self.refused += 1
            await asyncio.sleep(0.01)
        else:
            self.looked_at += 1
            self.turns.missed(page)

    async def attack(self, number, address, page):
        while True:
            await self.guess(address(number), page(number))

    async def besieged(self, address, page, quiet_s=0.3):
        self.tasks = [asyncio.create_task(self.attack(number, address, page)) for number in range(ATTACKERS)]
        await asyncio.sleep(quiet_s)
        return self

    async def others_before(self, address, page, opened):
        """How many guesses of others are looked at before that of somebody who gives a password now."""
        before = self.looked_at
        await asyncio.wait_for(self.turns.take(address, page, opened), 60)
        return self.looked_at - before

    def end(self):
        for task in self.tasks:
            task.cancel()


def one_address(_number):
    return "10.0.0.5"


def own_address(number):
    return f"10.0.1.{number}"


def own_page(number):
    return f"page {number}"


@pytest.mark.parametrize("quiet_s", [0.0, 0.3], ids=["at once", "for some time"])
@pytest.mark.parametrize("address", [one_address, own_address])
def test_beside_fifty_who_guess_the_presenter_waits_a_moment(address, quiet_s):
    async def siege():
        hall = await Hall().besieged(address, own_page, quiet_s)
        first = await hall.others_before("10.0.0.5", "the presenter's", 1.0)
        hall.turns.missed("the presenter's")  # a typing error
        second = await hall.others_before("10.0.0.5", "the presenter's", 1.0)
        hall.end()
        return first, second

    first, second = asyncio.run(siege())
    assert first <= password.BURST + 15
    assert second <= password.BURST + 15
    if quiet_s:
        assert first <= 15


def test_who_opens_a_page_for_each_guess_comes_after_pages_that_were_open_before():
    async def siege():
        count = iter(range(1, 10**9))
        hall = Hall()

        async def attack(number):
            while True:
                opened = next(count)
                await hall.guess("10.0.0.5", f"page {opened}", float(opened))

        hall.tasks = [asyncio.create_task(attack(number)) for number in range(ATTACKERS)]
        await asyncio.sleep(0.3)
        others = await hall.others_before("10.0.0.5", "the presenter's", 0.5)
        hall.end()
        return others

    assert asyncio.run(siege()) <= 15


def test_all_together_guess_about_five_times_a_second():
    now = 0.0

    async def siege():
        nonlocal now
        hall = Hall()
        hall.turns = password.Guesses(clock=lambda: now)
        guesses = [asyncio.create_task(hall.guess(f"10.0.1.{number}", f"page {number}")) for number in range(60)]
        await asyncio.sleep(0.05)
        at_once = hall.looked_at
        now = 1.0
        await asyncio.sleep(password.EVERY_S * 2)
        in_a_second = hall.looked_at - at_once
        for task in guesses:
            task.cancel()
        return at_once, in_a_second

    assert asyncio.run(siege()) == (password.BURST, 5)


def test_thousands_of_guesses_wait_in_little_memory():
    async def siege():
        hall = Hall()
        hall.turns = password.Guesses(every_s=1000.0)
        tracemalloc.start()
        hall.tasks = [asyncio.create_task(hall.guess("10.0.0.5", f"page {number % 1000}")) for number in range(2000)]
        await asyncio.sleep(0.1)
        waiting, peak = len(hall.turns._waiting), tracemalloc.get_traced_memory()[1]
        tracemalloc.stop()
        hall.end()
        return waiting, peak, hall.refused

    waiting, peak, refused = asyncio.run(siege())
    assert waiting <= password.MOST_WAITING
    assert refused >= 2000 - password.MOST_WAITING - password.BURST
    assert peak < 2e7  # most of it for the tasks of this test


def test_a_page_waits_with_one_guess():
    async def twice():
        turns = password.Guesses(every_s=1000.0)
        for number in range(password.BURST):
            await turns.take("10.0.0.5", str(number), 0.0)
        first = asyncio.create_task(turns.take("10.0.0.5", "page", 0.0))
        await asyncio.sleep(0)
        second = asyncio.create_task(turns.take("10.0.0.5", "page", 0.0))
        with pytest.raises(NotAllowed, match="Try again"):
            await first
        assert not second.done()
        second.cancel()

    asyncio.run(twice())


def test_a_home_has_one_address_of_ipv6():
    group = network.one_client
    assert group("2001:db8:1:22ff::1") == group("2001:db8:1:2200:5:6:7:8") != group("2001:db8:1:2300::1")
    assert group("::ffff:10.0.0.5") != group("::ffff:10.0.0.6")
    assert group("unknown") == "unknown"


# ---- the address to which a page sends the password


def client(guard, base_url="http://localhost:8501"):
    app = Gate(Starlette(routes=unlocking.routes(lambda: guard)), lambda: Rules(is_for_this_machine=False))
    return TestClient(app, base_url=base_url, client=("10.0.0.5", 50_000))


def test_the_password_brings_a_cookie_that_no_script_and_no_other_site_can_use(guard):
    browser, other = client(guard), client(guard)
    asked = {"page": guard.new_page(), "password": WORD}
    given = browser.post("/presenter", json=asked, headers={"Origin": "http://localhost:8501"})
    assert given.json() == {"presenter": True}
    name, _, attributes = given.headers["set-cookie"].partition("=")
    assert name == visitor.COOKIE
    assert {"HttpOnly", "SameSite=strict", "Path=/", f"Max-Age={visitor.COOKIE_S}"} < set(attributes.split("; "))
    assert "Secure" not in attributes
    assert browser.get("/presenter").json() == {"presenter": True}
    assert other.get("/presenter").json() == {"presenter": False}


@pytest.mark.parametrize(
    ("url", "headers"), [("https://digits.example", {}), ("http://digits.example", {"X-Forwarded-Proto": "https"})]
)
def test_where_the_page_is_encrypted_the_cookie_is_never_sent_in_the_clear(guard, url, headers):
    given = client(guard, url).post("/presenter", json={"page": guard.new_page(), "password": WORD}, headers=headers)
    assert "; Secure" in given.headers["set-cookie"]


@pytest.mark.parametrize(
    ("asked", "status"),
    [
        ({"json": {"password": WORD}}, 400),
        ({"json": {"page": 1, "password": WORD}}, 400),
        ({"json": []}, 400),
        ({"content": b"\xff", "headers": {"Content-Type": "application/json"}}, 400),
        ({"content": b"[" * 3000, "headers": {"Content-Type": "application/json"}}, 400),
        ({"json": {"page": "x" * 5000, "password": WORD}}, 400),
        ({"data": {"page": "{page}", "password": WORD}}, 400),  # as a form of another site would
        ({"json": {"page": "{page}", "password": "guess"}}, 403),
        ({"json": {"page": "{page}", "password": WORD}, "headers": {"Origin": "http://localhost:3000"}}, 403),
        ({"json": {"page": "older", "password": WORD}}, 503),
    ],
    ids=str,
)
def test_anything_else_brings_none(guard, asked, status):
    for kind in ("json", "data"):
        if isinstance(asked.get(kind), dict) and asked[kind].get("page") == "{page}":
            asked = {**asked, kind: asked[kind] | {"page": guard.new_page()}}
    answered = client(guard).post("/presenter", **asked)
    assert answered.status_code == status
    assert "set-cookie" not in answered.headers
    assert len(answered.text.splitlines()) == 1
