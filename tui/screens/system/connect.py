"""The first start, and connecting an account: what is needed, a check that says what was found, and saving it."""

from collections.abc import Awaitable, Callable, Sequence
from dataclasses import dataclass, replace
from typing import TYPE_CHECKING, Final, Protocol

from textual.app import ComposeResult

from tui.config.new_profile import KeptIn, MissingValue, NewProfile
from tui.config.profiles import Profile, demo_profile, token_url_of
from tui.config.service_urls import OWN_URL
from tui.config.settings import CLIENT_SECRET, SECRET_KEY
from tui.screens.system.setup import SetupScreen
from tui.widgets.input_line import InputLine
from tui.widgets.lines import Piece

if TYPE_CHECKING:
    from collections.abc import Iterable

    from tui.work.connection import ConnectionReport, During

_KINDS: Final = {False: "key pair (HTTP Basic)", True: "OAuth2 client credentials"}
_WHERE: Final = (
    "Make the keys in the Sendcloud panel: Settings, Integrations, Sendcloud API, Connect. The panel shows the secret "
    "key only once. An integration made for OAuth2 has a client id and a client secret instead."
)


class AccountService(Protocol):
    """Checks and saves a new account."""

    def check(self, new: NewProfile, during: "During", /) -> "Awaitable[ConnectionReport]":
        """What a connection finds. Raises ValueError for invalid values."""

    def save(self, new: NewProfile, /) -> Awaitable[Profile]:
        """Save the profile. Raises ValueError if it cannot be saved."""


class WelcomeScreen(SetupScreen[None]):
    """The choice at a start without configuration. `open` opens a profile, `connect` the screen that makes one."""

    def __init__(
        self, open: Callable[[Profile], None], connect: Callable[[], None], leave: Callable[[int], None]
    ) -> None:
        super().__init__(leave)
        self._open = open
        self._connect = connect

    def show_all(self) -> None:
        self.title_line.set("Sendcloud Orders", "no account open")
        self.show_rows(
            ("sandbox", "try the sandbox", "2,000 made-up orders, only on this machine"),
            ("connect", "connect an account", "the orders of your Sendcloud shops"),
        )
        self.show_text("Changes are drafts on this machine until you review and send them.")
        self.key_line.set([("↓ ↑", "move"), ("Enter", "choose"), ("Q", "quit")])

    def chosen(self, key: str) -> None:
        if key == "sandbox":
            self._open(demo_profile())
        else:
            self._connect()

    def back(self) -> None:
        self.leave(0)


class HiddenLine(InputLine):
    """An input that shows a star for each character."""

    def pieces(self, width: int) -> "Iterable[Piece]":
        if self.is_open:
            yield f" {self.prompt}", "title"
            yield "*" * min(len(self.text), max(0, width - len(self.prompt) - 2)), ""
            yield f"  {self.notice}" if self.notice else "", "warning"


@dataclass(frozen=True, slots=True)
class _Row:
    """A line of the form. `choices`: its values, if they are chosen by Enter; else they are typed."""

    field: str
    title: str
    value: str
    choices: Sequence[object] = ()


