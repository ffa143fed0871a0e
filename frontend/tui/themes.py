"""Charlie's own colours, and the hue of each type of entity in every theme."""

from __future__ import annotations

from textual.app import App
from textual.color import Color
from textual.theme import Theme

from backend.records import EntityType
from frontend.shared.theme_names import (
    DEFAULT_THEME,
    LIGHT_THEME,
    OWN_THEMES,
    SIXTEEN_COLORS_THEME,
)

#: CSS variable (without "$") that holds the hue of a type.
TYPE_VARIABLES = {each: each.value.lower() for each in EntityType}

# Four hues a quarter of the wheel apart, of one lightness, so that none shouts.
_ON_DARK = {
    "person": "#e9947a",
    "place": "#97c27e",
    "organization": "#7db3e0",
    "activity": "#c99bdc",
}
_ON_LIGHT = {
    "person": "#b0452b",
    "place": "#47742f",
    "organization": "#2a679c",
    "activity": "#84449c",
}
_SIXTEEN = {
    "person": "ansi_bright_red",
    "place": "ansi_green",
    "organization": "ansi_bright_blue",
    "activity": "ansi_magenta",
}

THEMES = (
    Theme(
        name=DEFAULT_THEME,
        primary="#dfa964",
        secondary="#b9a58a",
        accent="#dfa964",
        warning="#e3b566",
        error="#e07a6d",
        success="#97c27e",
        foreground="#d9d5cc",
        background="#1b1c1f",
        surface="#202225",
        panel="#2a2c31",
        variables={
            "quiet": "#8d8a84",
            "border": "#dfa964",
            "border-blurred": "#3a3c42",
            "chosen": "#2b2d32",
            "block-cursor-background": "#2f3137",
            "block-cursor-foreground": "#f0ece3",
            "block-cursor-text-style": "none",
            "footer-key-foreground": "#dfa964",
            "footer-description-foreground": "#8d8a84",
            "input-selection-background": "#4a463c",
            "scrollbar": "#3a3c42",
            "scrollbar-hover": "#55575e",
            "scrollbar-active": "#dfa964",
            "scrollbar-background": "#1b1c1f",
            "scrollbar-background-hover": "#1b1c1f",
            "scrollbar-background-active": "#1b1c1f",
        },
    ),
    Theme(
        name=LIGHT_THEME,
        dark=False,
        primary="#99591c",
        secondary="#7a6b56",
        accent="#99591c",
        warning="#8a6100",
        error="#b23a2c",
        success="#47742f",
        foreground="#35322d",
        background="#faf8f3",
        surface="#f4f1ea",
        panel="#e9e5db",
        variables={
            "quiet": "#79746a",
            "border": "#99591c",
            "border-blurred": "#d6d0c3",
            "chosen": "#efebe2",
            "block-cursor-background": "#e9e5db",
            "block-cursor-foreground": "#1f1d1a",
            "block-cursor-text-style": "none",
            "footer-key-foreground": "#99591c",
            "footer-description-foreground": "#79746a",
            "input-selection-background": "#ecdcc4",
            "scrollbar": "#d6d0c3",
            "scrollbar-hover": "#bdb6a7",
            "scrollbar-active": "#99591c",
            "scrollbar-background": "#faf8f3",
            "scrollbar-background-hover": "#faf8f3",
            "scrollbar-background-active": "#faf8f3",
        },
    ),
    Theme(
        name=SIXTEEN_COLORS_THEME,
        ansi=True,
        primary="ansi_yellow",
        secondary="ansi_cyan",
        warning="ansi_yellow",
        error="ansi_red",
        success="ansi_green",
        accent="ansi_yellow",
        foreground="ansi_default",
        background="ansi_default",
        surface="ansi_default",
        panel="ansi_default",
        boost="ansi_default",
        variables={
            "quiet": "ansi_default",
            "border": "ansi_yellow",
            "border-blurred": "ansi_bright_black",
            "ansi-background": "ansi_black",
            "ansi-foreground": "ansi_white",
            "block-cursor-foreground": "ansi_default",
            "block-cursor-background": "ansi_default",
            "block-cursor-text-style": "reverse",
            "footer-key-foreground": "ansi_yellow",
            "input-selection-background": "ansi_blue",
            "input-selection-foreground": "ansi_bright_white",
            "scrollbar": "ansi_bright_black",
            "scrollbar-hover": "ansi_white",
            "scrollbar-active": "ansi_yellow",
        },
    ),
)


def own_variables(theme: Theme) -> dict[str, str]:
    """Return CSS variables that Charlie's styles use, for a theme that does not set them."""
    if theme.ansi:
        return {"quiet": "ansi_default", "chosen": "ansi_default", **_SIXTEEN}
    foreground = Color.parse(theme.foreground or ("#e0e0e0" if theme.dark else "#1e1e1e"))
    background = Color.parse(theme.background or ("#121212" if theme.dark else "#efefef"))
    return {
        "quiet": background.blend(foreground, 0.6).hex,
        "chosen": background.blend(foreground, 0.1).hex,
        **(_ON_DARK if theme.dark else _ON_LIGHT),
    }


def fitting_theme(app: App[None], wanted: object) -> str:
    """Return the name of the theme `wanted`, or of the default one if `app` has none such.

    In a terminal of 16 colours the default is the theme that is made for it.
    """
    if isinstance(wanted, str) and wanted in app.available_themes and wanted != DEFAULT_THEME:
        return wanted
    return SIXTEEN_COLORS_THEME if app.console.color_system == "standard" else DEFAULT_THEME


def theme_names(app: App[None]) -> list[tuple[str, str]]:
    """Return (name, words for it) of every theme, Charlie's own first."""
    others = sorted(name for name in app.available_themes if name not in OWN_THEMES)
    return [(name, name.replace("-", " ").capitalize()) for name in (*OWN_THEMES, *others)]
