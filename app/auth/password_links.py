"""Links by which somebody chooses a new password: of the platform's administrator, or of whoever has its host."""

from datetime import timedelta

PREFIX = "trp_"
LIFETIME = timedelta(hours=24)
