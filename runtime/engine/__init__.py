"""The interpreter of plans and what surrounds it: the runner interface, fates, simulation.

Goes in: what runs a plan without knowing hooks, Borg or dry runs. Imports: system.
To add a kind of work: its runner behind `runner.Runner`; the walk stays.
"""
