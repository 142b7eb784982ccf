"""Readers of one node, as a process that runs where the node does: python reading_at_a_node.py URL NODE

Every answer is looked at: status, validator, and that no older state comes after a newer one. Reads are sent by browsers that each read
one story once, and send again when they are told to come later; what is answered with 204 must be counted. On SIGTERM it says as JSON how
many answers there were, what was wrong with them, and how many reads were acknowledged.
"""

from __future__ import annotations

import json
import re
import signal
import sys
import time

import httpx

STORY = re.compile(r'href="(/[a-z]+/[a-z0-9]{6,8})"')
TOKEN = re.compile(r'data-story="([^"]+)" data-read-token="([^"]+)"')
# So many reads of one story are believed of one network.
MOST_READS_OF_A_STORY = 200
ALWAYS = ("/", "/society", "/feed.json")


class Readers:
    """What they have seen so far."""

    def __init__(self, url: str, node: str) -> None:
        self.client = httpx.Client(base_url=url, timeout=10)
        self.node = node
        self.problems: list[str] = []
        self.answers = self.newest = self.reader = 0
        self.reads: dict[str, int] = {}
        self.stories: list[str] = []
        self._etags: dict[str, str] = {}

    def look(self, path: str) -> None:
        """Open a page, every second time with the validator that is known of it."""
        known = {"if-none-match": self._etags[path]} if path in self._etags and self.answers % 2 else {}
        try:
            answer = self.client.get(path, headers=known)
        except httpx.HTTPError as error:
            self.problems.append(f"{path}: {error!r}")
            return
        self.answers += 1
        if answer.status_code not in {200, 304} or not answer.headers.get("etag"):
            self.problems.append(f"{path}: {answer.status_code}")
            return
        self._etags[path] = answer.headers["etag"]
        if answer.status_code == 200:
            self._read(path, answer)

    def _read(self, path: str, answer: httpx.Response) -> None:
        if path == "/feed.json":
            numbers = [int(found) for item in answer.json()["items"] for found in re.findall(r"通信断(\d+)号", item["title"])]
            if numbers and max(numbers) < self.newest:
                self.problems.append(f"number {max(numbers)} came after {self.newest}")
            self.newest = max([self.newest, *numbers])
        elif path == "/society":
            self.stories = list(dict.fromkeys(STORY.findall(answer.text)))[:10]
        elif path != "/" and (found := TOKEN.search(answer.text)) and self.reads.get(found[1], 0) < MOST_READS_OF_A_STORY:
            self._tell(*found.groups())

    def _tell(self, story: str, token: str) -> None:
        self.reader += 1
        headers = {"user-agent": f"Mozilla/5.0 (X11; Linux x86_64; {self.node}) Firefox/{self.reader}.0"}
        deadline = time.monotonic() + 30
        while (told := self.client.post("/read", json={"story": story, "token": token}, headers=headers)).status_code != 204:
            if told.status_code != 503 or time.monotonic() > deadline:
                self.problems.append(f"read: {told.status_code} {told.text}")
                return
            time.sleep(0.2)
        self.reads[story] = self.reads.get(story, 0) + 1


def main() -> None:
    stopped: list[int] = []
    # Between two looks, not within one: a read that was answered has been noted.
    signal.signal(signal.SIGTERM, lambda number, _: stopped.append(number))
    readers = Readers(*sys.argv[1:])
    while not stopped:
        for path in (*ALWAYS, *readers.stories):
            readers.look(path)
            time.sleep(0.02)
    seen = {"answers": readers.answers, "problems": readers.problems[:20], "reads": readers.reads, "newest": readers.newest}
    sys.stdout.write(json.dumps(seen))


main()
