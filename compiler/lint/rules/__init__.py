"""The rules of `lint`, a subject a module.

Goes in: functions from a compilation to diagnostics. Imports: as `lint`.
To add a rule: see `compiler/lint`.
"""
