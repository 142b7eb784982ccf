"""The ledger: what turns reads into counts. The collector keeps it for what readers do now, a replay for what was recorded.

A batch of reads is judged (in memory), written (on disk), and only then entered into the totals; a batch that could not be written
is taken back, as if it had never come.
"""

from __future__ import annotations

import contextlib
import ctypes
import subprocess
from collections import Counter
from dataclasses import dataclass, field
from functools import partial
from typing import TYPE_CHECKING

from kawaraban.audience import days, steps
from kawaraban.audience.crowds import Fading
from kawaraban.audience.days import DaySums
from kawaraban.audience.origins import device_of, sources
from kawaraban.audience.ranking import DAY, HALF_LIFE_SECONDS, KEEP_SECONDS, Rankings
from kawaraban.audience.readlog import LogIsTakenError, ReadLog
from kawaraban.audience.shapes import ALL_FOR_EVER, Attended, Counted, Dropped, Handed, RankedList, Snapshot
from kawaraban.audience.shelf import Shelf
from kawaraban.audience.tally import Tally
from kawaraban.audience.together import count_together
from kawaraban.audience.tokens import load_or_make_key
from kawaraban.audience.visitors import NOBODY, Salts

if TYPE_CHECKING:
    from collections.abc import Collection, Iterable, Sequence
    from pathlib import Path

    from kawaraban.audience.outbox import Outbox
    from kawaraban.audience.segments import Segment
    from kawaraban.audience.shapes import Keeping, RankedStory, RawRead, Reason, Report, Withdrawn
    from kawaraban.audience.shelf import Shelved
    from kawaraban.audience.wire import Note


# What is counted from server logs lies in a directory of its own, and enters no ranking.
APART = "apart"
# A clock may be set back by so much, as clocks are that are kept in time, without anything being counted anew.
FUTURE_SECONDS = 60.0
# So many reads are entered at once: more would hold up others for longer than a millisecond.
ENOUGH_TO_ENTER = 1000


@dataclass(slots=True)
class Batch:
    """Reads that were judged together: what becomes of each, in their order, and those of them that are to be counted."""

    at: float
    reasons: list[Reason | None] = field(default_factory=list)
    passed: list[steps.Read] = field(default_factory=list)
    counted: list[Counted] = field(default_factory=list)
    dropped: Counter[Reason] = field(default_factory=Counter)  # of the reads; a leaving that adds nothing is not among them
    leaving: list[steps.Read] = field(default_factory=list)
    attended: list[Attended] = field(default_factory=list)  # what they add, in their order


