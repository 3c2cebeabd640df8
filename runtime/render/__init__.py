"""Plans, diagnostics and reports as text: the only place that knows about colour and width."""
