"""The rules of the rounds, the names, and the boards on which several servers play."""

import itertools
from dataclasses import replace

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from digitlab import database
from digitlab.audience import names
from digitlab.audience.board import Board
from digitlab.audience.nicknames import ADJECTIVES, ANIMALS
from digitlab.audience.rounds import DRAW_S, FOOL_S, GRACE_S, GUESS_S, JUDGE_S, Event, State, who
from digitlab.audience.shared_board import SharedBoard
from digitlab.collection import NOT_A_DIGIT
from digitlab.errors import InvalidValue
from digitlab.language import LANGUAGES

PHONES = [who(str(at)) for at in range(8)]


def said(dnn: int, cnn: int) -> dict[str, int]:
    return {"dnn": dnn, "cnn": cnn}


def after(*events: Event) -> State:
    state = State()
    for event in events:
        state.apply(event)
    return state


def begun(kind: str, at: float = 0.0, number: int = 1, **more) -> Event:
    return Event("begun", at, number, kind=kind, **more)


def drawn(at: float, phone: str, dnn: int, cnn: int, label: int = NOT_A_DIGIT, order: int = 1, number: int = 1):
    return Event("drawn", at, number, phone, order=order, value=label, said=said(dnn, cnn), pixels="AA==")


def voted(at: float, phone: str, choice: int, about: str = "", order: int = 1, number: int = 1) -> Event:
    return Event("voted", at, number, phone, about, order, choice)


def test_draw_a_7_counts_who_was_read_in_time():
    anna, ben, carla, dan = PHONES[:4]
    state = after(
        begun("draw", value=7),
        drawn(3, anna, 7, 1), drawn(5, anna, 7, 7), drawn(9, anna, 1, 1),
        drawn(DRAW_S + GRACE_S - 0.1, ben, 1, 7),
        drawn(DRAW_S + GRACE_S + 0.1, carla, 7, 7),
        drawn(4, dan, 3, NOT_A_DIGIT),
    )  # fmt: skip
    assert state.round.right == {"dnn": {anna: 3}, "cnn": {anna: 5, ben: DRAW_S + GRACE_S - 0.1}}
    assert state.points(DRAW_S) == {}
    assert state.points(DRAW_S + GRACE_S) == {anna: 2, ben: 1}
    assert state.score(DRAW_S + GRACE_S) == {"dnn": 1, "cnn": 2, "of": 3}
    assert list(state.leaders(100)) == [(1, anna, 2), (2, ben, 1)]
    assert state.standing(anna, 100) == (2, 1)
    assert state.standing(carla, 100) == (0, None)


def test_fooling_counts_only_what_most_people_read():
    anna, ben, carla, dan, eve, fred = PHONES[:6]
    judging = FOOL_S + GRACE_S
    state = after(
        begun("fool"),
        drawn(5, anna, 1, 1, 7), drawn(6, ben, 1, 7, 7), drawn(7, carla, 1, 1, 4), drawn(8, dan, 1, 1),
        voted(judging - 1, eve, 7, anna),  # too early
        *(voted(judging + 1, one, 7, anna) for one in (ben, carla, dan)), voted(judging + 2, anna, 7, anna),
        voted(judging + 1, eve, 7, ben), voted(judging + 1, fred, 7, ben), voted(judging + 1, dan, NOT_A_DIGIT, ben),
        voted(judging + 1, eve, 4, carla), voted(judging + 1, fred, 9, carla),  # half of them is not most
        voted(judging + JUDGE_S + GRACE_S + 1, dan, 4, carla),  # too late
    )  # fmt: skip
    late = judging + JUDGE_S + GRACE_S
    assert set(state.round.drawings) == {anna, ben, carla}  # without a label, nothing can be judged
    assert set(state.round.votes[anna]) == {ben, carla, dan}
    assert state.points(late) == {anna: 2, ben: 1}
    assert state.score(late) == {"cnn": 1, "of": 2}
    assert [one.who for one in state.best(late)] == [anna, ben]
    state.apply(Event("hidden", late, who=anna))
    state.apply(Event("ended", late, 1))
    assert [one.who for one in state.best(late)] == [ben]
    assert state.points(late) == {anna: 2, ben: 1}


