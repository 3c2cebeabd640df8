"""What is said while a run goes on: console, events, log files, syslog, systemd's journal; and its metrics.

Goes in: reporters of steps, and the writers beneath them. Imports: process and the rooms before it.
A metric is added in `metrics.py`. To add a place where runs are reported: one module here, made in `run/execution.py`.
"""
