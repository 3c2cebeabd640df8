"""What monitoring services are told: a state of the run, a service's options, requests.

Goes in: one module for each service, which makes requests of a state and options; nothing of when they are sent
(`semantics/monitoring.py`, `lower/messages.py`). Imports: semantics and the rooms before it.
To add a service: its options in `config/services.py` and its name in `config/option_names.py`, a module here, a test in `tests/notify/`, a line in docs/monitoring.md.
"""
