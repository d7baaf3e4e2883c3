from config import ROOT, Settings
from setlist.cli.settings_example import example


def test_the_example_in_the_repository_is_up_to_date() -> None:
    """Renew it with: .venv/bin/setlist settings-example > .env.example"""
    assert (ROOT / ".env.example").read_text() == example()


def test_every_setting_is_in_it_with_its_meaning() -> None:
    text = example()
    for name, about in Settings.model_fields.items():
        assert about.description, name
        assert f"\n#{name.upper()}=" in text
