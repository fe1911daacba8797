"""From tables to figures, verdicts and pages."""