def test_guessing_first_counts_who_knew_what_the_network_says():
    anna, ben = PHONES[:2]
    state = after(
        begun("guess", network="cnn", said=said(3, NOT_A_DIGIT)),
        voted(1, anna, 3), voted(2, anna, NOT_A_DIGIT, order=2), voted(3, ben, 3),
    )  # fmt: skip
    assert state.points(GUESS_S + GRACE_S) == {anna: 1}


def test_the_presenter_goes_on_earlier_and_only_once():
    state = after(begun("fool"), Event("next", 10, 1, value=0), Event("next", 10.5, 1, value=0))
    assert (state.round.phase(11).name, state.round.phase(11).ends) == ("draw", 10)
    judge = state.round.phase(12)
    assert (judge.name, judge.begins, judge.ends) == ("judge", 12, 12 + JUDGE_S)
    state.apply(Event("next", 13, 1, value=0))
    assert state.round.phase(20).name == "judge"
    state.apply(Event("next", 20, 1, value=1))
    assert state.round.phase(22).name == "result"
    assert not state.apply(begun("draw", 23, 1))
    assert state.apply(begun("draw", 23, 2))


@settings(max_examples=40, deadline=None)
@given(st.data())
def test_what_is_repeated_or_out_of_order_changes_nothing(data):
    """Phones repeat what they send, and it arrives in any order; a phone whose network is lost sends it much later."""
    kind = data.draw(st.sampled_from(["draw", "fool", "guess"]))
    starts = {"draw": 1.0, "fool": 1.0, "guess": 1.0}[kind]
    order = st.integers(1, 4)
    sent = []  # one message for each phone, kind and number
    for phone in PHONES:
        for at in sorted(data.draw(st.sets(order, max_size=3))):
            answer = data.draw(st.integers(-1, 9))
            if kind == "guess":
                sent.append(voted(starts, phone, answer, order=at))
            else:
                sent.append(
                    drawn(starts, phone, answer, data.draw(st.integers(-1, 9)), data.draw(st.integers(0, 9)), at)
                )
    first = begun(kind, value=7, network="cnn", said=said(7, 7))
    plain = after(first, *sent)
    twice = data.draw(st.permutations(sent + sent))
    late = [replace(event, at=1000.0) for event in twice]
    other = after(first, first, *twice, *late)
    if kind == "fool":
        votes = []
        for judge in PHONES:
            for author in data.draw(st.permutations(sorted(plain.round.drawings)))[:3]:
                votes.append(voted(FOOL_S + GRACE_S + 1, judge, data.draw(st.integers(-1, 9)), author))
        for state, cast in ((plain, votes), (other, data.draw(st.permutations(votes + votes)))):
            for event in cast:
                state.apply(event)
    assert other.points(1000) == plain.points(1000)
    assert other.score(1000) == plain.score(1000)
    assert other.best(1000) == plain.best(1000)
    for state in (plain, other):
        state.apply(begun("draw", 1001, 2))
        assert not any(state.apply(event) for event in sent)  # of a round that is over
    assert other.points(1001) == plain.points(1001)


@settings(max_examples=12, deadline=None)
@given(st.integers(4, 30), st.integers(0, 8), st.randoms(use_true_random=False))
def test_judges_are_spread_evenly(authors, watchers, chance):
    everybody = [who(str(at)) for at in range(authors + watchers)]
    state = after(begun("fool"), *(drawn(1, one, 1, 1, 7) for one in everybody[:authors]))
    began, seen = FOOL_S + GRACE_S + 1, dict.fromkeys(everybody, 0)
    waiting = [one for one in everybody for _ in range(4)]
    chance.shuffle(waiting)
    for judge in waiting:
        drawing = state.round.to_judge(judge)
        if drawing is None:
            continue
        assert drawing.who != judge
        assert state.apply(voted(began, judge, 7, drawing.who))
        seen[judge] += 1
    counts = [len(state.round.votes.get(author, {})) for author in state.round.drawings]
    assert min(counts) >= 3
    assert max(counts) <= min(counts) + 2


