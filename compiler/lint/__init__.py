"""What is wrong or dangerous: rules, their registry and pages, suppressions, baselines, fixes.

Goes in: judgements on configurations and plans. Imports: everything before it.
To add a rule: one module in `rules/` with its RULES, its name in `registry.py`, its page in `pages/`, which declares its code.
"""
