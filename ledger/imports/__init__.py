"""Import of a practice from CSV files: all of a file or nothing of it, every bad row named.

One module a file: ``teams``, ``staff``, ``patients``, ``entries``. The same file twice changes nothing.
"""
