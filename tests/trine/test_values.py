import numpy
import pytest

import trine
from tests.trine.wire import Wire


def test_what_a_run_is_told_can_be_read_back(wire: Wire, caplog: pytest.LogCaptureFixture) -> None:
    with trine.init(config={"lr": 0.1}, tags={"team": "nlp"}, capture=False) as run:
        run.config["layers"] = 4
        run.config({"heads": 2})
        run.config.update(dropout=0.5)
        assert run.config.setdefault("lr", 9) == 0.1
        assert run.config.setdefault("seed", 7) == 7
        assert dict(run.config) == {"lr": 0.1, "layers": 4, "heads": 2, "dropout": 0.5, "seed": 7}
        run.tags["stage"] = "dev"
        run.tag(stage="prod")
        assert (run.tags["team"], run.tags["stage"]) == ("nlp", "prod")
        run.summary["best"] = numpy.float64(0.5)
        assert run.summary["best"] == 0.5
        run.config.update(5)  # type: ignore[arg-type]
        with pytest.raises(KeyError):
            run.config["absent"]
    assert "Not logged" in caplog.text
    batches = list(wire.batches.values())
    params = {key: value for batch in batches for key, value in batch.params.items()}
    assert params == {"lr": 0.1, "layers": 4, "heads": 2, "dropout": 0.5, "seed": 7}
    assert {key: value for batch in batches for key, value in batch.tags.items()} == {"stage": "prod"}
    assert [batch.summary for batch in batches if batch.summary] == [{"best": 0.5}]
