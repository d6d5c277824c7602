"""The HTTP API for programs, its figures for operators, and the widget for other sites."""
