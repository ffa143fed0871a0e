"""What a widget says when a name in it is followed."""

from __future__ import annotations

from textual.message import Message


class NameFollowed(Message):
    """The page of an entity is asked for; `name` as stored."""

    def __init__(self, entity_id: int, name: str) -> None:
        super().__init__()
        self.entity_id = entity_id
        self.name = name
