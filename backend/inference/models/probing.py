"""Is an endpoint there, and what does it serve?"""

from __future__ import annotations

from typing import Final

from backend.errors import ModelError
from backend.inference.models.own_models import Endpoint

# Seconds; a server that loads a model answers its list of models meanwhile.
_TIMEOUT: Final = 5.0


def served_models(endpoint: Endpoint, api_key: str | None = None) -> list[str]:
    """Return the names of the models that a server has (`GET {url}/models`).

    Raises:
        ModelError: it cannot be reached, refuses the key, or is no such server.
    """
    # httpx takes 115 ms to import.
    import httpx  # noqa: PLC0415

    url = endpoint.url
    headers = {"User-Agent": "charlie-journal"}
    if api_key:
        headers["Authorization"] = f"Bearer {api_key}"
    try:
        # A redirect would take the key, and later the journal, somewhere else.
        answer = httpx.get(
            f"{url}/models",
            headers=headers,
            timeout=_TIMEOUT,
            trust_env=not endpoint.is_this_machine,  # no proxy leads back here
        )
    except (httpx.RequestError, httpx.InvalidURL) as error:
        raise ModelError(
            f"The endpoint {url} cannot be reached.",
            safe="Your entries are safe; only the reading of names waits.",
            hint="Check that the server runs and that its address is right.",
        ) from error
    if answer.status_code in {401, 403}:
        raise ModelError(
            f"The endpoint {url} does not accept the key."
            if api_key
            else f"The endpoint {url} asks for a key.",
            safe="Your entries are safe; only the reading of names waits.",
            hint="Set CHARLIE_API_KEY to it, or keep it with: charlie model use URL --key",
        )
    try:
        answer.raise_for_status()
        return [str(model["id"]) for model in answer.json()["data"]]
    except (httpx.HTTPStatusError, ValueError, KeyError, TypeError) as error:
        raise ModelError(
            f"What answers at {url} is no OpenAI-compatible server ({answer.status_code}).",
            safe="Your entries are safe; only the reading of names waits.",
            hint="The address usually ends in /v1.",
        ) from error
