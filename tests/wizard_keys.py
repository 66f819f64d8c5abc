"""The keys with which an account is connected at the first start."""

from pseudo_terminal import Terminal


def fill_in_account(terminal: Terminal, url: str, secret: str) -> None:
    """From the first screen on: fill in a profile named `shop`, up to the check of the connection."""
    terminal.wait("connect an account")
    terminal.press("j", "enter")
    terminal.wait("profile name")
    for keys, text in (("", "shop"), ("", url), ("j", "me"), ("", secret)):
        terminal.press(*keys, "enter")
        terminal.wait("Enter accept")
        terminal.press("ctrl+e", "ctrl+u")
        terminal.paste(text)
        terminal.press("enter")
        terminal.wait("check the connection")
    terminal.press("w")
