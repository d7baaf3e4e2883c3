"""What a browser and its machine are called, for people who look over where they are signed in."""

LONGEST_READ = 400
# The first that is found counts: Edge also calls itself Chrome, and Chrome calls itself Safari.
BROWSERS = (
    ("Edg", "Edge"),
    ("OPR/", "Opera"),
    ("SamsungBrowser/", "Samsung Internet"),
    ("Firefox/", "Firefox"),
    ("FxiOS/", "Firefox"),
    ("CriOS/", "Chrome"),
    ("Chrome/", "Chrome"),
    ("Safari/", "Safari"),
)
MACHINES = (
    ("iPhone", "iPhone"),
    ("iPad", "iPad"),
    ("Android", "Android"),
    ("Windows", "Windows"),
    ("Macintosh", "a Mac"),
    ("CrOS", "ChromeOS"),
    ("Linux", "Linux"),
)


def browser_name(user_agent: str) -> str:
    """ "Firefox on Android". Only names of these lists come out, whatever was sent."""
    read = user_agent[:LONGEST_READ]
    browser = next((name for mark, name in BROWSERS if mark in read), "A browser")
    machine = next((name for mark, name in MACHINES if mark in read), None)
    return f"{browser} on {machine}" if machine else browser
