"""NewsML-G2, out only: items and messages for partners and agencies."""
