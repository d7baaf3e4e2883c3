"""The timetable, what it runs, and which clock leads."""
