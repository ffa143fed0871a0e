"""Reading with an endpoint: entries a second against how many are read at once.

python -m benchmarks.parallel [--entries 40] [--seconds 0.5]

A real worker reads a new journal with a server on loopback that takes any number of requests at
once and so many seconds for each, as a server with enough processors does.
"""

from __future__ import annotations

import argparse
import os
import tempfile
import time
from pathlib import Path

import backend
from backend.database.redis import server as redis_server
from backend.database.sqlite.connection import close_all
from backend.services import endpoints, models
from backend.services.supervision import scheduling
from benchmarks.journals import invent_entries
from tests.backend.inference.llm.fake_server import Answered, Asked, FakeServer
from tests.backend.services.work import SUPERVISOR, are_extracted, running, wait_until

NUMBERS = (1, 2, 4, 8)


def main() -> None:
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--entries", type=int, default=40)
    parser.add_argument("--seconds", type=float, default=0.5)
    arguments = parser.parse_args()
    for number in NUMBERS:
        with tempfile.TemporaryDirectory() as folder:
            os.environ["CHARLIE_HOME"] = str(Path(folder))
            seconds, asked = read_all(number, arguments.entries, arguments.seconds)
            close_all()
            redis_server.leave()
        print(
            f"{number} at once: {arguments.entries} entries in {seconds:.2f} s, "
            f"{arguments.entries / seconds:.2f} a second, {asked} requests"
        )


def read_all(number: int, count: int, answer_seconds: float) -> tuple[float, int]:
    """Seconds from switching on until all entries are read, and how often the server was asked.

    The worker runs before that, and has read one entry with the server.
    """

    def answer(_asked: Asked) -> Answered:
        time.sleep(answer_seconds)
        return Answered()

    with FakeServer() as server:
        server.answer = answer
        endpoint = endpoints.make_endpoint(server.url, "m")
        models.choose_model(endpoints.add_endpoint(endpoint, name="loopback"))
        models.set_parallel(number)
        with running(SUPERVISOR):
            first = backend.add_entry("It rained.")
            scheduling.wake()
            wait_until(lambda: are_extracted(first))
            scheduling.set_inference_enabled(False)
            entries = [
                backend.add_entry(f"{place}. {text[:400]}")
                for place, (text, _) in enumerate(invent_entries(count))
            ]
            server.asked.clear()
            begin = time.perf_counter()
            scheduling.set_inference_enabled(True)
            wait_until(lambda: are_extracted(*entries))
            return time.perf_counter() - begin, len(server.asked)


if __name__ == "__main__":
    main()
