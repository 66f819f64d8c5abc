"""Profiles in the settings file, the choice among them, and what is refused without showing a secret."""

import traceback
from collections.abc import Callable
from pathlib import Path

import pytest

from tui.config.choice import choose_profile
from tui.config.profiles import (
    Basic,
    ClientCredentials,
    EnvironmentSecret,
    KeyringSecret,
    Profile,
    Secret,
    SecretCommand,
    demo_profile,
)
from tui.config.service_urls import OWN_TOKEN_URL, OWN_URL
from tui.config.settings import SettingsError, read_settings

SECRET = "s3cret-that-nobody-may-see"
Write = Callable[..., Path]

KAAS = '[profiles.kaas]\npublic_key = "pub"\nsecret_command = ["pass", "show", "kaas"]\n'
WOODE = '[profiles."Woo DE"]\nclient_id = "id"\nkeyring = true\n'


def test_profiles_are_read(write: Write) -> None:
    write(
        f"""
default = "kaas"
[profiles.kaas]
public_key = "pub"
secret_key = "{SECRET}"
label = "kaas & co"
colour = "red"
read_only = true
partner_id = "p1"
[profiles."Woo DE"]
url = "https://other.example/v3"
client_id = "id"
token_url = "https://token.example"
secret_command = ["op", "read", "op://x"]
[profiles.third]
client_id = "id"
keyring = true
[profiles.fourth]
public_key = "pub"
"""
    )
    settings = read_settings()
    assert settings.default == "kaas"
    assert settings.profiles == {
        "kaas": Profile("kaas", OWN_URL, Basic("pub", Secret(SECRET)), True, "p1", "kaas & co", "red"),
        "Woo DE": Profile(
            "Woo DE",
            "https://other.example/v3",
            ClientCredentials("id", SecretCommand(("op", "read", "op://x")), "https://token.example"),
        ),
        "third": Profile("third", OWN_URL, ClientCredentials("id", KeyringSecret("id"), OWN_TOKEN_URL)),
        "fourth": Profile("fourth", OWN_URL, Basic("pub", EnvironmentSecret("SENDCLOUD_SECRET_KEY"))),
    }
    assert SECRET not in repr(settings)


@pytest.mark.parametrize(
    ("text", "message"),
    [
        ("[profiles.a]\n", "line 1: [profiles.a] needs either public_key or client_id"),
        ('\n[profiles.a]\npublic_key="x"\nclient_id="y"', "line 2: [profiles.a] needs either"),
        (f'[profiles.a]\npublic_key="x"\nclient_secret="{SECRET}"', "has client_secret, which does not belong to"),
        (f'[profiles.a]\npublic_key="x"\nsecret_key="{SECRET}"\nkeyring=true', "both secret_key and keyring"),
        ('[profiles.a]\nurl="https://other.example"\nclient_id="x"', "needs token_url"),
        ('[profiles.a]\npublc_key="x"', "line 2: 'publc_key' in [profiles.a] is not a setting; did you mean 'public_key'?"),
        (f'[profiles.a]\npublic_key="x"\nurl="https://me:{SECRET}@a.example"', "must be the base URL of the API, without"),
        ('[profiles.a]\npublic_key="x"\ncolour="beige"', "line 3: colour in [profiles.a] must be one of red, green"),
        ('[profiles.a]\npublic_key="x"\nsecret_command="pass show x"', "must be a list of a program"),
        ('[profiles.a]\npublic_key="x"\nsecret_command=[]', "must be a list of a program"),
        ('[profiles.a]\npublic_key="x"\nread_only="yes"', "read_only in [profiles.a] must be true or false"),
        (f'[profiles.a]\npublic_key="x"\nkeyring="{SECRET}"', "keyring in [profiles.a] must be true or false"),
        (f'[profiles.a]\npublic_key="x"\nsecret_key=["{SECRET}"]', "secret_key in [profiles.a] must be a text"),
        (f'[profiles."{"x" * 41}"]\npublic_key="x"', "is not the name of a profile"),
        ("profiles = 3", "profiles must be a table"),
        (f'default = "kas"\n{KAAS}', "line 1: there is no profile 'kas'; did you mean 'kaas'?"),
    ],
)  # fmt: skip
def test_invalid_profiles_are_refused_without_their_values(write: Write, text: str, message: str) -> None:
    file = write(text)
    with pytest.raises(SettingsError) as refused:
        read_settings()
    assert message in str(refused.value)
    assert str(file) in str(refused.value)
    assert SECRET not in "".join(traceback.format_exception(refused.value))


