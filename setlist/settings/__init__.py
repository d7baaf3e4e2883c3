"""The settings by subject. config.py puts them together and reads the environment."""
