"""The command that examines the installation."""

from __future__ import annotations

import click

from frontend.cli.output import print_json, print_line


@click.command()
@click.option("--json", "as_json", is_flag=True, help="Print an array of findings.")
@click.pass_context
def doctor(context: click.Context, as_json: bool) -> None:
    """Examine the journal, Redis, the model and the worker, and say what to do."""
    # The checks import apsw, redis and llama_cpp; a help page should not.
    from backend.services.health import run_checks

    checks = run_checks()
    if as_json:
        print_json(
            [
                {"name": check.name, "ok": check.ok, "detail": check.detail, "hint": check.hint}
                for check in checks
            ]
        )
    else:
        for check in checks:
            print_line(f"{'ok  ' if check.ok else 'BAD '} {check.name}: {check.detail}")
            if check.hint:
                print_line(f"     → {check.hint}")
    if not all(check.ok for check in checks):
        context.exit(1)
