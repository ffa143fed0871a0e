"""The real app in a real terminal: crashes, lost connections, hostile text, odd terminals."""

from __future__ import annotations

import os
import signal
import sys

import pytest

from backend import add_entry, get_entry, list_drafts, list_entries
from backend.dates import local_time
from backend.locations import database_path, log_path
from tests.commands import RunCharlie
from tests.frontend.tui.terminal import CHARLIE, terminal

ESCAPE, SAVE = "\x1b", "\x13"


def draft_texts() -> list[str]:
    return [draft.text for draft in list_drafts()]


def test_a_draft_survives_kill_9_and_is_offered_back() -> None:
    with terminal() as charlie:
        charlie.sees("Welcome.", "n new")
        charlie.send("n")
        charlie.sees("New entry")
        charlie.send("Nobody will ever know that I wrote this")
        charlie.sees("draft kept")
        charlie.signal(signal.SIGKILL)
        assert charlie.wait() == -signal.SIGKILL

    with terminal() as charlie:
        charlie.sees("You were writing", "Nobody will ever know")
        charlie.send("\r")
        charlie.sees("Recovered draft")
        charlie.send(" again")
        charlie.send(ESCAPE)
        charlie.sees("1 entry")
        charlie.send("q")
        assert charlie.wait() == 0
    (entry,) = list_entries()
    assert get_entry(entry.uuid).text == "Nobody will ever know that I wrote this again"
    assert list_drafts() == []


@pytest.mark.parametrize("number", [signal.SIGTERM, signal.SIGHUP])
def test_the_last_key_before_a_signal_is_kept(number: signal.Signals) -> None:
    with terminal() as charlie:
        charlie.sees("Welcome.", "n new")
        charlie.send("n")
        charlie.sees("New entry")
        charlie.send("unfinished busines")
        charlie.sees("unfinished busines")
        charlie.send("s")
        charlie.sees("business")
        charlie.signal(number)
        assert charlie.wait() == 128 + number
    assert draft_texts() == ["unfinished business"]


def test_the_last_key_before_a_lost_connection_is_kept() -> None:
    with terminal() as charlie:
        charlie.sees("Welcome.", "n new")
        charlie.send("n")
        charlie.sees("New entry")
        charlie.send("typed over ss")
        charlie.sees("over ss")
        charlie.send("h")
        charlie.sees("over ssh")
        charlie.hang_up()
        charlie.wait()
    assert draft_texts() == ["typed over ssh"]


def test_a_lost_connection_ends_an_idle_charlie() -> None:
    with terminal() as charlie:
        charlie.sees("Welcome.", "n new")
        charlie.hang_up()
        charlie.wait()


DEAF = """
import os, signal, sys
signal.pthread_sigmask(signal.SIG_BLOCK, [signal.SIGHUP])
os.execv(sys.argv[1], sys.argv[1:])
"""


def test_a_lost_connection_is_noticed_without_the_signal_that_tells_of_it() -> None:
    with terminal(sys.executable, "-c", DEAF, CHARLIE) as charlie:
        charlie.sees("Welcome.", "n new")
        charlie.send("n")
        charlie.sees("New entry")
        charlie.send("typed over ssh")
        charlie.sees("over ssh")
        charlie.hang_up()
        assert charlie.wait() == 128 + signal.SIGHUP
    assert draft_texts() == ["typed over ssh"]


def test_text_never_commands_the_terminal() -> None:
    hostile = "\x1b]52;c;QUJD\x07 \x1b]8;;http://x\x1b\\link \x1bPq\x9b2J \x9d0;t\x07 \u202e end"
    add_entry(hostile, title=f"title {hostile}")
    with terminal(columns=130, rows=40) as charlie:
        charlie.sees("1 entry", "end")
        charlie.send("e")
        charlie.sees("Editing")
        charlie.send(f"\x1b[200~{hostile}\x1b[201~")
        charlie.send(ESCAPE)
        charlie.sees("1 entry", "Today")
        charlie.send("d")
        charlie.sees("Welcome.")
        charlie.send("u")
        charlie.sees("1 entry", "Today")
        charlie.send("/link")
        charlie.sees("Search", "1 entry")
        charlie.send(ESCAPE)
        charlie.sees("Today")
        charlie.send("q")
        charlie.wait()
        assert charlie.commands() == []


def test_keys_sent_at_once_go_where_they_are_meant() -> None:
    with terminal() as charlie:
        charlie.sees("Welcome.", "n new")
        charlie.send("nA walk\x14By the sea\r, far\x07yesterday 21:30\r away" + SAVE)
        charlie.sees("Editing", " saved")
        charlie.send(ESCAPE)
        charlie.sees("1 entry")
        charlie.send("q")
        charlie.wait()
    (entry,) = list_entries()
    assert (entry.title, get_entry(entry.uuid).text) == ("By the sea", "A walk, far away")
    assert local_time(entry.created_at, entry.zone).strftime("%H:%M") == "21:30"


