"""Making sense of a phone's clock: it says how long ago something was, never when."""

from dataclasses import dataclass
from datetime import UTC, datetime, timedelta

# A clock this near is right; correcting it would only blur what was written down.
TOLERATED = timedelta(minutes=5)
# Before this product there was nothing to record: the clock had been reset, and nothing tells by how much.
_BEGINNING = datetime(2020, 1, 1, tzinfo=UTC)


@dataclass(frozen=True)
class PhoneClock:
    """A phone's clock, compared with the server's at the moment of sending."""

    server: datetime
    ahead: timedelta = timedelta(0)

    @classmethod
    def compared(cls, device_time: datetime | None, server: datetime) -> "PhoneClock":
        """The clock of a phone that says it is `device_time` now; a phone that says nothing is believed."""
        return cls(server, device_time - server if device_time is not None else timedelta(0))

    @property
    def is_off(self) -> bool:
        """Whether the clock is wrong by more than people's watches are."""
        return abs(self.ahead) > TOLERATED

    def corrected(self, at: datetime | None) -> datetime:
        """When something happened, by the server's clock: never in the future, and now when nothing else is known."""
        if at is None:
            return self.server
        try:
            moment = at - self.ahead if self.is_off else at
        except OverflowError:
            return self.server
        return moment if _BEGINNING <= moment <= self.server else self.server
