"""Plans, findings, runs and differences as text, Markdown, JSON and the formats of forges.

Goes in: pure functions from results to text. Imports: report (for styles) and the rooms before it.
To add an output format: one renderer here, its choice and its call in the command that offers it.
"""
