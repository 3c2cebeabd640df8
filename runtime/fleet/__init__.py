"""Many hosts at once, reached through Ansible: their plans on one page.

Goes in: what is about more than one host. A host's own plan is compiled by `run.session`, a host's own run is its own
`borgplan apply`; what is owed there is paid there. Imports: everything before it, and Ansible's executables as
processes; nothing here imports `ansible` or `ansible_runner`, which only the extra `fleet` brings.
To add a verb of `borgplan fleet`: a module in `verbs/` with `run`, its line in `words.py`, and there in each option that it takes.
`collection/` holds Ansible modules, which run on the hosts and import nothing of ours: `borgplan_facts` and `borgplan_history`
collect, `borgplan_run` starts runs that outlive it. What starts next is decided in `schedule.py` alone.
"""
