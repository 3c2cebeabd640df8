"""Small tools that know nothing of backups: records, JSON, digests, durations, sequences, texts.

Goes in: what two rooms need and no library has. Imports: nothing of the project.
To add a type of field to saved plans: `codec.py`.
"""
