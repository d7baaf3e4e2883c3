"""The product's rules, apart from where data comes from and where it is shown."""
