"""What every component stands on: names, labels, units, errors, contract, options."""
