"""From configuration files to an explicit plan: pure passes, each data in, data and diagnostics out."""
