"""Pages for a browser: one file each, which loads nothing from anywhere.

Goes in: a plan or runs, with what was computed of them. Imports: what `render` does.
Every text of a configuration, a plan or a run passes `markup.text`; a page's only script and style are files of this folder,
and its policy (Content-Security-Policy) permits these two by their digests and nothing else.
To add a page: a module that makes its parts, and calls `markup.page`; what has to move in it goes to `explorer.js`.
"""
