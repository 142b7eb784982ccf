"""The order of the stories that may be ranked: the same, however it came about, as if all of them were put in order at once."""

from __future__ import annotations

from unittest.mock import patch

from hypothesis import given, settings
from hypothesis import strategies as st

from audience.cast import MORNING, story
from kawaraban.audience import standing
from kawaraban.audience.standing import Standing

SECTIONS, LANGUAGES = ("politics", "sports", "world"), ("ja", "ko")
# A story's name; when it was published, in hours, so that many times are equal; its section; its language; when it leaves; whether it stands.
CHANGES = st.lists(
    st.tuples(
        st.sampled_from("abcdefgh"),
        st.integers(0, 3),
        st.sampled_from(SECTIONS),
        st.sampled_from(LANGUAGES),
        st.sampled_from([0, 0, 0, 2, 5]),
        st.booleans(),
    ),
    max_size=40,
)


@settings(max_examples=200, deadline=None)
@given(changes=CHANGES, asked_every=st.integers(1, 7), many=st.sampled_from([1, 1000]))
def test_a_story_that_changes_is_put_in_its_place(changes: list[tuple[str, int, str, str, int, bool]], asked_every: int, many: int) -> None:
    running, known, numbers = Standing(), {}, {}
    with patch.object(standing, "MANY", many):
        for step, (name, hour, section, language, leaves, stands) in enumerate(changes):
            if name not in numbers:
                numbers[name] = len(numbers)
                running.make_room(numbers[name], name)
            told = story(
                name, published_at=MORNING + hour * 3600, section=section, language=language, leaves_ranking_at=leaves and MORNING + leaves
            )
            known[name] = told if stands else None
            running.put(numbers[name], known[name])
            if step % asked_every == 0:
                running.newest(MORNING)
        for now in (MORNING, MORNING + 3, MORNING + 9):
            running.look_again()
            ranked = [one for one in known.values() if one and not 0 < one.leaves_ranking_at <= now]
            ranked.sort(key=lambda one: (-one.published_at, int(running.ties[numbers[one.id]])))
            assert running.newest(now).tolist() == [numbers[one.id] for one in ranked]
            expected = {}
            for section in ("all", *SECTIONS):
                for language in ("all", *LANGUAGES):
                    those = [numbers[one.id] for one in ranked if section in {"all", one.section} and language in {"all", one.language}]
                    assert running.group(section, language, now).tolist() == those
                    if those:
                        expected[section, language] = those
            assert {key: those.tolist() for key, those in running.groups(now).items()} == expected
