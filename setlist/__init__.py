"""Vote for the songs you wish to hear at an artist's next show."""
