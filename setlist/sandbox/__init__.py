"""Stand-ins for MusicBrainz, Ticketmaster, setlist.fm and Spotify, on a port of their own.

They speak the real wire formats, with their limits, throttles and oddities, about invented artists.
A program of its own: it imports nothing from the rest of setlist and is configured by its options.
"""
