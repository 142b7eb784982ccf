"""What commands that print share."""

from __future__ import annotations

from typing import TYPE_CHECKING

from rich.progress import BarColumn, MofNCompleteColumn, Progress, TextColumn, TimeElapsedColumn, TimeRemainingColumn

if TYPE_CHECKING:
    from rich.console import Console

    from kawaraban.sheetlog.log import SheetLog


def print_outbox(console: Console, log: SheetLog) -> None:
    """Print what waits in the outbox, with its progress."""
    from kawaraban.press.models import PrintJob
    from kawaraban.press.printing import print_round, work_slowly
    from kawaraban.press.statistics import refresh_statistics

    refresh_statistics()
    with progress_bar(console) as progress:
        task = progress.add_task("Printing", total=PrintJob.objects.count())
        printed = 0
        while jobs := print_round(log).jobs or int(work_slowly()):
            printed += jobs
            # Slow work asks for more to be printed: the whole grows.
            progress.update(task, completed=printed, total=printed + PrintJob.objects.count())
    log.close()


def progress_bar(console: Console) -> Progress:
    """Return a line that shows how far something is."""
    return Progress(
        TextColumn("{task.description}"), BarColumn(), MofNCompleteColumn(), TimeElapsedColumn(), TimeRemainingColumn(), console=console
    )
