"""Actions to Borg's command lines, for Borg 1.2 and 1.4.

Source of the rules: recordings of borgmatic 2.1.10 and 1.3.25 and Borg's documentation. Decided
differently on purpose: docs/divergences.md.
"""
