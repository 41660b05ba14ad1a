from app.kit.repository import Repository
from app.tables import Environment, Scenario, Simulation


class SimulationRepository(Repository[Simulation]):
    table = Simulation


class ScenarioRepository(Repository[Scenario]):
    table = Scenario


class EnvironmentRepository(Repository[Environment]):
    table = Environment
