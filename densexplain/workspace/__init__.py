"""The door: one way from files to results, for pages and command line alike.

A `densexplain.workspace.workspace.Workspace` opens radiographs, keeps what a
reader does with them, explains, compares, audits and exports. It draws nothing
and prints nothing: pages draw it, commands print it.
"""
