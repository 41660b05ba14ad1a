import pytest
from zxcvbn.frequency_lists import FREQUENCY_LISTS

from app.accounts import strength
from app.accounts.schemas import Registration
from app.errors import Invalid
from tests.fixtures.auth import PASSWORD

SHORTEST = 12
"""Characters of a password that the schema takes."""


def test_the_most_common_passwords_are_refused() -> None:
    """All of them: what is too short for the schema, and what is long enough by the check."""
    common = FREQUENCY_LISTS["passwords"]
    assert len(common) >= 3_000
    assert "minLength': 12" in str(Registration.model_json_schema()["properties"]["password"])
    long_enough = [word for word in common if len(word) >= SHORTEST]
    assert len(long_enough) > 50
    for word in long_enough:  # altered as people do
        with pytest.raises(Invalid):
            strength.check(word.capitalize() + "!")


@pytest.mark.parametrize(
    "password",
    [
        "Analytical-Engines",
        "ada.lovelace@example.org",
        "trine-platform-1",
        "AdaLovelace2026!",
        "qwertyuiop[]",
        "111111111111",
        "AdaAdaAdaAdaAda",
    ],
)
def test_what_is_made_of_words_of_the_person_or_of_ours_is_refused(password: str) -> None:
    with pytest.raises(Invalid) as refused:
        strength.check(password, "ada.lovelace@example.org", "Ada Lovelace", "Analytical Engines", field="new_password")
    assert refused.value.code == "weak_password"
    assert refused.value.extra["errors"][0]["field"] == "new_password"


@pytest.mark.parametrize(
    "password", [PASSWORD, "gZ4vQm81-xwTrPf0kA", "妙蛙种子在云端练习发电机", "x" * 8 + PASSWORD * 12]
)
def test_what_no_guesser_tries_is_taken(password: str) -> None:
    strength.check(password, "ada@example.org", "Ada", "Analytical Engines")