@pytest.mark.parametrize("mode", [0o644, 0o640, 0o604, 0o660])
def test_a_secret_in_a_file_that_others_can_read_is_refused(write: Write, mode: int) -> None:
    file = write(f'[profiles.a]\npublic_key="x"\nsecret_key="{SECRET}"', mode)
    with pytest.raises(SettingsError, match=f"chmod 600 {file}$"):
        read_settings()
    file.chmod(0o600)
    assert read_settings().profiles


def test_only_secrets_and_commands_need_a_private_file(write: Write) -> None:
    file = write(KAAS, 0o644)
    assert read_settings().profiles
    file.chmod(0o666)
    with pytest.raises(SettingsError, match=r"may change the file.*chmod 600"):
        read_settings()
    write("[profiles.a]\npublic_key='x'", 0o666)
    assert read_settings().profiles


def test_without_options_the_default_or_the_only_profile_is_used(write: Write) -> None:
    write(KAAS)
    assert choose_profile().profile == read_settings().profiles["kaas"]
    write(KAAS + WOODE)
    assert choose_profile().profile is None
    write(f'default = "Woo DE"\n{KAAS}{WOODE}')
    assert choose_profile().profile == read_settings().profiles["Woo DE"]
    read_only = choose_profile(name="kaas", read_only=True).profile
    assert read_only is not None
    assert (read_only.name, read_only.read_only) == ("kaas", True)


def test_credentials_of_the_environment_come_before_the_default(write: Write, monkeypatch: pytest.MonkeyPatch) -> None:
    write(KAAS)
    monkeypatch.setenv("SENDCLOUD_PUBLIC_KEY", "other")
    monkeypatch.setenv("SENDCLOUD_SECRET_KEY", SECRET)
    assert choose_profile().profile == Profile("panel.sendcloud.sc", OWN_URL, Basic("other", Secret(SECRET)))
    named = choose_profile(name="kaas").profile
    assert named is not None
    assert named.name == "kaas"


def test_a_secret_of_the_environment_is_only_used_with_its_own_public_key(
    write: Write, monkeypatch: pytest.MonkeyPatch
) -> None:
    write("[profiles.a]\npublic_key='x'")
    monkeypatch.setenv("SENDCLOUD_SECRET_KEY", SECRET)
    assert choose_profile(name="a").profile
    monkeypatch.setenv("SENDCLOUD_PUBLIC_KEY", "y")
    with pytest.raises(SettingsError, match="SENDCLOUD_PUBLIC_KEY is not the one of profile 'a'"):
        choose_profile(name="a")


def test_the_default_profile_is_not_used_for_another_url(write: Write) -> None:
    write(KAAS)
    assert choose_profile(url="https://other.example").profile is None


@pytest.mark.parametrize(
    ("options", "message"),
    [
        ({"demo": True, "name": "kaas"}, "--demo.*--profile"),
        ({"demo": True, "url": "https://a.example"}, "--demo.*--url"),
        ({"name": "kaas", "url": "https://a.example"}, "--profile.*--url"),
        ({"name": "kaasje"}, "no profile 'kaasje'; did you mean 'kaas'"),
    ],
)
def test_contradictory_options_are_refused(write: Write, options: dict[str, object], message: str) -> None:
    write(KAAS)
    with pytest.raises(SettingsError, match=message):
        choose_profile(**options)  # type: ignore[arg-type]


def test_a_profile_is_missing_where_there_is_no_file(file: Path) -> None:
    assert choose_profile().profile is None
    with pytest.raises(SettingsError, match=f"there is no profile 'x'; {file} has none"):
        choose_profile(name="x")


@pytest.mark.parametrize(
    ("profile", "title"),
    [
        (demo_profile(), "DEMO sandbox"),
        (Profile("local", "http://127.0.0.1:8750/api/v3", Basic("a", Secret("b"))), "LOCAL local"),
        (Profile("kaas", OWN_URL, Basic("a", Secret("b"))), "PROD kaas"),
        (Profile("kaas", OWN_URL, Basic("a", Secret("b")), label="kaas & co"), "PROD kaas & co"),
        (Profile("x", "https://127.0.0.1.example/v3", Basic("a", Secret("b"))), "PROD x"),
        (Profile("x", "https://[other", Basic("a", Secret("b"))), "PROD x"),
    ],
)
def test_production_and_sandbox_differ_in_the_first_word(profile: Profile, title: str) -> None:
    assert profile.title == title
