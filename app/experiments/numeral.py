import re

NUMERAL = re.compile(r"[+-]?([0-9]{1,30}\.?[0-9]{0,30}|\.[0-9]{1,30})([eE][+-]?[0-9]{1,2})?")
"""Texts that write a number: those that the database's `param_number` reads as one."""
