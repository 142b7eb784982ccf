"""The commands about what is read."""

from __future__ import annotations

import json
import tempfile
from contextlib import ExitStack
from dataclasses import dataclass
from functools import partial
from pathlib import Path
from typing import TYPE_CHECKING, Any

import click
import msgspec

from kawaraban.audience.shapes import ORDERS, WINDOWS, Asked, Window
from kawaraban.project.commands.sites import printed_site
from kawaraban.project.env import read_environment

if TYPE_CHECKING:
    from kawaraban.audience.replay import Probe, Replayed


@dataclass(frozen=True, kw_only=True)
class _Trial:
    """The words of ``replay``."""

    speed: float | None
    fast: bool
    probe: Path | None
    window: Window
    half_life: float | None
    any_story: bool
    apart: bool
    dry: bool


@click.command()
@click.option("--window", type=click.Choice(WINDOWS), default="24h", show_default=True)
@click.option("--order", type=click.Choice(ORDERS), default="reads", show_default=True, help="What the list is in order of.")
@click.option("--section", default="", help="A section's slug.")
@click.option("--topic", default="", help="A topic's slug.")
@click.option("--byline", default="", help="A person's slug.")
@click.option("--language", default="", help="An edition's language.")
@click.option("--limit", default=10, show_default=True, type=click.IntRange(1, 50))
@click.option("--at", help="A moment of the past, in RFC 3339 or seconds since 1970; else now.")
@click.option("--apart", is_flag=True, help="Of the reads that were counted apart, from server logs.")
@click.option("--json", "as_json", is_flag=True, help="Answer as /live/ranking.json does.")
def ranking(limit: int, at: str | None, apart: bool, as_json: bool, **asked: Any) -> None:  # noqa: FBT001
    """Show what is read most, now or at any moment of the past, from the log of reads."""
    from kawaraban.audience.ledger import APART
    from kawaraban.audience.replay import moment_of, ranking_at
    from kawaraban.delivery.live import ranked_items
    from kawaraban.sheetlog.log import SheetLog
    from kawaraban.sheetlog.shapes import Kind, Story

    try:
        moment = moment_of(at) if at else None
    except ValueError as error:
        raise click.UsageError(str(error)) from error
    environment = printed_site()
    reads_dir = environment.reads_dir / APART if apart else environment.reads_dir
    rows = ranking_at(reads_dir, environment.sheet_log, Asked(**asked), moment)
    log = SheetLog(environment.sheet_log)
    items = ranked_items(rows, lambda story: log.get(Kind.STORY, story, Story), limit)
    if as_json:
        order = {} if asked["order"] == "reads" else {"order": asked["order"]}
        told = {"items": items, "window": asked["window"], **order, **({"apart": True} if apart else {})}
        click.echo(json.dumps(told, ensure_ascii=False))
        return
    if not items:
        click.echo("Nothing that fits this has been read or published.", err=True)
    for item in items:
        click.echo(f"{item['rank']:>3}  {item['score']:>9}  {item['title']}")


@click.command()
@click.argument("file", type=click.Path(exists=True, dir_okay=False, path_type=Path))
@click.option("--speed", type=click.FloatRange(min=0, min_open=True), help="Seconds of the data in one of ours; else as fast as it goes.")
@click.option("--fast", is_flag=True, help="As fast as it goes, which is what is done without --speed.")
@click.option("--probe", type=click.Path(exists=True, dir_okay=False, path_type=Path), help="Moments at which stories are scored.")
@click.option("--window", type=click.Choice(WINDOWS), default="now", show_default=True, help="Which scores the probes ask for.")
@click.option("--half-life", type=click.FloatRange(min=0.1), help="Minutes in which “now” forgets half of a read; else the house's own.")
@click.option("--any-story", is_flag=True, help="Count every story that is named, also those that the site does not have.")
@click.option("--apart", is_flag=True, help="Count apart from what pages tell, in no ranking: for logs of readers without JavaScript.")
@click.option("--dry", is_flag=True, help="Keep nothing of it: for trying rules, also while the site runs.")
@click.option(
    "--json", "out", is_flag=False, flag_value="-", help="Write the scores, or without --probe the outcome, as JSON: to a file, or -."
)
def replay(file: Path, out: str | None, **words: Any) -> None:
    """Feed the clicks in FILE through the real steps, with the clock of the data.

    FILE holds JSON Lines (at, story, visitor, ua) or a web server's log in the combined format, as it is or compressed with gzip.

    The collector must not be running, unless nothing is kept, or what is counted is kept apart: the replay writes into its log.
    """
    from kawaraban.audience.ledger import APART
    from kawaraban.audience.ranking import HALF_LIFE_SECONDS
    from kawaraban.audience.readlog import LogIsTakenError
    from kawaraban.audience.replay import replay_file

    trial = _Trial(**words)
    if trial.fast and trial.speed:
        raise click.UsageError("--fast and --speed say two things: leave one out.")
    probes = _probes_in(trial.probe) if trial.probe else []
    with ExitStack() as stack:
        environment = read_environment() if trial.any_story and trial.dry else printed_site()
        if trial.dry:
            reads_dir = Path(stack.enter_context(tempfile.TemporaryDirectory(prefix="kawaraban-replay-")))
        else:
            environment.make_directories()
            reads_dir = environment.reads_dir / APART if trial.apart else environment.reads_dir
        try:
            outcome = replay_file(
                file,
                reads_dir=reads_dir,
                sheet_log=None if trial.any_story else environment.sheet_log,
                speed=trial.speed,
                probes=probes,
                window=trial.window,
                half_life=trial.half_life * 60 if trial.half_life else HALF_LIFE_SECONDS,
            )
        except LogIsTakenError as error:
            raise click.ClickException(f"{error}, or keep nothing of the replay, with --dry") from error
        except OSError as error:
            raise click.ClickException(f"{file.name} could not be replayed: {error}") from error
    _tell(outcome, out, probed=trial.probe is not None)
    if outcome.malformed and not (outcome.counted or outcome.dropped):
        # It is no recording at all. A few bad lines, which any log of months has, are told and passed over.
        raise SystemExit(1)
    if not trial.any_story and not outcome.counted and set(outcome.dropped) == {"unknown-story"}:
        click.echo("None of the stories that are named stands here: --any-story counts them all the same.", err=True)


