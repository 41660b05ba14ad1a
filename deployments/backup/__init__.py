"""`python -m deployments.backup create | verify | restore`: the database and the artifacts, in one folder."""
