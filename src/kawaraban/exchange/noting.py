"""What is noted of a text that came over otherwise than it stood: by kind how often, and how much of a difference each kind accounts for."""

from __future__ import annotations

from collections import Counter
from typing import TYPE_CHECKING, NamedTuple

if TYPE_CHECKING:
    from collections.abc import Iterable, Mapping


class Account(NamedTuple):
    """How much of a difference between a text there and here is accounted for; beyond it something was lost."""

    letters: int = 0  # of its words there, without blanks, that are left out here
    added: int = 0  # letters that stand here and are none of its words there
    pictures: int = 0  # that it shows there and are left out here


class Noted(Counter[str]):
    """Counts by kind. What only says something of a story accounts for nothing: add to its count, or ``note`` it bare."""

    def __init__(self, counts: Mapping[str, int] | None = None) -> None:
        super().__init__(counts or {})
        self.accounts: dict[str, Account] = {}
        self.words: dict[str, str] = {}  # where it is known which words are left out: these, without blanks, a line each

    def note(self, what: str, *, letters: int = 0, added: int = 0, pictures: int = 0) -> None:
        """Note something once, and what it accounts for."""
        self[what] += 1
        self.account(what, Account(letters, added, pictures))

    def leave_out(self, what: str, words: str) -> None:
        """Note words that are left out of a text of which the second reader only knows what must be in it."""
        self[what] += 1
        self.words[what] = f"{self.words.get(what, '')}{''.join(words.split())}\n"

    def take(self, other: Noted) -> None:
        """Note what was noted elsewhere of the same text."""
        self.update(other)
        for what, account in other.accounts.items():
            self.account(what, account)
        for what, words in other.words.items():
            self.words[what] = self.words.get(what, "") + words

    def account(self, what: str, account: Account) -> None:
        """Say what something that was noted accounts for."""
        if any(account):
            self.accounts[what] = summed([self.accounts.get(what, Account()), account])


def summed(accounts: Iterable[Account]) -> Account:
    """Return what several account for together."""
    rows = list(accounts)
    return Account(*(sum(amounts) for amounts in zip(*rows, strict=True))) if rows else Account()


def letters_of(words: str) -> int:
    """Count the letters of words as the second reader does: without blanks."""
    return len("".join(words.split()))
