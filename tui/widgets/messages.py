"""The base class of the messages that widgets post."""

from dataclasses import dataclass
from typing import Generic, TypeVar

from textual.message import Message
from textual.widget import Widget

W = TypeVar("W", bound=Widget)


@dataclass(eq=False)
class WidgetMessage(Message, Generic[W]):
    """A message with its widget as `control`, so that handlers can select by widget."""

    widget: W

    @property
    def control(self) -> W:
        return self.widget
