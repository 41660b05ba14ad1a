"""Steps environments: alone, in vectors, and in pools of Ray actors."""
