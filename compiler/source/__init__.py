"""What is written and what is wrong with it: places in files, diagnostics, their codes, the machine as compiling sees it.

Goes in: what every stage says about its input. Imports: support.
To add a question that compiling asks of the machine: a method of `host.Host`, with an answer in `runtime/system/host.py`.
"""
