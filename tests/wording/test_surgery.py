"""What is said of networks that lose units follows from the numbers."""

from digitlab.wording import surgery

UNITS = [100, 80, 50, 10]


def test_units_that_can_go_are_counted_up_to_a_loss_of_one_digit_in_a_hundred():
    said = surgery.can_go(UNITS, [0.99, 0.985, 0.98, 0.5], [0.99, 0.98, 0.9, 0.1])
    assert said == (
        "With all 100 units the network reads 99.0% of 1,000 digits right. Without the 50 least important ones it "
        "still reads 98.0% right. Chosen at random, only 20 can go at so small a loss."
    )


def test_a_later_recovery_does_not_count():
    assert "Without the 20 least" in surgery.can_go(UNITS, [0.99, 0.99, 0.9, 0.99], [0.99, 0.99, 0.9, 0.1])
    assert "as many can go" in surgery.can_go(UNITS, [0.99, 0.99, 0.9, 0.99], [0.99, 0.99, 0.9, 0.1])


def test_where_no_unit_can_go_this_is_said():
    said = surgery.can_go(UNITS, [0.99, 0.5, 0.5, 0.5], [0.99, 0.5, 0.5, 0.5])
    assert said.endswith("Already the first step costs it more than one digit in a hundred.")


def test_a_factor_is_told_as_nothing_all_or_a_number():
    assert [surgery.factor(per_cent) for per_cent in (0, 50, 100, 200)] == [
        "nothing",
        "× 0.5",
        "all, as trained",
        "× 2.0",
    ]
