"""What acts in an environment. A policy is described by a value that travels to the workers, and built there."""

from typing import Any

from sim.policies.network import Network, NetworkPolicy
from sim.policies.policy import Actor
from sim.policies.random import Random, RandomActor
from sim.policies.scripted import Scripted, ScriptedActor

Description = Random | Scripted | Network


def build(description: Description, observation_space: Any, action_space: Any, count: int) -> Actor:
    """The policy for a vector of `count` environments."""
    match description:
        case Random():
            return RandomActor(action_space, count)
        case Scripted():
            return ScriptedActor(description)
        case Network():
            return NetworkPolicy(description, observation_space, action_space)
