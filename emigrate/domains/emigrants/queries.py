"""Persons through somebody's eyes; opening a sealed field leaves a record of the reading."""
