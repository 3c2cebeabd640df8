"""What came of many hosts, as text, data, Markdown and pages for a browser.

Goes in: results to text. Imports: `render` and what `fleet` computes; nothing here reads or runs anything.
"""
