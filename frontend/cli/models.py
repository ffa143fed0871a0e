"""Commands about the models that read entries."""

from __future__ import annotations

import sys
from dataclasses import asdict
from pathlib import Path

import click

from backend.errors import UsageError
from backend.records import EntityType
from backend.services import endpoints, models
from backend.services.models import Fallback, ModelState, ModelSummary
from frontend.cli.options import json_option
from frontend.cli.output import JsonObject, print_json, print_line
from frontend.cli.progress import ProgressBar

_STATES = {
    ModelState.READY: "ready",
    ModelState.ELSEWHERE: "endpoint",
    ModelState.BEGUN: "partly downloaded",
    ModelState.ABSENT: "to download",
    ModelState.MISSING: "file is gone",
}


@click.group(short_help="Choose which model reads: built-in, bigger, elsewhere.")
def model() -> None:
    """Choose the model that reads entries: the built-in, a bigger one, one on another machine."""


@model.command("list", short_help="Show the models; the one that reads is marked.")
@json_option("Print an array of models.")
def list_command(as_json: bool) -> None:
    """Show the models, those on offer included; the one that reads is marked."""
    known = models.list_models()
    if as_json:
        print_json([_summary_json(summary) for summary in known])
        return
    width = max(len(summary.name) for summary in known)
    for summary in known:
        mark = "*" if summary.is_chosen else " "
        size = f"{_gigabytes(summary.size)}" if summary.size else ""
        print_line(
            f"{mark} {summary.name:<{width}}  {_STATES[summary.state]:<18} {size:>8}  "
            f"{summary.description}"
        )
    print_line("More of one: charlie model info NAME", error=True)


@model.command()
@click.argument("name")
@click.option("--model-name", help="Of an endpoint: the model it is asked for.")
@click.option("--as", "own_name", help="The name under which it is listed.")
@click.option("--key", is_flag=True, help="Of an endpoint: ask for its key, for the keyring.")
@click.option("--yes", is_flag=True, help="Of an endpoint: agree that entries are sent there.")
@click.option(
    "--fallback",
    type=click.Choice([choice.value for choice in Fallback]),
    help="While it cannot be used: entries wait, or the built-in model reads them.",
)
@click.option(
    "--parallel",
    type=click.IntRange(1, models.MOST_PARALLEL),
    help="Of an endpoint: how many entries it reads at once.",
)
def use(
    name: str,
    model_name: str | None,
    own_name: str | None,
    key: bool,
    yes: bool,
    fallback: str | None,
    parallel: int | None,
) -> None:
    """Have entries read by NAME from now on.

    \b
    NAME is
      a model's name      as “charlie model list” shows it
      a path              of a .gguf file
      an address          of an OpenAI-compatible server (llama-server, Ollama, vLLM, …)

    An endpoint's key is taken from CHARLIE_API_KEY, or from the system's keyring.
    """
    if name.startswith(("http://", "https://")):
        chosen = _use_endpoint(name, model_name, own_name, key=key, yes=yes)
    elif name.lower().endswith(".gguf") and Path(name).expanduser().is_file():
        chosen = models.add_file(Path(name), name=own_name)
    else:
        chosen = _named(name, yes=yes)
    summary = models.choose_model(chosen)
    if fallback:
        models.set_fallback(Fallback(fallback))
    if parallel:
        models.set_parallel(parallel)
    print_line(f"Entries are read by {summary.name} from now on.")
    meanwhile = (
        "they wait" if models.get_fallback() is Fallback.WAIT else "the built-in model reads them"
    )
    if summary.name != models.BUILT_IN:
        print_line(f"While it cannot be used, {meanwhile}.", error=True)
    if summary.kind == "endpoint":
        print_line(f"Read at once: {models.get_parallel()} (--parallel).", error=True)
    print_line("To have the older entries read again: charlie reread", error=True)


