"""English or Chinese, as `LC_ALL`, `LC_MESSAGES` or `LANG` says."""

import os

from trine.cli.chinese import CHINESE


def t(text: str, **values: object) -> str:
    """`text` in the reader's language, with `{names}` filled in."""
    chosen = CHINESE.get(text, text) if is_chinese() else text
    return chosen.format(**values) if values else chosen


def is_chinese() -> bool:
    spoken = next((os.environ[name] for name in ("LC_ALL", "LC_MESSAGES", "LANG") if os.environ.get(name)), "")
    return spoken.lower().startswith("zh")
