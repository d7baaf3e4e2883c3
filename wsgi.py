"""What the web server loads."""

from setlist.app import create_app

app = create_app()
