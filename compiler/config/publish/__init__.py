"""What is published of the options: JSON Schema, documentation page, a first configuration file.

Goes in: writers that read the table of options. Imports: as `config`.
To publish the options in another form: one module here and its command.
"""