def test_a_key_right_behind_an_escape_is_a_key_of_its_own() -> None:
    with terminal() as charlie:
        charlie.sees("Welcome.", "n new")
        charlie.send("/needle")
        charlie.sees("Nothing found.")
        charlie.send(ESCAPE + "c")
        charlie.sees("Calendar", "nothing written")
        charlie.send(ESCAPE + "S" + ESCAPE + "T")
        charlie.sees("The trash is empty.")
        charlie.send(ESCAPE + "n")
        charlie.sees("New entry")
        # To whom writes it is a letter with alt, which has no meaning.
        charlie.send("one" + ESCAPE + "d two" + SAVE)
        charlie.sees("Editing", "one two")
        charlie.send("\x1b")
        charlie.sees("1 entry")
        charlie.send("q")
        charlie.wait()


def test_it_is_suspended_and_painted_again() -> None:
    with terminal() as charlie:
        charlie.sees("Welcome.", "n new")
        charlie.send("\x1a")
        how = os.WSTOPPED | os.WNOHANG | os.WNOWAIT
        charlie.until(lambda: os.waitid(os.P_PID, charlie.pid, how))
        written = len(charlie.raw)
        os.kill(charlie.pid, signal.SIGCONT)
        charlie.until(lambda: b"Welcome." in charlie.raw[written:])
        charlie.send("q")
        charlie.wait()


def test_text_pasted_over_an_entry_never_commands_the_terminal() -> None:
    hostile = "\x1b]52;c;QUJD\x07 \x1b]8;;http://x\x1b\\link \x1bPq\x9b2J \x9d0;t\x07 \u202e end"
    with terminal(columns=130, rows=40) as charlie:
        charlie.sees("Welcome.", "n new")
        charlie.send("n")
        charlie.sees("New entry")
        for key in ("\x14", "\x07"):  # the title, the date
            charlie.send(key)
            charlie.send(f"\x1b[200~{hostile}\x1b[201~")
        charlie.sees("friday or 3 days ago.")
        charlie.send(ESCAPE)
        charlie.sees("Not saved:")
        charlie.signal(signal.SIGTERM)
        charlie.wait()
        assert charlie.commands() == []


@pytest.mark.parametrize(
    "steps",
    [
        {"/": "Search"},
        {"\x10": "Go to, do, or find"},
        {"x": "Find a name"},
        {"t": "A day, a month or a year"},
        {"b": "All journals", "n": "Name"},
        {"\r": "Reading", "f": "Find"},
    ],
    ids=["search", "palette", "names", "date", "journal", "find"],
)
def test_text_pasted_into_a_field_never_commands_the_terminal(steps: dict[str, str]) -> None:
    hostile = (
        "zebra \x1b]52;c;QUJD\x07 \x1b]8;;http://x\x1b\\link \x1bPq\x9b2J \x9d0;t\x07 \u202e end"
    )
    add_entry("Tea by the sea.")
    with terminal(columns=130, rows=40) as charlie:
        charlie.sees("1 entry", "4 words", "n new")
        for key, words in steps.items():
            charlie.send(key)
            charlie.sees(words)
        charlie.send(f"\x1b[200~{hostile}\x1b[201~")
        charlie.sees("zebra")
        charlie.send("\x1b[B")
        charlie.resize(80, 24)
        charlie.sees("zebra")
        charlie.signal(signal.SIGTERM)
        charlie.wait()
        assert charlie.commands() == []


def test_variables_that_tell_another_size_are_not_believed() -> None:
    stale = {"COLUMNS": "60", "LINES": "15"}
    with terminal(columns=100, rows=30, environment=stale) as charlie:
        charlie.sees("Welcome.", "n new")
        charlie.until(lambda: "n new" in charlie.screen.display[29])
        charlie.resize(80, 24)
        charlie.until(lambda: "n new" in charlie.screen.display[23])


def test_the_terminal_is_left_as_it_was_found() -> None:
    with terminal() as charlie:
        charlie.sees("Welcome.", "n new")
        charlie.send("q")
        assert charlie.wait() == 0
        written = charlie.raw.decode()
        for on, off in (("?1049h", "?1049l"), ("?1000h", "?1000l"), ("?2004h", "?2004l")):
            assert written.rindex(f"\x1b[{off}") > written.rindex(f"\x1b[{on}")
        assert written.rindex("\x1b[?25h") > written.rindex("\x1b[?25l")


def test_resizing_keeps_everything_on_the_screen() -> None:
    add_entry("A walk to the lighthouse")
    with terminal(columns=130, rows=40) as charlie:
        charlie.sees("A walk", "n new")
        for columns, rows in ((60, 20), (200, 50), (80, 24)):
            charlie.resize(columns, rows)
            charlie.sees("A walk", "new")
        charlie.send("n")
        charlie.sees("New entry")
        charlie.send("still here")
        for columns, rows in ((60, 20), (200, 50)):
            charlie.resize(columns, rows)
            charlie.sees("still here", "save and return")


