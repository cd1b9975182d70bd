"""How long a training takes: measured, remembered, counted down."""

import pytest

from digitlab.jobs import presets, speed
from digitlab.jobs.speed import Speed
from digitlab.networks import Recipe

HERE = Speed(start_s=5.0, example_s=1e-3, validation_s=0.5, finish_s=2.0)


def test_total_is_start_epochs_and_finish():
    assert HERE.total_s(Recipe(epochs=4), 1000) == pytest.approx(5 + 4 * (1 + 0.5) + 2)


def test_demo_fills_its_20_seconds():
    recipe = presets.demo(HERE, 55_000)
    assert recipe.examples % 100 == 0
    assert 19 <= HERE.total_s(recipe, recipe.examples) <= presets.DEMO_S


def test_demo_takes_all_digits_where_they_fit_and_some_in_any_case():
    assert presets.demo(Speed(1, 1e-6, 0.1), 55_000).examples is None
    assert presets.demo(Speed(30, 1e-2, 5), 55_000).examples == 1000


def test_demo_without_full_mnist_says_how_many_since_training_may_find_more():
    assert presets.demo(Speed(1, 1e-6, 0.1), 4_000, everything=False).examples == 4_000


def test_best_is_the_flagships_recipe_for_any_network():
    published = Recipe(epochs=5)
    best = presets.best(published)
    assert (best.epochs, best.augment, best.schedule) == (20, "gentle", "cosine")
    assert presets.best(best) == best


def test_what_is_remembered_is_recalled_for_the_same_kind(tmp_path, monkeypatch):
    monkeypatch.setenv("DIGITLAB_MODELS", str(tmp_path))
    recipe = Recipe(epochs=3, examples=500)
    assert speed.recall("cnn", recipe) is None
    speed.remember("cnn", recipe, HERE)
    assert speed.recall("cnn", recipe.with_changes(epochs=9, seed=4)) == HERE
    assert speed.recall("cnn", recipe.with_changes(batch_size=32)) is None
    assert speed.recall("dnn", recipe) is None
    (kept,) = tmp_path.glob(".job/speed/*.npz")
    for damage in (b"damaged", b"PK\x03\x04", b""):
        kept.write_bytes(damage)
        assert speed.recall("cnn", recipe) is None


def test_long_and_short_trainings_are_remembered_apart(tmp_path, monkeypatch):
    monkeypatch.setenv("DIGITLAB_MODELS", str(tmp_path))
    speed.remember("cnn", Recipe(epochs=20), HERE)
    assert speed.recall("cnn", Recipe(epochs=3)) is None


def test_clock_counts_down_without_the_first_batch_and_pauses(monkeypatch):
    now = [100.0]
    monkeypatch.setattr(speed.time, "monotonic", lambda: now[0])
    clock = speed.Clock(batches=10, epochs=2, finish_s=3.0)
    assert clock.left_s() is None
    now[0] += 7  # compiling
    clock.batch(1)
    assert clock.left_s() is None
    for done in range(2, 11):
        now[0] += 0.1
        clock.batch(done)
    now[0] += 0.5
    clock.epoch()
    assert clock.left_s() == pytest.approx(10 * 0.1 + 0.5 + 3)
    now[0] += 60
    clock.skip(60)
    for done in range(1, 6):
        now[0] += 0.1
        clock.batch(done)
    assert clock.left_s() == pytest.approx(5 * 0.1 + 0.5 + 3)
    measured = clock.measured(4.0, Recipe(batch_size=100))
    assert measured.example_s == pytest.approx(0.001)
    assert measured.start_s == 4.0


def test_clock_counts_the_export_down_too_and_never_to_nothing(monkeypatch):
    now = [100.0]
    monkeypatch.setattr(speed.time, "monotonic", lambda: now[0])
    clock = speed.Clock(batches=2, epochs=5, finish_s=6.0)
    for done in (1, 2):
        now[0] += 1
        clock.batch(done)
    clock.epoch()
    clock.end()  # early, after one epoch of five
    now[0] += 2
    assert clock.left_s() == pytest.approx(4)
    now[0] += 60
    assert clock.left_s() == 1
    assert clock.measured(1.0, Recipe()).finish_s == pytest.approx(62)


def test_what_follows_is_assumed_until_it_was_measured(tmp_path, monkeypatch):
    monkeypatch.setenv("DIGITLAB_MODELS", str(tmp_path))
    long, short = Recipe(epochs=20), Recipe(epochs=20, examples=500)
    assert speed.completion_s("cnn", long) > speed.completion_s("cnn", short)
    speed.remember_completion("cnn", long, 12.5)
    assert speed.completion_s("cnn", long.with_changes(epochs=30)) == 12.5
    assert speed.completion_s("cnn", short) != 12.5
    assert speed.completion_s("dnn", long) != 12.5
