"""The law as dated figures and pure rules: `engine` for any country, one package per country."""
