"""The list of commands, each loaded when it is called."""

from __future__ import annotations

import importlib
from typing import Final

import click

# Command -> "module:object" below frontend.cli, under the headings of `charlie --help`, in the
# order in which one comes to need them. A command's module is imported when the command runs:
# `charlie list` does not pay for what `charlie process` needs.
SECTIONS: Final[dict[str, dict[str, str]]] = {
    "Write": {
        "add": "writing:add",
        "edit": "writing:edit",
        "delete": "writing:delete",
        "restore": "writing:restore",
        "trash": "trash:trash",
        "history": "history:history",
        "template": "templates:template",
        "prompt": "prompt:prompt",
        "draft": "drafts:draft",
    },
    "Look back": {
        "list": "entries:list_command",
        "show": "entries:show",
        "search": "entries:search",
        "entities": "entities:entities",
        "entity": "entities:entity",
        "on-this-day": "calendar:on_this_day",
        "calendar": "calendar:calendar",
        "stats": "calendar:stats",
    },
    "Find names": {
        "process": "work:process",
        "reread": "reextraction:reread",
        "extract": "extraction:extract",
        "inference": "work:inference",
        "model": "models:model",
        "queue": "queue:queue",
        "worker": "worker:worker",
    },
    "Keep house": {
        "journals": "journals:journals",
        "journal": "journals:journal",
        "config": "config:config",
        "lock": "lock:lock",
        "backup": "backups:backup",
        "restore-backup": "backups:restore_backup",
        "doctor": "doctor:doctor",
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
        module_name, _, attribute = COMMANDS[cmd_name].partition(":")
        module = importlib.import_module(f"frontend.cli.{module_name}")
        command = getattr(module, attribute)
        assert isinstance(command, click.Command)  # noqa: S101 - a typo in the table above
        return command

    def format_commands(self, ctx: click.Context, formatter: click.HelpFormatter) -> None:
        """Write the commands under the headings of their sections."""
        limit = formatter.width - 6 - max(map(len, COMMANDS))
        for heading, section in SECTIONS.items():
            rows = []
            for name in section:
                command = self.get_command(ctx, name)
                if command is not None:
                    rows.append((name, command.get_short_help_str(limit)))
            with formatter.section(heading):
                formatter.write_dl(rows)

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
    """A private journal for the terminal that remembers who and where your life is about.

    Without a command the journal opens on the screen. Every command that prints data takes
    --json. Exit codes: 0 done, 1 failed, 2 wrong usage.
    """
