"""The base of the messages that widgets post."""

from dataclasses import dataclass
from typing import Generic, TypeVar

from textual.message import Message
from textual.widget import Widget

W = TypeVar("W", bound=Widget)


@dataclass(eq=False)
class WidgetMessage(Message, Generic[W]):
    """A message of a widget, which is its `control`, so that handlers can select by it."""

    widget: W

    @property
    def control(self) -> W:
        return self.widget
