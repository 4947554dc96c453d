"""What is remembered, and what goes."""

import pytest

from densexplain.workspace.memory import Memory


def test_the_one_unused_for_longest_goes_first() -> None:
    memory, made = Memory(2), []

    def make(name: str) -> str:
        return memory.remember(name, lambda: made.append(name) or name)

    for name in ("a", "b", "a", "c", "a", "b"):
        assert make(name) == name
    assert made == ["a", "b", "c", "b"]
    assert memory.keys() == ("a", "b")


def test_room_stays_until_all_is_forgotten() -> None:
    memory = Memory(1)
    for number in range(4):
        memory.put(number, number, room=2)
    assert memory.keys() == (1, 2, 3)
    memory.put(4, 4)
    assert memory.keys() == (2, 3, 4)
    memory.forget()
    for number in range(4):
        memory.put(number, number)
    assert memory.keys() == (3,)
    assert 2 not in memory


def test_what_fails_is_not_kept() -> None:
    memory = Memory(2)
    with pytest.raises(ZeroDivisionError):
        memory.remember("a", lambda: 1 / 0)
    assert "a" not in memory
