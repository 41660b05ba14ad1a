import re
import string

import pytest

from deployments.local.texts import TEXTS, text


@pytest.mark.parametrize("key", TEXTS)
def test_both_languages_say_the_same_values(key: str) -> None:
    english, chinese = ({name for _, name, _, _ in string.Formatter().parse(each) if name} for each in TEXTS[key])
    assert english == chinese


def test_the_locale_chooses(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.delenv("LC_ALL", raising=False)
    monkeypatch.delenv("LC_MESSAGES", raising=False)
    monkeypatch.setenv("LANG", "zh_CN.UTF-8")
    assert re.search(r"[\u4e00-\u9fff]", text("status.down"))
    monkeypatch.setenv("LC_ALL", "en_GB.UTF-8")
    assert text("status.down").isascii()
