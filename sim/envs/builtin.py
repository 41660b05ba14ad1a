"""Names of the environments that every installation has, and what each is about."""

BUILTIN: dict[str, tuple[str, str]] = {
    "CartPole-v1": (
        "Keep a pole upright on a cart that is pushed left or right.",
        "左右推动小车，使车上的杆保持直立。",
    ),
    "Acrobot-v1": (
        "Swing a two-link arm above a line with torque on its middle joint only.",
        "只在中间关节施加力矩，把双连杆甩过横线。",
    ),
    "MountainCar-v0": (
        "Rock a car that is too weak for the hill until it gets out of the valley.",
        "让动力不足的小车来回摆动，直至驶出山谷。",
    ),
    "MountainCarContinuous-v0": (
        "The same hill with a continuous force, where effort costs.",
        "同样的山坡，但推力连续，且用力有代价。",
    ),
    "Pendulum-v1": (
        "Swing up a pendulum with limited torque and hold it there with little effort.",
        "用有限力矩把摆甩起，并以最小代价保持直立。",
    ),
    "FrozenLake-v1": (
        "Cross a frozen lake to the goal without falling into a hole; the ice is slippery.",
        "穿过结冰的湖面到达终点而不掉入冰洞；冰面会打滑。",
    ),
    "Taxi-v4": (
        "Pick up a passenger in a small town and bring them to their hotel.",
        "在小镇中接上乘客并送到目的地。",
    ),
    "trine/Warehouse-v0": (
        "Drive a robot with a range scanner between the shelves of a warehouse to its dock.",
        "驾驶带测距雷达的机器人穿过仓库货架到达充电坞。",
    ),
}
