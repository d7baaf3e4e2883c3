import pytest
from pydantic import ValidationError

from config import Settings
from setlist.cli.complaints import setting_problems


def problems(**given: object) -> dict[str, str]:
    with pytest.raises(ValidationError) as refusal:
        Settings.model_validate(given)
    return dict(setting_problems(refusal.value))


def test_each_wrong_setting_is_named_in_capitals() -> None:
    found = problems(port=70_000, database_url="mysql://host/name", log_level="LOUD")
    assert found["DATABASE_URL"] == "must start with postgresql://"
    assert found["LOG_LEVEL"] == "must be DEBUG, INFO, WARNING or ERROR"
    assert set(found) == {"PORT", "DATABASE_URL", "LOG_LEVEL"}


def test_in_production_each_weak_setting_has_its_own_line() -> None:
    found = problems(
        environment="production", debug=True, secret_key="short", external_url="http://x.example"
    )
    assert found["DEBUG"] == "must be off, in production"
    assert set(found) == {"SECRET_KEY", "DEBUG", "EXTERNAL_URL"}


def test_a_value_is_never_repeated_for_it_may_be_secret() -> None:
    found = problems(environment="production", secret_key="hunter2", redis_url="http://user:hunter2@host")
    assert "hunter2" not in str(found)
