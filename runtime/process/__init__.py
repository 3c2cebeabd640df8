"""Real processes: steps, signals, time limits, secrets, Borg's log.

Goes in: what starts something and watches it. Imports: engine, system.
To add something that Borg's log says: `borg_log.py`.
"""
