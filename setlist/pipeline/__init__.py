"""The phases of an import: where providers' answers become rows. Nothing here commits."""
