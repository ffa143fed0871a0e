"""What the colour themes are called, for interfaces that do not draw them."""

from __future__ import annotations

from typing import Final

from backend.preferences import THEME

#: The theme of a terminal with 256 colours or more.
DEFAULT_THEME: Final = THEME.default
LIGHT_THEME: Final = "charlie-light"
#: The theme of a terminal with 16 colours.
SIXTEEN_COLORS_THEME: Final = "charlie-16"

#: Charlie's own themes, in the order in which they are offered.
OWN_THEMES: Final = (DEFAULT_THEME, LIGHT_THEME, SIXTEEN_COLORS_THEME)
