from app.kit.repository import Repository
from app.tables import TrainingJob


class TrainingJobRepository(Repository[TrainingJob]):
    table = TrainingJob