class Ledger:
    """The stories, the gate, the log and the totals of a site."""

    def __init__(
        self,
        reads_dir: Path,
        sheet_log: Path | None,
        *,
        own_hosts: Collection[str] = (),
        outbox: Outbox | None = None,
        through: tuple[steps.Step, ...] = steps.STEPS,
        keeping: Keeping = ALL_FOR_EVER,
        half_life: float = HALF_LIFE_SECONDS,
    ) -> None:
        self.log = ReadLog(reads_dir / "log", keep_days=keeping.days)
        self.days = DaySums(reads_dir)
        self.log.before_change = partial(self.days.leave, self.log)
        self._apart, self._keeping = reads_dir / APART, keeping
        self.reads_dir = reads_dir
        self.summing: subprocess.Popen[bytes] | None = None
        self.shelf = Shelf(sheet_log, with_urls=through is steps.STEPS_OF_A_REPLAY)
        self.gate = steps.Gate(load_or_make_key(reads_dir / "token.key"), Salts(reads_dir / "salts"), self.shelf)
        self._rankings, self._tally = Rankings(half_life), Tally()
        self._unentered: list[Counted] = []  # on disk, and to be counted before anybody asks
        self.outbox = outbox
        self._elsewhere: Fading[tuple[float, str]] = Fading()  # by visitor and story: when it was counted, and at which node
        self.shelf.on_change = self._stand
        self._own_hosts = frozenset(host.lower() for host in own_hosts)
        self._through = through
        self._source = sources(self._own_hosts)

    @property
    def rankings(self) -> Rankings:
        """The rankings, of all that is on disk."""
        self._catch_up()
        return self._rankings

    @property
    def tally(self) -> Tally:
        """The tallies, of all that is on disk."""
        self._catch_up()
        return self._tally

    def recall(self, now: float) -> None:
        """Know again what the log and the sheet log hold: nothing that was acknowledged is missing after this.

        Raises:
            LogIsTakenError: another process writes this log.
        """
        self.log.take()
        self.shelf.follow()
        # First: what is older than a window need not enter it to leave it again.
        self.rankings.advance(now)
        self.log.recall_places()
        for segment in self.log.segments(now - KEEP_SECONDS):
            for node, number in segment.places.items():
                self.log.places[node] = max(number, self.log.places.get(node, 0))
            # What was read while the clock was ahead waits in the log until its time has come.
            if segment.hour <= now + FUTURE_SECONDS:
                self._recall_segment(segment, now)
        # What lies in the outbox alone was not answered, and goes out all the same: told again, it is a repeat.
        for handed in self.outbox.latest() if self.outbox else ():
            for read in handed.reads:
                if read.visitor and read.at > now - steps.REPEAT_SECONDS:
                    self.gate.remember(read)
        give_back_memory()

    def _recall_segment(self, segment: Segment, now: float) -> None:
        self.rankings.add_segment(segment, now + FUTURE_SECONDS)
        if segment.hour > now - DAY - 3600:
            self.tally.add_segment(segment, now)
        if segment.hour + 3600 > now - steps.REPEAT_SECONDS:
            for read in segment.counted():
                if read.visitor and read.at > now - steps.REPEAT_SECONDS:
                    self.gate.remember(read)
            for one in segment.attention():
                if one.key:
                    self.gate.remember_attention(one)

    # ------------------------------------------------------------------ taking reads

    def judge(self, reads: Sequence[RawRead]) -> Batch:
        """Take reads through the steps; OSError if that cannot be done, and then none of them has passed."""
        batch = Batch(reads[-1].at if reads else 0.0)
        resolve, tell, new = self.shelf.resolve, batch.reasons.append, steps.Read
        none = steps.NO_GROUP
        try:
            for raw in reads:
                page = raw.page
                read = new(raw, resolve(page.story), NOBODY, none)
                tell(self._judge_leaving(read, batch) if page.left else self._judge(read, batch))
        except OSError:
            self.take_back([batch])
            raise
        return batch

    def _judge(self, read: steps.Read, batch: Batch) -> Reason | None:
        reason = steps.judge(read, self.gate, self._through)
        if reason is None:
            steps.pass_on(read, self.gate)
            batch.passed.append(read)
            raw = read.raw
            # In whole milliseconds, as it will be on disk: the running totals and a recount see the same moment.
            at = int(raw.at * 1000) / 1000
            batch.counted.append(Counted(at, read.story, read.visitor.today, self._source(raw.page.referrer), device_of(raw.user_agent)))
        else:
            batch.dropped[reason] += 1
            self._tally.sample(read, reason, self.shelf.stories, self._own_hosts)
        return reason

    def _judge_leaving(self, read: steps.Read, batch: Batch) -> Reason | None:
        reason = steps.judge(read, self.gate, steps.STEPS_OF_A_LEAVING)
        told = steps.attend(read, self.gate) if reason is None else None
        if told is None:
            return reason or "repeat"
        batch.leaving.append(read)
        batch.attended.append(told)
        return None

    def note(self, noted: Note, at: float) -> Batch:
        """Return a batch of what was dropped at the door, before it could be judged."""
        self._tally.note(noted.reason, noted.rule, noted.device, noted.count, at)
        return Batch(at, dropped=Counter({noted.reason: noted.count}))

    def write(self, batches: Sequence[Batch]) -> None:
        """Put batches on disk; OSError if they are not there for certain. Blocks for as long as the disk takes."""
        reads, drops = [read for batch in batches for read in batch.counted], self._drops(batches)
        attended = [one for batch in batches for one in batch.attended]
        if self.outbox is None:
            self.log.append(reads, drops, attended)
            return
        # First what the newsroom will count, which is what counts.
        with self.outbox.written(reads, drops, attended):
            self.log.append(reads, drops, attended)

    def enter(self, batches: Sequence[Batch]) -> None:
        """Count what is on disk."""
        for batch in batches:
            self._enter(batch.counted)
            for told in batch.attended:
                self._rankings.attend(told)
        for drop in self._drops(batches):
            self._tally.drop(drop)

    def take_back(self, batches: Sequence[Batch]) -> None:
        """Forget what could not be written: when a page tells again, that is no repeat."""
        for batch in batches:
            for read in batch.passed:
                steps.take_back(read, self.gate)
            for read, told in zip(reversed(batch.leaving), reversed(batch.attended), strict=True):
                steps.unattend(read, told, self.gate)

    # ------------------------------------------------------------------ taking what nodes have judged

    def judge_handed(self, node: str, handed: Handed) -> Handed:
        """Drop what a reader has read at another node within half an hour; what its own node let pass, passes."""
        reads = []
        for read in handed.reads:
            key = steps.pair(read.visitor, read.story)
            last = self._elsewhere.get(key) if read.visitor else None
            if last is not None and last[1] != node and abs(read.at - last[0]) < steps.REPEAT_SECONDS:
                continue
            if read.visitor:
                self._elsewhere.put(key, (read.at, node))
            reads.append(read)
        repeats = len(handed.reads) - len(reads)
        drops = (*handed.drops, Dropped(handed.reads[0].at, "repeat", repeats)) if repeats else handed.drops
        return Handed(handed.number, tuple(reads), drops, handed.attended)

    def write_handed(self, node: str, handed: Sequence[Handed]) -> None:
        """Put on disk what a node handed on; OSError if it is not there for certain. Blocks for as long as the disk takes."""
        self.log.append_handed(node, handed)

    def enter_handed(self, handed: Sequence[Handed]) -> None:
        """Count what is on disk."""
        for one in handed:
            self._enter(one.reads)
            for told in one.attended:
                self._rankings.attend(told)
            for drop in one.drops:
                self._tally.drop(drop)

    def _enter(self, reads: Sequence[Counted]) -> None:
        # A thousand together cost half of what they do in tens: they are counted when somebody asks, which is once a second at least.
        self._unentered += reads
        if len(self._unentered) >= ENOUGH_TO_ENTER:
            self._catch_up()

    def _catch_up(self) -> None:
        if self._unentered:
            reads, self._unentered = self._unentered, []
            self._rankings.add_each(reads)
            self._tally.count_each(reads)

    def _stand(self, name: str, story: Shelved | None) -> None:
        # What was read before is counted by what the story was.
        self.rankings.stand(name, story)

    def leave(self, reads: Sequence[Counted], hour: int, withdrawn: Sequence[Withdrawn]) -> None:
        """Let reads leave that were withdrawn from an hour of the log, and stand among what was dropped, as they do there."""
        why = {(one.story, one.ms, one.visitor): one.reason for one in withdrawn}
        reasons: Counter[Reason] = Counter()
        for read in reads:
            self.rankings.remove(read)
            self.tally.remove(read)
            reasons[why[read.story, round((read.at - hour) * 1000), read.visitor]] += 1
        for reason, count in reasons.items():
            self.tally.drop(Dropped(float(hour), reason, count))

    # ------------------------------------------------------------------ telling

    def forget(self, now: float) -> None:
        """Forget what is not asked for any more, and throw away the salts of days before yesterday."""
        self.gate.forget(now)
        self._elsewhere.turn(now)
        self.tally.forget(now)

    def upkeep(self, now: float) -> bool:
        """Forget the same on disk, and ``sum_days``; OSError if that could not be done.

        Blocks, and must not be called while something is written.
        """
        self.log.upkeep(now)
        if self.outbox is not None:
            self.outbox.forget(now)
        if self._apart.exists():
            _keep_apart(self._apart, now, self._keeping.days)
        # Last: what can be made again keeps nothing from being forgotten.
        return self.sum_days(now)

    def sum_days(self, now: float) -> bool:
        """Sum hours by the day, for a moment; say whether all are summed that are to be summed here. OSError and blocking likewise."""
        return not self._keeping.timezone or self.is_much_to_sum(now) or self.days.catch_up(self.log, self._keeping.timezone, now)

    def is_much_to_sum(self, now: float) -> bool:
        """Whether so much is to be summed that a process of its own does it. OSError and blocking likewise."""
        return bool(self._keeping.timezone) and self.days.are_many_missing(self.log, self._keeping.timezone, now)

    def have_summed(self) -> subprocess.Popen[bytes]:
        """Have a process of its own sum what is missing. Must not be called while something is written: it would sum what is about to change."""
        self.summing = subprocess.Popen(self.command_that_sums(), stdin=subprocess.DEVNULL)
        self.days.helped_by(self.summing)
        return self.summing

    def command_that_sums(self) -> list[str]:
        """Return the words by which a process sums."""
        return days.command(self.reads_dir, self._keeping.timezone)

    def count_together(self, now: float) -> None:
        """Count what is read together, once an hour; OSError if it could not be written. Blocks; reads may be written meanwhile."""
        count_together(self.log, self.reads_dir, now)

    def snapshot(self, now: float, last: Snapshot) -> tuple[Snapshot, dict[str, RankedList]]:
        """Rank; return all rankings, and those that differ from the last. Without a difference the last snapshot stays."""
        return snapshot_of(self.rankings.lists(now), now, last)

    def report(self, now: float, *, writing: bool = True) -> Report:
        """Return what the newsroom's screen shows."""
        return self.tally.report(now, self.rankings, writing=writing)

    def close(self) -> None:
        """Let go of the log and of the sheet log."""
        self.log.close()
        self.days.close()
        if self.outbox is not None:
            self.outbox.close()
        self.shelf.close()

    # ------------------------------------------------------------------ within

    def _drops(self, batches: Sequence[Batch]) -> list[Dropped]:
        reasons: Counter[Reason] = Counter()
        for batch in batches:
            reasons.update(batch.dropped)
        at = max((batch.at for batch in batches), default=0.0)
        return [Dropped(at, reason, count) for reason, count in reasons.items()]


