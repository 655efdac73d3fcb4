"""Spellings of a place name brought to one form, so that Xi'an, XIAN and Xi’an are one key."""

from __future__ import annotations

import unicodedata

# Letters that do not decompose into a base letter and a mark (Unicode has no rule for them).
_LETTERS = str.maketrans(
    {
        "ə": "e", "ǝ": "e", "ı": "i", "ø": "o", "ł": "l", "đ": "d", "ð": "d", "ħ": "h", "ŧ": "t", "ŋ": "n",
        "ß": "ss", "æ": "ae", "œ": "oe", "þ": "th", "ɛ": "e", "ɔ": "o",
        "ك": "ک", "ي": "ی", "ى": "ی", "ې": "ی", "ے": "ی", "ة": "ه", "ہ": "ه", "ھ": "ه", "ۀ": "ه",
        "ـ": None,
    }
)  # fmt: skip

# After BGN/PCGN, in its simple form; the second table writes х as h, as Polish, Turkish and many signs do.
_CYRILLIC = {
    "а": "a", "б": "b", "в": "v", "г": "g", "д": "d", "е": "e", "ё": "yo", "ж": "zh", "з": "z", "и": "i",
    "й": "y", "к": "k", "л": "l", "м": "m", "н": "n", "о": "o", "п": "p", "р": "r", "с": "s", "т": "t",
    "у": "u", "ф": "f", "х": "kh", "ц": "ts", "ч": "ch", "ш": "sh", "щ": "shch", "ъ": "", "ы": "y",
    "ь": "", "э": "e", "ю": "yu", "я": "ya", "і": "i", "ї": "yi", "є": "ye", "ґ": "g", "ў": "u",
    "ә": "a", "ғ": "gh", "қ": "q", "ң": "ng", "ө": "o", "ұ": "u", "ү": "u", "һ": "h", "ҳ": "h",
    "ҷ": "j", "ҹ": "j", "ҝ": "g", "ӣ": "i", "ӯ": "u", "ђ": "dj", "ј": "j", "љ": "lj", "њ": "nj", "ћ": "c",
    "џ": "dz", "ѓ": "gj", "ќ": "kj", "ѕ": "dz", "җ": "j",
}  # fmt: skip
_GEORGIAN = dict(
    zip(
        "აბგდევზთიკლმნოპჟრსტუფქღყშჩცძწჭხჯჰ",
        (*"abgdevztiklmnop", "zh", *"rstupk", "gh", "q", "sh", "ch", "ts", "dz", "ts", "ch", "kh", *"jh"),
        strict=True,
    )
)
_ROMAN = str.maketrans({**_CYRILLIC, **_GEORGIAN})
_ROMAN_SIMPLE = str.maketrans(
    {**_CYRILLIC, **_GEORGIAN, "х": "h", "ғ": "g", "қ": "k", "ё": "e", "җ": "zh", "щ": "sch"}
)
_LEAST_REDUCED = 4  # shorter ones would meet by chance, such as Huế and Hu
_DIGRAPHS = (("oe", "o"), ("ue", "u"), ("ae", "a"))


def _is_dropped_mark(char: str) -> bool:
    """Accents of alphabets; vowel signs of Indic and other scripts are letters to their readers."""
    code = ord(char)
    return (
        0x0300 <= code <= 0x036F
        or 0x0483 <= code <= 0x0487
        or 0x0591 <= code <= 0x05C7
        or 0x064B <= code <= 0x065F
        or code == 0x0670
    )


def _fold_once(text: str) -> str:
    spread = unicodedata.normalize("NFD", unicodedata.normalize("NFKC", text).casefold())
    letters = "".join(char for char in spread if not _is_dropped_mark(char)).translate(_LETTERS)
    kept = "".join(char for char in letters if char.isalnum() or unicodedata.category(char)[0] == "M")
    return unicodedata.normalize("NFC", kept)


def fold(text: str) -> str:
    """The key of a spelling: no case, accents, spaces, hyphens or apostrophes; the script is kept.

    Idempotent: ``fold(fold(x)) == fold(x)``.

    >>> fold("Xi’an"), fold("Gəncə"), fold("Türkmenbaşy"), fold("İSTANBUL")
    ('xian', 'gence', 'turkmenbasy', 'istanbul')
    """
    if text.isascii():
        return "".join(char for char in text.lower() if char.isalnum())
    folded = _fold_once(text)
    while True:  # a few letters need a second round, e.g. those that only casefold after decomposition
        again = _fold_once(folded)
        if again == folded:
            return folded
        folded = again


def keys(text: str) -> tuple[str, ...]:
    """The keys under which a spelling may be filed, the surest first, without repeats.

    Its own fold; Cyrillic and Georgian in Latin letters (two customs); German oe, ue, ae as o, u, a.

    >>> keys("Köln"), keys("Koeln"), keys("Хоргос")
    (('koln',), ('koeln', 'koln'), ('хоргос', 'khorgos', 'horgos'))
    """
    found = [fold(text)]
    if not text.isascii():
        lowered = unicodedata.normalize("NFC", unicodedata.normalize("NFKC", text).casefold())
        for table in (_ROMAN, _ROMAN_SIMPLE):
            romanised = fold(lowered.translate(table))
            if romanised.isascii():
                found.append(romanised)
    for key in tuple(found):
        if key.isascii():
            reduced = key
            for pair, single in _DIGRAPHS:
                reduced = reduced.replace(pair, single)
            if len(reduced) >= _LEAST_REDUCED:
                found.append(reduced)
    return tuple(key for key in dict.fromkeys(found) if key)
