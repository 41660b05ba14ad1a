"""Server-Sent Events, as WHATWG HTML §9.2 defines the stream."""

from dataclasses import dataclass


@dataclass(frozen=True)
class Event:
    data: str
    event: str = "message"
    id: str = ""


class EventParser:
    """Takes lines without their ends, gives an event at each blank line."""

    def __init__(self) -> None:
        self._data: list[str] = []
        self._event = ""
        self.last_id = ""
        """For `Last-Event-ID`, where the stream broke off."""

    def feed(self, line: str) -> Event | None:
        if line:
            self._field(line)
            return None
        data, event = self._data, self._event
        self._data, self._event = [], ""
        return Event("\n".join(data), event or "message", self.last_id) if data else None

    def _field(self, line: str) -> None:
        name, _, value = line.partition(":")
        value = value.removeprefix(" ")
        if name == "data":
            self._data.append(value)
        elif name == "event":
            self._event = value
        elif name == "id" and "\0" not in value:
            self.last_id = value
