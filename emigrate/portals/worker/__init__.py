"""The worker's pages: what to do now, the contract, money, the clearance and its card."""
