class BackupError(Exception):
    """What stops a backup or a restore, in one sentence with what to do."""
