"""The environments of the platform. Importing this package registers our own with Gymnasium."""

import gymnasium

# It is the robot's world that is bounded, not the episode: a longer episode than this means that the robot is stuck.
WAREHOUSE_STEPS = 200

if "trine/Warehouse-v0" not in gymnasium.registry:
    gymnasium.register(
        id="trine/Warehouse-v0",
        entry_point="sim.envs.warehouse:Warehouse",
        max_episode_steps=WAREHOUSE_STEPS,
        reward_threshold=0.8,
    )