def snapshot_of(
    ranked: Iterable[tuple[str, tuple[RankedStory, ...]]], now: float, last: Snapshot
) -> tuple[Snapshot, dict[str, RankedList]]:
    """Join rankings to a snapshot, and tell which differ from the last. Without a difference the last snapshot stays."""
    version = last.version + 1 if last.version else int(now * 1000)
    lists, changed = {}, {}
    for key, rows in ranked:
        old = last.lists.get(key)
        if old is None or old.rows != rows:
            changed[key] = old = RankedList(version, rows)
        lists[key] = old
    for key in last.lists.keys() - lists.keys():
        changed[key] = RankedList(version, ())
    return (Snapshot(version, now, lists) if changed else last), changed


def give_back_memory() -> None:
    """Give back to the system what going through the log took and freed: the C library keeps it for this process otherwise."""
    with contextlib.suppress(OSError, AttributeError):
        ctypes.CDLL(None).malloc_trim(0)


def _keep_apart(directory: Path, now: float, keep_days: int) -> None:
    """Keep in order what was counted apart, which no process of its own looks after; while a replay writes it, that does."""
    log = ReadLog(directory / "log", keep_days=keep_days)
    try:
        log.upkeep(now)
    except LogIsTakenError:
        return
    finally:
        log.close()
    Salts(directory / "salts").forget(now)
