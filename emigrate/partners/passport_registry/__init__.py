"""The passport authority: does this passport exist, is it this person's, may it be used."""
