from app.experiments.reported_repository import ReportedRepository
from app.tables import TrainingJob


class TrainingJobRepository(ReportedRepository[TrainingJob]):
    table = TrainingJob