@model.command()
@click.argument("name", default=models.DEFAULT_OFFER)
@click.option("--as", "own_name", help="The name under which it is listed.")
@click.option("--use", "use_it", is_flag=True, help="Have entries read by it afterwards.")
def download(name: str, own_name: str | None, use_it: bool) -> None:
    """Download a model, or go on with a download.

    NAME is that of a model on offer, a file on the Hugging Face hub as OWNER/REPOSITORY/FILE.gguf,
    or the address of that file's page. It may be stopped at any time; the next download goes on
    where it ended. HF_TOKEN, HF_ENDPOINT and HTTPS_PROXY are respected.
    """
    if "/" in name:
        name = models.add_hub_file(name, name=own_name)
    with ProgressBar(name, is_transfer=True) as bar:
        summary = models.download_model(name, progress=bar.update)
    print_line(f"{summary.name} is there: {summary.place}")
    if use_it:
        models.choose_model(summary.name)
        print_line(f"Entries are read by {summary.name} from now on.")
    elif not summary.is_chosen:
        print_line(f"To have entries read by it: charlie model use {summary.name}", error=True)


@model.command(short_help="Delete a downloaded model, or forget one of your own.")
@click.argument("name")
def remove(name: str) -> None:
    """Delete a downloaded model, or forget a file or an endpoint of your own."""
    was_chosen = models.chosen_model() == name.lower()
    freed = models.remove_model(name)
    print_line(f"{name} is removed" + (f"; {_gigabytes(freed)} are free." if freed else "."))
    if was_chosen:
        print_line("Entries are read by the built-in model from now on.")


@model.command(short_help="Show what there is to know of a model.")
@click.argument("name", required=False)
@json_option("Print it as JSON.")
def info(name: str | None, as_json: bool) -> None:
    """Show what there is to know of a model, the one that reads if NAME is missing."""
    details = models.describe_model(name)
    machine = models.describe_machine()
    summary = details.summary
    if as_json:
        print_json(
            {
                **_summary_json(summary),
                **{key: value for key, value in asdict(details).items() if key != "summary"},
                "fallback": models.get_fallback().value,
                "parallel": models.get_parallel() if summary.kind == "endpoint" else 1,
                "machine": asdict(machine),
            }
        )
        return
    print_line(summary.name, bold=True)
    print_line(summary.description)
    rows = [
        ("State", _STATES[summary.state] + (", reads entries" if summary.is_chosen else "")),
        ("Title", details.title),
        ("Size", summary.size and _gigabytes(summary.size)),
        ("Fetched", summary.fetched and _gigabytes(summary.fetched)),
        ("Memory", _memory(summary, details.used_context)),
        ("Licence", summary.licence),
        ("Context", _context(details.context, details.used_context)),
        ("Source", details.source),
        ("Place", summary.place),
        ("Served as", details.served_model),
        ("At once", _at_once() if summary.kind == "endpoint" else None),
    ]
    for label, value in rows:
        if value:
            print_line(f"  {label:<10} {value}")
    if summary.kind == "gguf":
        if machine.memory:
            print_line(f"  {'Machine':<10} {_gigabytes(machine.memory)} of memory available")
        print_line(f"  {'GPU':<10} {machine.gpu}")
        if machine.hint:
            print_line(f"  {'':<10} {machine.hint}")


