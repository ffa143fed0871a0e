"""What keys are called on the screen."""

from __future__ import annotations

from textual.app import App
from textual.binding import ActiveBinding, Binding
from textual.keys import key_to_character
from textual.screen import Screen

_NAMES = {
    "question_mark": "?",
    "slash": "/",
    "left_square_bracket": "[",
    "right_square_bracket": "]",
    "less_than_sign": "<",
    "greater_than_sign": ">",
    "comma": ",",
    "full_stop": ".",
    "escape": "esc",
    "up": "↑",
    "down": "↓",
    "left": "←",
    "right": "→",
    "pageup": "pgup",
    "pagedown": "pgdn",
}


def key_name(key: str) -> str:
    """ "?" for "question_mark", "shift+↑" for "shift+up"."""
    *modifiers, last = key.split("+")
    return "+".join([*modifiers, _NAMES.get(last, last)])


def words_of(binding: Binding) -> str:
    """Return what a binding does, in the fullest words it has."""
    return binding.tooltip or binding.description


def list_actions(screen: Screen[object]) -> list[tuple[ActiveBinding, list[str]]]:
    """Every action of `screen` that works now, with all its keys.

    Those for the line at the bottom that what has the focus, or is around it, brings along come
    first, then the screen's own in the order it lists them.
    """
    own = [binding.action for binding in screen.BINDINGS if isinstance(binding, Binding)]
    # A screen may list an action of all screens earlier than they do.
    order = {action: place for place, action in reversed(list(enumerate(own)))}
    actions: dict[tuple[str, str], tuple[ActiveBinding, list[str]]] = {}
    # Of the keys for one action the one that is meant to be shown comes first.
    for active in sorted(screen.active_bindings.values(), key=lambda each: not each.binding.show):
        binding = active.binding
        if _is_typed(screen, binding):
            continue
        if active.enabled and not binding.system and words_of(binding):
            _, keys = actions.setdefault((binding.action, words_of(binding)), (active, []))
            keys.append(key_name(binding.key))

    def place(found: tuple[ActiveBinding, list[str]]) -> int:
        active, _ = found
        if active.binding.show and not isinstance(active.node, (Screen, App)):
            return -1
        return order.get(active.binding.action, len(own))

    return sorted(actions.values(), key=place)


def _is_typed(screen: Screen[object], binding: Binding) -> bool:
    """Whether a key is text for the field that has the focus."""
    field = screen.focused
    if field is None or binding.priority:
        return False
    name = key_name(binding.key)
    # Textual does not know the character of "slash".
    character = name if len(name) == 1 and name.isascii() else key_to_character(binding.key)
    return field.check_consume_key(binding.key, character)
