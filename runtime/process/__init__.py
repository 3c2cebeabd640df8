"""Real processes and requests: steps, signals, time limits, secrets, Borg's log.

Goes in: what starts or sends something and watches it. Imports: engine, system.
To add something that Borg's log says: `borg_log.py`. How a request is made and counts: `http.py`; what the network
and the library say about it: `http_client.py`, `http_direct.py`, `http_by_proxy.py`; a log that is sent as it comes: `log_streams.py`; a variable that says how it is reached: `http_surroundings.py`.
"""
