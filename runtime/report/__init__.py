"""What is said while a run goes on: console, events, log files, syslog, systemd's journal.

Goes in: reporters of steps, and the writers beneath them. Imports: process and the rooms before it.
To add a place where runs are reported: one module here, made in `run/execution.py`.
"""
