from app.kit.repository import Repository
from app.tables import Event


class EventRepository(Repository[Event]):
    table = Event
