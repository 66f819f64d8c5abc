"""A profile that the user enters: its values, what is missing in them, and how they are written to the settings."""

import shlex
from collections.abc import Sequence
from dataclasses import dataclass, field
from enum import StrEnum

from tui.config.profiles import Basic, ClientCredentials, Profile, Secret, SecretCommand, token_url_of
from tui.config.service_urls import OWN_URL
from tui.config.settings import SettingsError


class KeptIn(StrEnum):
    """Where the secret of a profile is kept."""

    FILE = "settings.toml, which only you can read"
    KEYRING = "the system's keyring"
    COMMAND = "a password manager: a command prints it"
    ENVIRONMENT = "not kept: you set a variable at each start"


@dataclass(frozen=True, slots=True)
class NewProfile:
    """`public`: the public key or the client id; `command`: as typed in a shell, if the secret is kept there."""

    name: str = ""
    url: str = OWN_URL
    is_oauth: bool = False
    public: str = ""
    secret: str = field(default="", repr=False)
    token_url: str = ""
    kept_in: KeptIn = KeptIn.FILE
    command: str = ""
    read_only: bool = False

    def profile(self) -> Profile:
        """The profile. Raises MissingValue, which names the value, if it is not complete."""
        for name in ("name", "url", "public"):
            if not getattr(self, name):
                raise MissingValue(name)
        secret: Secret | SecretCommand
        if self.kept_in is KeptIn.COMMAND:
            secret = SecretCommand(self.command_arguments())
        elif self.secret:
            secret = Secret(self.secret)
        else:
            raise MissingValue("secret")
        credentials: Basic | ClientCredentials = Basic(self.public, secret)
        if self.is_oauth:
            token_url = self.token_url or token_url_of(self.url)
            if not token_url:
                raise MissingValue("token_url")
            credentials = ClientCredentials(self.public, secret, token_url)
        return Profile(self.name, self.url, credentials, self.read_only)

    def command_arguments(self) -> tuple[str, ...]:
        """The command, split as a shell does, but without its other meanings. Raises MissingValue."""
        try:
            arguments = tuple(shlex.split(self.command))
        except ValueError as error:
            raise MissingValue("command", f"The command cannot be read: {error}.") from None
        if not arguments:
            raise MissingValue("command")
        return arguments

    def values(self) -> dict[str, str | bool | Sequence[str]]:
        """The keys of the profile in the settings. The secret is among them if it is kept in the file."""
        values: dict[str, str | bool | Sequence[str]] = {}
        if self.url != OWN_URL:
            values["url"] = self.url
        values["client_id" if self.is_oauth else "public_key"] = self.public
        if self.is_oauth and self.token_url:
            values["token_url"] = self.token_url
        if self.kept_in is KeptIn.FILE:
            values["client_secret" if self.is_oauth else "secret_key"] = self.secret
        elif self.kept_in is KeptIn.COMMAND:
            values["secret_command"] = list(self.command_arguments())
        elif self.kept_in is KeptIn.KEYRING:
            values["keyring"] = True
        if self.read_only:
            values["read_only"] = True
        return values


class MissingValue(SettingsError):
    """A value of a new profile is missing or invalid; `name` is its field."""

    def __init__(self, name: str, message: str = "") -> None:
        super().__init__(message or f"The {name.replace('_', ' ').replace('url', 'URL')} is missing.")
        self.name = name
