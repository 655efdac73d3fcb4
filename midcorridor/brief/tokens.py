"""The colours of the project: each a pair, for light and for dark surroundings."""

from __future__ import annotations

# Contrasts of text on surface are at least 4.5, of lines on land and water at least 3 (WCAG 2.2).
TOKENS = {
    "bg": ("#F6F7F9", "#0E1620"),
    "surface": ("#FFFFFF", "#16212D"),
    "surface-2": ("#EDF0F3", "#202D3B"),
    "ink": ("#17212B", "#E8EEF4"),
    "ink-2": ("#46525E", "#B6C2CE"),
    "ink-3": ("#5A6570", "#97A5B3"),
    "rule": ("#D5DBE1", "#2E3C4B"),
    "control": ("#7A8691", "#708090"),
    "accent": ("#005A9C", "#6CB6FF"),
    "on-accent": ("#FFFFFF", "#0B1520"),
    "focus": ("#1A5FD0", "#9CCBFF"),
    "better": ("#0B5CAD", "#74B3FB"),
    "worse": ("#A63D00", "#FF9E66"),
    "warn": ("#6B4E00", "#F0CF70"),
    "warn-bg": ("#FFF1CC", "#3A2E0E"),
    "land": ("#F3F0E9", "#1C2733"),
    "water": ("#DCE6EC", "#0F1923"),
    "border": ("#A59F92", "#5B6876"),
    "rail": ("#1F2933", "#E8EEF4"),
    "sea": ("#15559A", "#2F80F5"),
    "ferry": ("#078F6D", "#34B090"),
    "road": ("#8A5615", "#E68A14"),
    "inland": ("#C21FE0", "#F58CEB"),
    # Corridors in a plot, each with a shape of its own beside its hue.
    "c-middle": ("#0072B2", "#56B4E9"),
    "c-northern": ("#B8480A", "#F09A5B"),
    "c-southern": ("#A03070", "#E389BD"),
    "c-ocean_suez": ("#00735A", "#3FBF9B"),
    "c-ocean_cape": ("#5A4FB0", "#A79BF2"),
    "c-other": ("#5A6570", "#97A5B3"),
}


def token_css() -> str:
    """Custom properties: light, dark where the reader's system is dark, light again on paper.

    A data-theme attribute on the root element overrides what the system says.
    """
    light = ";".join(f"--{name}:{pair[0]}" for name, pair in TOKENS.items())
    dark = ";".join(f"--{name}:{pair[1]}" for name, pair in TOKENS.items())
    return (
        f":root{{color-scheme:light;{light}}}\n"
        f"@media screen and (prefers-color-scheme:dark){{"
        f":root:not([data-theme=light]){{color-scheme:dark;{dark}}}}}\n"
        f"@media screen{{:root[data-theme=dark]{{color-scheme:dark;{dark}}}}}\n"
    )