@model.command()
@click.option(
    "--data", required=True, type=click.Path(path_type=Path), help="Annotated texts, JSON lines."
)
@click.option("--model", "name", help="A model's name or path; the one that reads if missing.")
@click.option(
    "--types", help="What counts, such as PERSON,PLACE; what occurs in the data if missing."
)
@json_option("Print the scores as JSON.")
def evaluate(data: Path, name: str | None, types: str | None, as_json: bool) -> None:
    """Score a model against annotated texts.

    A line of the data is {"text", "entities": [{"start", "end", "type"}], "ignore": [{"start",
    "end"}]}. A found name counts if its place and type are exactly the annotated ones.
    """
    counted = _types(types) if types else None
    with ProgressBar("Reading") as bar:
        result = models.evaluate_model(data, name=name, types=counted, progress=bar.update)
    rows = {
        **{type_.value: score for type_, score in result.types.items()},
        "overall": result.overall,
    }
    seconds = result.seconds / result.entries
    if as_json:
        print_json(
            {
                "model": name or models.chosen_model(),
                "data": str(data),
                "entries": result.entries,
                "seconds": round(result.seconds, 3),
                "seconds_per_entry": round(seconds, 4),
                "scores": {
                    row: {
                        "precision": round(score.precision, 4),
                        "recall": round(score.recall, 4),
                        "f1": round(score.f1, 4),
                        "right": score.right,
                        "found": score.found,
                        "wanted": score.wanted,
                    }
                    for row, score in rows.items()
                },
            }
        )
        return
    print_line(f"{'':<14} precision   recall       F1  annotated", bold=True)
    for row, score in rows.items():
        print_line(
            f"{row.capitalize():<14} {score.precision:>9.1%}{score.recall:>9.1%}{score.f1:>9.1%}"
            f"{score.wanted:>11}"
        )
    print_line(f"{result.entries} entries, {seconds:.3f} s each.")


def _use_endpoint(
    url: str, model_name: str | None, own_name: str | None, *, key: bool, yes: bool
) -> str:
    """Agree on what leaves the machine, then ask the server what it serves; the model's name."""
    endpoint = endpoints.make_endpoint(url, model_name or "")
    _agree(endpoint, yes=yes)
    secret = _secret() if key else None
    if not model_name:
        served = endpoints.ask_endpoint(endpoint, key=secret)
        if len(served) != 1:
            raise UsageError(
                f"{endpoint.host} serves {', '.join(served) or 'no model'}.",
                hint="Choose one with --model-name.",
            )
        endpoint = endpoints.make_endpoint(url, served[0])
    return endpoints.add_endpoint(endpoint, name=own_name, key=secret)


def _named(name: str, *, yes: bool) -> str:
    """Return a name that is listed; for an endpoint what leaves the machine is agreed on again."""
    endpoint = endpoints.find_endpoint(name)
    if endpoint is not None:
        _agree(endpoint, yes=yes)
    return name


def _agree(endpoint: endpoints.Endpoint, *, yes: bool) -> None:
    print_line(endpoints.what_leaves(endpoint), error=True)
    if yes:
        return
    if not sys.stdin.isatty():
        raise UsageError("An endpoint is used only after you agreed.", hint="To agree: --yes")
    if not click.confirm("Use it?", err=True):
        raise click.Abort


def _secret() -> str:
    if sys.stdin.isatty():
        return str(click.prompt("Key", hide_input=True, err=True)).strip()
    return sys.stdin.readline().strip()


def _types(text: str) -> list[EntityType]:
    try:
        return [EntityType(word.strip().upper()) for word in text.split(",")]
    except ValueError:
        raise UsageError(
            f"“{text}” is not a list of types.", hint=f"Types: {', '.join(EntityType)}"
        ) from None


def _summary_json(summary: ModelSummary) -> JsonObject:
    return {
        "name": summary.name,
        "kind": summary.kind,
        "description": summary.description,
        "state": summary.state.value,
        "chosen": summary.is_chosen,
        "size": summary.size,
        "fetched": summary.fetched,
        "memory": summary.memory,
        "licence": summary.licence,
        "place": summary.place,
    }


def _at_once() -> str:
    return f"{models.get_parallel()} entries (charlie model use … --parallel N)"


def _memory(summary: ModelSummary, context: int | None) -> str | None:
    if not summary.memory:
        return None
    size = f"about {_gigabytes(summary.memory)}"
    return f"{size} with a context of {context:,} tokens" if context else size


def _context(limit: int | None, used: int | None) -> str | None:
    if not limit:
        return None
    return f"{limit:,} tokens at most, {used:,} used (LLAMA_CTX_SIZE)"


def _gigabytes(size: int) -> str:
    return f"{size / 1e9:.1f} GB" if size >= 1e8 else f"{size / 1e6:.0f} MB"