class ConnectScreen(SetupScreen[None]):
    """Asks for an account, checks it, saves it, and opens it. `open` opens the saved profile."""

    def __init__(self, accounts: AccountService, open: Callable[[Profile], None], leave: Callable[[int], None]) -> None:
        super().__init__(leave)
        self._accounts = accounts
        self._open = open
        self._new = NewProfile()
        self._report: ConnectionReport | None = None
        self.hidden_line = HiddenLine(hides=True)

    def compose(self) -> ComposeResult:
        yield from super().compose()
        yield self.hidden_line

    def on_mount(self) -> None:
        self.move_child(self.hidden_line, before=self.status)

    def show_all(self) -> None:
        self.title_line.set("Connect an account", self._new.name)
        self.show_rows(*((row.field, row.title, row.value) for row in self._rows()))
        self.show_text(*self._text())
        works = self._report is not None and self._report.works
        check = ("y", "save and open") if works else ("w", "check the connection")
        self.key_line.set([("Enter", "edit or change"), check, ("Esc", "back"), ("Q", "quit")])

    def _rows(self) -> list[_Row]:
        new = self._new
        public, secret = ("client id", "client secret") if new.is_oauth else ("public key", "secret key")
        rows = [
            _Row("name", "profile name", new.name or "…"),
            _Row("url", "base URL", new.url),
            _Row("is_oauth", "kind", _KINDS[new.is_oauth], (False, True)),
            _Row("public", public, new.public or "…"),
        ]
        if new.kept_in is not KeptIn.COMMAND:
            rows.append(_Row("secret", secret, "(entered)" if new.secret else "…"))
        if new.is_oauth:
            rows.append(_Row("token_url", "token URL", new.token_url or token_url_of(new.url) or "…"))
        rows.append(_Row("kept_in", f"{secret} in", new.kept_in.value, tuple(KeptIn)))
        if new.kept_in is KeptIn.COMMAND:
            rows.append(_Row("command", "command", new.command or "…"))
        rows.append(
            _Row("read_only", "writes", "no, read only" if new.read_only else "yes, after a review", (False, True))
        )
        return rows

    def _text(self) -> list[str]:
        report = self._report
        if report is None:
            return [_WHERE, *self._advice()]
        found = [report.found] if report.found else ["The account cannot be used:"]
        for trouble in report.troubles:
            found += [trouble.text, f"→ {trouble.remedy}"]
        return found

    def _advice(self) -> list[str]:
        match self._new.kept_in:
            case KeptIn.COMMAND:
                return ["The first line that the command prints is the secret: pass show sendcloud, op read op://…"]
            case KeptIn.ENVIRONMENT:
                variable = CLIENT_SECRET if self._new.is_oauth else SECRET_KEY
                return [f"Set {variable} in the environment at each start. The one you enter here is not kept."]
            case _:
                return []

    def chosen(self, key: str) -> None:
        row = next(row for row in self._rows() if row.field == key)
        if row.choices:
            values = list(row.choices)
            following = values[(values.index(getattr(self._new, key)) + 1) % len(values)]
            self._change(key, following)
        else:
            self.run_worker(self._edit(row), name="edit a value", group="edit", exclusive=True)

    async def _edit(self, row: _Row) -> None:
        is_hidden = row.field == "secret"
        line = self.hidden_line if is_hidden else self.line
        typed = await line.ask(f"{row.title}: ", "" if is_hidden else getattr(self._new, row.field))
        if typed is None or (is_hidden and not typed):
            return
        self._change(row.field, typed or (OWN_URL if row.field == "url" else ""))
        self.table.move(1)

    def _change(self, field: str, value: object) -> None:
        self._new = replace(self._new, **{field: value})  # type: ignore[arg-type]
        self._report = None
        self.show_all()

    def pressed(self, key: str) -> None:
        if key == "w":
            self.run_worker(self._check(), name="check the account", group="check", exclusive=True)
        elif key == "y" and self._report is not None and self._report.works:
            self.run_worker(self._save(), name="save the profile", group="check", exclusive=True)
        elif key == "y":
            self.show_notice("First check the connection: w.")

    async def _check(self) -> None:
        self._report = None
        self.show_all()
        from tui.work.waiting import waits_named

        self._show_wait("")
        try:
            self._report = await self._accounts.check(
                self._new, lambda client: waits_named(client, "Esc stops", self._show_wait)
            )
        except MissingValue as error:
            self._go_to(error.name)
            self.show_notice(str(error), "error")
            return
        except ValueError as error:
            self.show_notice(str(error), "error")
            return
        self.show_all()
        works = self._report.works
        self.show_notice(
            "y saves the profile and opens it." if works else "Nothing was saved.", "good" if works else "error"
        )

    def _show_wait(self, text: str) -> None:
        self.show_notice(f"Connecting: {text}." if text else "Connecting … Nothing is changed there.")

    def _go_to(self, field: str) -> None:
        fields = [row.field for row in self._rows()]
        if field in fields:
            self.table.home()
            self.table.move(fields.index(field))

    async def _save(self) -> None:
        try:
            profile = await self._accounts.save(self._new)
        except ValueError as error:
            self.show_notice(f"Not saved: {error}", "error")
            return
        self._open(profile)
