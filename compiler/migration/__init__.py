"""Files in older forms to the form of borgmatic 2.1, meaning the same, proved by comparing plans.

Goes in: rewriting with comments and layout kept. Imports: everything before it.
"""
