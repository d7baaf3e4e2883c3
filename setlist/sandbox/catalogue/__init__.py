"""The invented world that all four stand-ins tell of: artists, songs, releases, venues, shows, setlists.

Everything is a pure function of the seed and of an index, computed when asked for. Nothing is stored, so
a restart or another size shows the same ids, names and dates.
"""
