"""The list of commands, each loaded when it is called."""

from __future__ import annotations

import importlib
from typing import TYPE_CHECKING, Final

import click

if TYPE_CHECKING:
    from click.shell_completion import CompletionItem

# Command -> "module:object" below frontend.cli and what it does in a line, under the headings of
# `charlie --help`, in the order in which one comes to need them. A command's module is imported
# when the command runs: `charlie list` and `charlie --help` do not pay for what `charlie process`
# needs.
SECTIONS: Final[dict[str, dict[str, tuple[str, str]]]] = {
    "Write": {
        "add": ("writing:add", "Write an entry: TEXT, standard input or your editor."),
        "edit": ("writing:edit", "Change an entry."),
        "delete": ("writing:delete", "Move an entry to the trash."),
        "restore": ("writing:restore", "Bring an entry back from the trash."),
        "trash": ("trash:trash", "Show the deleted entries and since when."),
        "history": ("history:history", "Show every text that an entry has had, and what changed."),
        "template": ("templates:template", "Beginnings of entries that you keep as files."),
        "prompt": ("prompt:prompt", "Print the question of the day."),
        "draft": ("drafts:draft", "Show the drafts that a crash left behind."),
    },
    "Look back": {
        "list": ("entries:list_command", "Show the newest entries, by day."),
        "show": ("entries:show", "Show an entry and the names in it."),
        "search": ("entries:search", "Find entries by words, names, tags and days."),
        "entities": ("entities:entities", "Show who and what the journal mentions."),
        "entity": ("entities:entity", "One person, place, organisation or activity."),
        "on-this-day": (
            "calendar:on_this_day",
            "Show what was written on this day in earlier years.",
        ),
        "calendar": ("calendar:calendar", "Show a year of days, and how much was written."),
        "stats": ("calendar:stats", "Show entries, words, streaks and frequent names."),
    },
    "Find names": {
        "process": ("work:process", "Read every entry that waits, until none does."),
        "reread": (
            "reextraction:reread",
            "Have entries read again, after a change of model for one.",
        ),
        "extract": ("extraction:extract", "Find the names in any text; nothing is stored."),
        "inference": ("work:inference", "Switch the reading of entries on or off."),
        "model": ("models:model", "Choose which model reads: built-in, bigger, elsewhere."),
        "queue": ("queue:queue", "Show what waits to be read and what failed."),
        "worker": ("worker:worker", "The process that reads: what it does, did and says."),
    },
    "Keep house": {
        "journals": ("journals:journals", "Show the journals and how many entries each has."),
        "journal": ("journals:journal", "Create, rename or delete a journal; move entries."),
        "config": ("config:config", "Show and change what can be set."),
        "lock": ("lock:lock", "Cover the screen, with or without a passphrase."),
        "backup": ("backups:backup", "Copy the whole journal into one verified file."),
        "restore-backup": (
            "backups:restore_backup",
            "Bring back out of FILE what the journal lacks.",
        ),
        "doctor": ("doctor:doctor", "Examine journal, Redis, model and worker; repair."),
    },
}

COMMANDS: Final = {name: place for section in SECTIONS.values() for name, place in section.items()}


class CommandGroup(click.Group):
    """A group that knows its commands by name and imports them one by one."""

    def list_commands(self, ctx: click.Context) -> list[str]:
        return list(COMMANDS)

    def get_command(self, ctx: click.Context, cmd_name: str) -> click.Command | None:
        if cmd_name not in COMMANDS:
            return None
        module_name, _, attribute = COMMANDS[cmd_name][0].partition(":")
        module = importlib.import_module(f"frontend.cli.{module_name}")
        command = getattr(module, attribute)
        assert isinstance(command, click.Command)  # noqa: S101 - a typo in the table above
        return command

    def format_commands(self, ctx: click.Context, formatter: click.HelpFormatter) -> None:
        """Write the commands under the headings of their sections."""
        for heading, section in SECTIONS.items():
            with formatter.section(heading):
                formatter.write_dl([(name, words) for name, (_, words) in section.items()])

    def shell_complete(self, ctx: click.Context, incomplete: str) -> list[CompletionItem]:
        """Complete the name of a command, or an option of Charlie's."""
        # click's module takes 3 ms to import, and has done so where there is something to complete.
        from click.shell_completion import CompletionItem

        commands = [
            CompletionItem(name, help=words)
            for name, (_, words) in COMMANDS.items()
            if name.startswith(incomplete)
        ]
        return commands + click.Command.shell_complete(self, ctx, incomplete)

    def resolve_command(
        self, ctx: click.Context, args: list[str]
    ) -> tuple[str | None, click.Command | None, list[str]]:
        if args and args[0] not in COMMANDS and not args[0].startswith("-"):
            # 4 ms that only a mistake costs.
            from difflib import get_close_matches

            near = get_close_matches(args[0], COMMANDS, n=1)
            meant = f" Did you mean “{near[0]}”?" if near else ""
            raise click.UsageError(
                f"There is no command “{args[0]}”.{meant} To write an entry: charlie add TEXT", ctx
            )
        return super().resolve_command(ctx, args)


@click.group(
    cls=CommandGroup,
    context_settings={"help_option_names": ["-h", "--help"], "max_content_width": 100},
)
@click.version_option(package_name="charlie-journal", prog_name="charlie")
def cli() -> None:
    """Keep a private journal in the terminal that remembers who and where your life is about.

    Without a command the journal opens on the screen. Every command that prints data takes
    --json. Exit codes: 0 done, 1 failed, 2 wrong usage.
    """
    # A wrong value in the environment is told by the command that meets it first, used or not.
    import backend.settings  # noqa: F401
