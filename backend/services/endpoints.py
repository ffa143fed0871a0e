"""Endpoints: models that another program runs, on this machine or elsewhere.

For both interfaces. Nothing touches the network but `ask_endpoint`, which the user calls for.
"""

from __future__ import annotations

from backend.inference.models import api_keys, own_models, probing
from backend.inference.models.own_models import Endpoint, OwnModel

__all__ = [
    "Endpoint",
    "add_endpoint",
    "ask_endpoint",
    "find_endpoint",
    "make_endpoint",
    "what_leaves",
]


def make_endpoint(url: str, model: str) -> Endpoint:
    """Return an endpoint by its address, with "/v1" added where no path is given.

    Raises:
        UsageError: that is no address.
    """
    return own_models.endpoint(url, model)


def what_leaves(endpoint: Endpoint) -> str:
    """Return a plain sentence on what an endpoint is told, to be read before it is chosen."""
    if endpoint.is_this_machine:
        return (
            f"The whole text of every entry, with its date, is handed to the server at "
            f"{endpoint.host} on this machine. Whether it stays here is up to that server."
        )
    way = "encrypted on the way" if endpoint.is_encrypted else "not encrypted on the way"
    return (
        f"The whole text of every entry, with its date, leaves this machine for {endpoint.host}, "
        f"{way}. "
        "The people who run that server can read it."
    )


def find_endpoint(name: str) -> Endpoint | None:
    """Return the endpoint that the user added under a name; None for another kind of model."""
    own = own_models.find_own_model(name)
    return own.endpoint if own else None


def ask_endpoint(endpoint: Endpoint, *, key: str | None = None) -> list[str]:
    """Return the names of the models that an endpoint serves; goes over the network.

    Args:
        endpoint: the server.
        key: CHARLIE_API_KEY, or what the keyring holds, if None.

    Raises:
        ModelError: it cannot be reached, refuses the key, or is something else.
    """
    return probing.served_models(endpoint, key or api_keys.find_api_key(endpoint.url))


def add_endpoint(endpoint: Endpoint, *, name: str | None = None, key: str | None = None) -> str:
    """Give an endpoint a name, by which it can be chosen; returns the name.

    Args:
        endpoint: the server and its model.
        name: made of the model's and the host's if None.
        key: kept in the system's keyring; CHARLIE_API_KEY goes before it.

    Raises:
        UsageError: the name is taken or cannot be one, or there is no keyring for the key.
    """
    name = name or f"{own_models.name_from(endpoint.model)}@{_host_name(endpoint)}"
    if key:
        api_keys.keep_api_key(endpoint.url, key)
    own_models.keep_own_model(OwnModel(name.lower(), endpoint=endpoint))
    return name.lower()


def _host_name(endpoint: Endpoint) -> str:
    return own_models.name_from(endpoint.host.rpartition(":")[0] or endpoint.host)