@click.group()
def audience() -> None:
    """Look after what was counted."""


@audience.command()
@click.option("--since", required=True, help="A moment in RFC 3339 or seconds since 1970: reads from then on are judged again.")
@click.option("--json", "as_json", is_flag=True, help="Write the outcome as JSON.")
def recount(since: str, as_json: bool) -> None:  # noqa: FBT001
    """Judge stored reads again by today's rules, and count anew: who was found out later leaves every ranking.

    The site may be running: its collector lets them leave, and goes on taking reads.
    """
    from kawaraban.audience.client import SyncCollectorClient
    from kawaraban.audience.days import DaySums
    from kawaraban.audience.readlog import LogIsTakenError, ReadLog
    from kawaraban.audience.recounting import recount as judge_again
    from kawaraban.audience.replay import moment_of
    from kawaraban.audience.shapes import NotDurableError, Withdrawn

    try:
        moment = moment_of(since)
    except ValueError as error:
        raise click.UsageError(str(error)) from error
    environment = read_environment()
    log = ReadLog(environment.reads_dir / "log")
    collector = SyncCollectorClient(environment.collector_socket, timeout=60.0)
    runs = collector.snapshot() is not None

    def withdraw(hour: int, reads: list[Withdrawn]) -> int:
        if not runs:
            return len(log.withdraw(hour, reads))
        gone = collector.withdraw(hour, reads)
        if gone is None:
            raise NotDurableError("the collector went away: ask again")
        return gone

    with ExitStack() as stack:
        stack.callback(log.close)
        try:
            if not runs:
                log.take()
                log.recall_places()
                days = DaySums(environment.reads_dir)
                stack.callback(days.close)
                log.before_change = partial(days.leave, log)
            outcome = judge_again(log, moment, withdraw)
        except (LogIsTakenError, NotDurableError, OSError) as error:
            raise click.ClickException(f"the reads could not be counted anew: {error}") from error
    if as_json:
        click.echo(json.dumps({"reads": outcome.reads, "withdrawn": outcome.withdrawn, "hours": outcome.hours}))
        return
    gone = ", ".join(f"{count} {reason}" for reason, count in outcome.withdrawn.items()) or "none"
    click.echo(f"{outcome.reads} reads judged again; withdrawn: {gone}; {outcome.hours} hours written anew.")


def _probes_in(path: Path) -> list[Probe]:
    from kawaraban.audience.clicks import NoClickError
    from kawaraban.audience.replay import probes_of

    try:
        with path.open(encoding="utf-8", errors="surrogateescape") as lines:
            return list(probes_of(lines))
    except NoClickError as error:
        raise click.UsageError(f"{path.name}, {error}") from error


def _tell(outcome: Replayed, out: str | None, *, probed: bool) -> None:
    if out is None or (probed and out != "-"):
        click.echo(outcome.sentence())
        for problem in outcome.problems[:20]:
            click.echo(problem, err=True)
    if probed:
        content = b"".join(msgspec.json.encode(scores) + b"\n" for scores in outcome.scores)
    elif out is not None:
        content = json.dumps(outcome.as_dict(), ensure_ascii=False).encode("utf-8", "surrogateescape") + b"\n"
    else:
        return
    if out in {None, "-"}:
        click.echo(content, nl=False)
        return
    try:
        Path(str(out)).write_bytes(content)
    except OSError as error:
        raise click.ClickException(f"{out} cannot be written: {error.strerror}") from error
