from app.kit.repository import Repository
from app.tables import Project


class ProjectRepository(Repository[Project]):
    table = Project
