"""What the newsroom's charts draw: to a scale that is read at a glance, with steps that are named where they stand."""

import pytest

from kawaraban.newsroom.audience_desk import _lately
from kawaraban.newsroom.charts import bars, chart, round_above


@pytest.mark.parametrize(
    ("number", "scale"), [(0, 2), (2, 2), (3, 4), (10, 10), (11, 20), (21, 30), (466, 500), (1000, 1000), (1001, 2000)]
)
def test_a_scale_ends_at_a_round_number_that_is_not_below_the_largest(number, scale):
    assert round_above(number) == scale


def test_lines_are_drawn_to_the_scale_and_the_first_is_filled():
    drawn = chart("x", "X", "Hour", ["a", "b", "c"], [("now", [0, 3, 4]), ("before", [1, 1, 1])])
    assert (drawn.top, drawn.scale, drawn.half) == (4, 4, 2)
    assert drawn.lines[0] == "0.0,119.0 300.0,30.5 600.0,1.0"
    assert drawn.area == f"0,120 {drawn.lines[0]} 600,120"
    assert drawn.rows == (("a", 0, 1), ("b", 3, 1), ("c", 4, 1))


@pytest.mark.parametrize(
    ("steps", "named"), [(0, []), (1, [0]), (2, [0, 1]), (10, [0, 3, 6, 9]), (24, [0, 6, 12, 17, 23]), (48, [0, 12, 24, 35, 47])]
)
def test_steps_are_named_at_even_distances(steps, named):
    assert list(chart("x", "X", "Hour", list(range(steps)), [("reads", [1] * steps)]).ticks) == named


def test_bars_are_parts_of_the_whole_and_as_long_as_their_part_of_the_largest():
    drawn = bars([("a", 30), ("b", 10)], 80)
    assert [(bar.name, bar.share, bar.length) for bar in drawn] == [("a", 38, 100.0), ("b", 12, 33.3)]
    assert [bar.share for bar in bars([("a", 3), ("b", 1)])] == [75, 25]
    assert bars([]) == []
    assert [bar.share for bar in bars([("a", 0)])] == [0]


@pytest.mark.parametrize(("passed", "reads"), [(0.0, 0), (0.5, 3), (1.0, 6), (2.25, 11), (24.0, 16)])
def test_of_an_hour_that_began_before_midnight_its_part_counts(passed, reads):
    assert _lately([4, 0, 1, 5, 6], passed) == reads