def test_names_are_always_there_and_nobody_looks_like_somebody_else():
    state = State()
    anna, ben = PHONES[:2]
    assert state.name(anna) == state.name(anna) != state.name(ben)
    assert state.apply(Event("named", 1, who=anna, name="Anna"))
    for name in ("Anna", "ANNA", "Аnnа", "Änna", "a n n a", "4nna"):
        assert not state.apply(Event("named", 2, who=ben, name=name)), name
    assert state.apply(Event("named", 3, who=anna, name="Zoë"))
    assert state.apply(Event("named", 4, who=ben, name="Anna"))
    assert state.apply(Event("unnamed", 5, who=ben))
    assert state.name(ben) in {next(names.generated(ben, "en"))}
    state.apply(Event("cleared", 6))
    assert state.name(anna) not in {"Anna", "Zoë"}


def test_generated_names_differ_however_many_take_part():
    state = State()
    state.apply(begun("guess", network="cnn", said=said(3, 3)))
    for at in range(600):
        state.apply(voted(1, who(f"phone {at}"), 3))
    assert len({names.look(name) for name in state.names.values()}) == 600


@pytest.mark.parametrize("language", LANGUAGES)
def test_generated_names_could_be_chosen_in_every_language(language):
    several = len(ADJECTIVES[language]) * len(ANIMALS[language])
    generated = list(itertools.islice(names.generated("0" * 8, language), several))
    assert len({names.look(name) for name in generated}) == several == 40 * 56
    assert [names.clean(name) for name in generated] == generated


def test_a_phone_keeps_the_name_that_it_had_when_it_took_part():
    state, anna = State(), PHONES[0]
    before = state.name(anna, "de")
    assert before == next(names.generated(anna, "de")) != state.name(anna, "es")
    state.apply(begun("guess", network="cnn", said=said(3, 3)))
    state.apply(replace(voted(1, anna, 3), language="de"))
    assert state.name(anna, "es") == before
    state.apply(Event("named", 2, who=anna, name="Anna", language="it"))
    state.apply(Event("unnamed", 3, who=anna))
    assert state.name(anna) == next(names.generated(anna, "it"))


@pytest.mark.parametrize("name", ["Zoë", "李小龍", "Анна", "ज़ोया", "Anna-Lena 2", "Peacock", "  O'Neill "])
def test_names_of_any_script_are_taken(name):
    assert names.clean(name) == name.strip()


@pytest.mark.parametrize(
    "name",
    [
        None,
        7,
        "",
        "a",
        "x" * 21,
        "<b>hi</b>",
        "a\u202eb",
        "123",
        "Sh1tty",
        "FÜHRER",
        "a\u0300\u0301\u0302\u0303b",
        "🙂🙂",
    ],
)
def test_other_names_are_refused_in_words(name):
    with pytest.raises(InvalidValue, match="name"):
        names.clean(name)


@pytest.fixture(params=["memory", pytest.param("shared", marks=pytest.mark.postgres)])
def boards(request, monkeypatch) -> tuple:
    """The boards of two servers: of one kind, they are one and the same."""
    if request.param == "memory":
        return (Board(),) * 2
    monkeypatch.setenv("DIGITLAB_DATABASE", request.getfixturevalue("postgresql"))
    database.prepare()
    SharedBoard().record(Event("cleared"))
    return SharedBoard(check_s=0), SharedBoard(check_s=0)


def test_phones_of_two_servers_play_the_same_round(boards):
    here, there = boards
    anna, ben = PHONES[:2]
    with here.look() as (state, _):
        number = state.number + 1
    assert here.record(replace(begun("draw", value=7), round=number))
    assert not there.record(replace(begun("draw", value=3), round=number))  # pressed on both at once
    assert there.record(drawn(0, anna, 7, 7, number=number))
    assert not here.record(drawn(0, anna, 7, 7, number=number))
    assert here.record(drawn(0, ben, 1, 7, number=number))
    assert there.record(Event("named", who=anna, name="Anna"))
    assert not here.record(Event("named", who=ben, name="anna"))
    assert here.record(Event("next", round=number, value=0))
    assert there.record(Event("ended", round=number))
    for board in boards:
        with board.look() as (state, now):
            assert state.points(now) == {anna: 2, ben: 1}
            assert state.name(anna) == "Anna"
    assert {here.phones(3), there.phones(4)} <= {3, 4, 7}
    assert here.record(Event("cleared", round=number))
    later = type(here)()  # a server that starts now
    if isinstance(later, SharedBoard):
        assert later.record(replace(begun("fool"), round=number + 1))
        with there.look() as (state, now):
            assert (state.round.kind, state.points(now)) == ("fool", {})
