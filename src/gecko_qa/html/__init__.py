"""From values to HTML: pure functions over templates that escape all they are given."""