def test_without_color_types_are_told_by_their_letters() -> None:
    with terminal(environment={"NO_COLOR": "1"}) as charlie:
        charlie.sees("Welcome.", "n new")


def test_sixteen_colors_are_enough() -> None:
    add_entry("A walk to the lighthouse")
    with terminal(environment={"TERM": "xterm", "COLORTERM": ""}) as charlie:
        charlie.sees("A walk", "n new")
        assert b"\x1b[38;2;" not in charlie.raw
        assert b";38;2;" not in charlie.raw


def test_quitting_leaves_nothing_running() -> None:
    with terminal() as charlie:
        charlie.sees("ready")
        charlie.send("q")
        assert charlie.wait() == 0


def test_without_a_terminal_it_says_what_to_do_instead(run_charlie_process: RunCharlie) -> None:
    done = run_charlie_process()

    assert done.returncode == 2
    assert done.stdout == ""
    assert "needs a terminal" in done.stderr
    assert "charlie add" in done.stderr
    assert "Traceback" not in done.stderr


def test_a_dumb_terminal_is_told_so() -> None:
    with terminal(environment={"TERM": "dumb"}) as charlie:
        assert charlie.wait() == 2
        assert "TERM is dumb" in charlie.text
        assert "charlie list" in charlie.text


def test_a_damaged_journal_is_refused_in_words() -> None:
    path = database_path()
    path.write_bytes(b"this is not a database, but something else entirely" * 100)
    with terminal() as charlie:
        assert charlie.wait() == 1
        assert "Traceback" not in charlie.text
        assert str(path)[-20:] in charlie.text.replace("\n", "")
    assert path.read_bytes().startswith(b"this is not")


def test_a_wrong_environment_is_told_in_words() -> None:
    with terminal(environment={"LLAMA_CTX_SIZE": "many"}) as charlie:
        assert charlie.wait() == 2
        assert "LLAMA_CTX_SIZE is “many”" in charlie.text


def test_a_defect_is_logged_and_told_in_a_sentence_and_the_draft_is_kept() -> None:
    script = (
        "import charlie, sys\n"
        "from frontend.tui.screens.editor import EditorScreen\n"
        "def action_save(self):\n"
        "    raise ZeroDivisionError('secret text')\n"
        "EditorScreen.action_save = action_save\n"
        "sys.exit(charlie.main([]))\n"
    )
    with terminal(sys.executable, "-c", script) as charlie:
        charlie.sees("Welcome.", "n new")
        charlie.send("n")
        charlie.sees("New entry")
        charlie.send("before the defect")
        charlie.sees("the defect")
        charlie.send(SAVE)
        assert charlie.wait() == 1
        assert "Something went wrong inside Charlie" in charlie.text
        assert "Traceback" not in charlie.raw.decode()
        assert "secret" not in charlie.raw.decode()
    assert "ZeroDivisionError" in log_path("charlie").read_text()
    assert draft_texts() == ["before the defect"]


def test_bytes_that_are_not_utf_8_are_only_rubbish() -> None:
    with terminal() as charlie:
        charlie.sees("Welcome.", "n new")
        charlie.send("n")
        charlie.sees("New entry")
        charlie.send(b"caf\xe9 \xff\x80 ol\xc3\xa9")
        charlie.sees("caf", "olé")
        charlie.send(b"\x1b[200~na\xefve\x1b[201~")
        charlie.sees("ve", "draft kept")
        charlie.send(ESCAPE)
        charlie.sees("1 entry")
        charlie.send("q")
        assert charlie.wait() == 0


_EVERY_SCRIPT = "quoi\u202f? 5\u00a0€ 田\u3000中 می\u200cخواهم 👩\u200d👧 🩷 end\u00ad\ue000."


def test_every_character_that_is_typed_is_kept() -> None:
    with terminal() as charlie:
        charlie.sees("Welcome.", "n new")
        charlie.send("n")
        charlie.sees("New entry")
        charlie.send(_EVERY_SCRIPT)
        charlie.sees("draft kept")
        charlie.send("\x14")
        charlie.sees("Title")
        charlie.send(_EVERY_SCRIPT + "\r")
        charlie.send(SAVE)
        charlie.send(ESCAPE)
        charlie.sees("1 entry")
        charlie.send("n")
        charlie.sees("New entry")
        charlie.send("🩷")
        charlie.send(ESCAPE)
        charlie.sees("2 entries")
        charlie.send("q")
        assert charlie.wait() == 0
    heart, entry = list_entries()
    assert get_entry(entry.uuid).text == _EVERY_SCRIPT
    assert entry.title == _EVERY_SCRIPT
    assert get_entry(heart.uuid).text == "🩷"


def test_control_c_does_not_end_it() -> None:
    with terminal() as charlie:
        charlie.sees("Welcome.", "n new")
        charlie.send("\x03")
        charlie.sees("ctrl+q leaves Charlie")
        assert "Do you want to quit?" not in charlie.text
        charlie.send("n")
        charlie.sees("New entry")
        charlie.send("x\x03y")
        charlie.sees("xy")
