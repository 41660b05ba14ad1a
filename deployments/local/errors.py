from deployments.local.texts import text


class LocalError(Exception):
    """What stops `up` or `down`, said in one sentence with what to do. `key` names the sentence in texts.py."""

    def __init__(self, key: str, **values: object) -> None:
        super().__init__(text(key, **values))
        self.key = key
