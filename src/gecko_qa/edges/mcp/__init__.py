"""The library as tools of the Model Context Protocol. No logic here."""
