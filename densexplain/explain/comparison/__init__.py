"""Several model sets and several versions of one radiograph."""
